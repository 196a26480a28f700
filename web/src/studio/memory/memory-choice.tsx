/** Pictures that are remembered: one memory is chosen, made of a handful of pictures in colour, or removed. */
import { useEffect, useId, useRef, useState } from "react";
import { forgetMemory } from "../../api/memories";
import { tell, useText } from "../../i18n/text";
import { MakeMemory } from "./make-memory";
import { useMemories } from "./use-memories";

interface Props {
  /** Name of the memory that is chosen; empty for none. */
  chosen: string;
  onChoose: (name: string) => void;
}

export function MemoryChoice({ chosen, onChoose }: Props) {
  const t = useText();
  const id = useId();
  const { all, limits, reload } = useMemories();
  const [making, setMaking] = useState(false);
  const [sure, setSure] = useState(false);
  const [note, setNote] = useState("");
  const select = useRef<HTMLSelectElement>(null);
  const memory = all?.find(({ name }) => name === chosen);

  useEffect(() => setSure(false), [chosen]);

  async function remove() {
    if (!sure) {
      setSure(true);
      return;
    }
    setSure(false);
    setNote("");
    try {
      await forgetMemory(chosen);
      await reload();
      onChoose("");
      setNote(t.memory.removed(chosen));
      select.current?.focus();
    } catch (error) {
      setNote(tell(t, error));
    }
  }

  return (
    <section aria-labelledby={`${id}-title`} className="space-y-3">
      <label htmlFor={id} id={`${id}-title`} className="block text-xl">
        {t.memory.title}
      </label>
      <select
        ref={select}
        id={id}
        className="field"
        value={chosen}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChoose(event.target.value)}
      >
        <option value="">{t.memory.none}</option>
        {all?.map(({ name, pictures }) => (
          <option key={name} value={name}>
            {t.memory.option(name, pictures.length)}
          </option>
        ))}
        {chosen && !memory && <option value={chosen}>{all ? t.memory.gone(chosen) : chosen}</option>}
      </select>
      <p id={`${id}-help`} className="text-sm text-quiet">
        {t.memory.help}
      </p>
      <div className="flex flex-wrap gap-3">
        {!making && (
          <button type="button" className="button" onClick={() => setMaking(true)}>
            {t.memory.make}
          </button>
        )}
        {memory && (
          <button type="button" className="button" onClick={remove}>
            {sure ? t.memory.sure(chosen) : t.memory.remove(chosen)}
          </button>
        )}
      </div>
      {making && (
        <MakeMemory
          limits={limits}
          taken={all?.map(({ name }) => name) ?? []}
          onMade={async (made) => {
            setMaking(false);
            setNote(t.memory.made(made.name, made.pictures.length));
            await reload().catch(() => {});
            onChoose(made.name);
            select.current?.focus();
          }}
          onClose={() => {
            setMaking(false);
            select.current?.focus();
          }}
        />
      )}
      <p role="status" className="text-sm text-quiet empty:hidden">
        {note}
      </p>
    </section>
  );
}
