/** Colours in words: "red car, blue sky". */
import { useEffect, useId, useState } from "react";
import { useText } from "../i18n/text";

interface Props {
  words: string;
  onWords: (words: string) => void;
}

export function Words({ words, onWords }: Props) {
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
        {t.words.title}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          type="text"
          className="field min-w-0 flex-1"
          value={typed}
          maxLength={2000}
          placeholder={t.words.example}
          aria-describedby={`${id}-help`}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={say}
        />
        <button type="submit" className="button">
          {t.words.apply}
        </button>
      </div>
      <p id={`${id}-help`} className="mt-2 text-sm text-quiet">
        {t.words.help}
      </p>
    </form>
  );
}
