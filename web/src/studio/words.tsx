/** Something said in words, which holds when it is sent: "red car, blue sky". */
import { useEffect, useId, useState } from "react";
import { useText } from "../i18n/text";

interface Props {
  /** What the field is for, an example, and how to say it. */
  labels: { title: string; example: string; help: string };
  words: string;
  onWords: (words: string) => void;
}

export function Words({ labels, words, onWords }: Props) {
  const t = useText();
  const [typed, setTyped] = useState(words);
  const id = useId();
  // Undo brings other words.
  useEffect(() => setTyped(words), [words]);
  const say = () => onWords(typed.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        say();
      }}
    >
      <label htmlFor={id} className="mb-2 block text-xl">
        {labels.title}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          type="text"
          className="field min-w-0 flex-1"
          value={typed}
          maxLength={2000}
          placeholder={labels.example}
          aria-describedby={`${id}-help`}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={say}
        />
        <button type="submit" className="button">
          {t.words.apply}
        </button>
      </div>
      <p id={`${id}-help`} className="mt-2 text-sm text-quiet">
        {labels.help}
      </p>
    </form>
  );
}
