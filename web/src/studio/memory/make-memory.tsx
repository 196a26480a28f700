/** A new memory: a name, and a handful of pictures in colour. */
import { useEffect, useId, useRef, useState } from "react";
import { remember } from "../../api/memories";
import type { Memory, MemoryLimits } from "../../api/types";
import { tell, useText } from "../../i18n/text";
import { DropArea } from "../../ui/drop-area";
import { Thumbs } from "../references";
import { memoryName } from "./name";

interface Props {
  limits: MemoryLimits | null;
  /** Names that there are. */
  taken: string[];
  onMade: (memory: Memory) => void;
  onClose: () => void;
}

export function MakeMemory({ limits, taken, onMade, onClose }: Props) {
  const t = useText();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [pictures, setPictures] = useState<File[]>([]);
  const [sending, setSending] = useState<AbortController | null>(null);
  const [note, setNote] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const name = memoryName(typed);
  const most = limits?.max_pictures ?? Number.POSITIVE_INFINITY;
  const wrong = taken.includes(name) ? t.memory.taken(name) : pictures.length > most ? t.memory.tooMany(most) : "";

  useEffect(() => field.current?.focus(), []);
  // Who goes away does not wait.
  const running = useRef(sending);
  running.current = sending;
  useEffect(() => () => running.current?.abort(), []);

  async function make() {
    const abort = new AbortController();
    setSending(abort);
    setNote("");
    try {
      onMade(await remember(name, pictures, abort.signal));
    } catch (error) {
      setNote(abort.signal.aborted ? t.studio.cancelled : tell(t, error));
      setSending(null);
    }
  }

  return (
    <form
      aria-label={t.memory.make}
      className="space-y-4 rounded-sm border border-line bg-card p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (name && pictures.length > 0 && !wrong && !sending) make();
      }}
    >
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          {t.memory.name}
        </label>
        <input
          ref={field}
          id={id}
          type="text"
          className="field"
          value={typed}
          placeholder={t.memory.example}
          aria-describedby={`${id}-name`}
          onChange={(event) => setTyped(event.target.value)}
        />
        <p id={`${id}-name`} className="mt-1.5 text-sm text-quiet empty:hidden">
          {name && name !== typed.trim() ? t.memory.called(name) : ""}
        </p>
      </div>
      <DropArea
        many
        label={t.memory.input}
        button={t.memory.choose}
        className="p-4"
        onFiles={(more) => setPictures((pictures) => [...pictures, ...more])}
      >
        <p className="mb-3 text-sm text-quiet">{t.memory.drop}</p>
      </DropArea>
      <Thumbs files={pictures} onRemove={(number) => setPictures(pictures.filter((_, i) => i !== number))} />
      {sending && <div className="developing h-1" />}
      <div className="flex flex-wrap gap-3">
        <button
          type="submit"
          className="button button-strong"
          disabled={!name || pictures.length === 0 || wrong !== "" || sending !== null}
        >
          {t.memory.save}
        </button>
        <button type="button" className="button" onClick={() => (sending ? sending.abort() : onClose())}>
          {t.memory.cancel}
        </button>
      </div>
      <p role="status" className={`text-sm empty:hidden ${sending ? "text-quiet" : "text-ember"}`}>
        {sending ? t.memory.looking(pictures.length) : note || wrong}
      </p>
    </form>
  );
}
