/** What was painted: each spot and stroke to be chosen, and all of them saved, loaded or removed. */
import { type Dispatch, useId, useRef, useState } from "react";
import type { Suggestions } from "../../api/types";
import { useText } from "../../i18n/text";
import type { Change } from "../../session/change";
import { save } from "../download";
import { type HintPlace, type Hints, isEmpty, parseHints } from "./hints";

interface Props {
  hints: Hints;
  selected: HintPlace | null;
  /** What is known of the spot that is chosen. */
  suggestions: Suggestions | null;
  /** Whether the colours fill a line drawing. */
  drawing: boolean;
  /** Name of the picture, which saved hints are named after. */
  name: string;
  onSelect: (hint: HintPlace | null) => void;
  onChange: Dispatch<Change>;
}

export function HintTools({ hints, selected, suggestions, drawing, name, onSelect, onChange }: Props) {
  const t = useText();
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState(false);
  const { points, strokes } = hints;
  const all: [HintPlace, string, string][] = [
    ...points.map(({ color }, i): [HintPlace, string, string] => [{ kind: "point", number: i }, color, t.hints.spot(i + 1)]),
    ...strokes.map(({ color }, i): [HintPlace, string, string] => [{ kind: "stroke", number: i }, color, t.hints.stroke(i + 1)]),
  ];

  async function load(file: File) {
    const hints = parseHints(await file.text());
    setFailed(!hints);
    if (hints) onChange({ type: "load-hints", hints });
  }

  return (
    <section aria-labelledby={`${id}title`} className="space-y-4">
      <h2 id={`${id}title`} className="text-xl">
        {t.hints.title}
      </h2>
      <p id="hint-keys" className="text-sm text-quiet">
        {t.hints.keys} {drawing ? t.hints.drawing : t.hints.lightness}
      </p>
      {all.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {all.map(([hint, color, label]) => {
            const isSelected = selected?.kind === hint.kind && selected.number === hint.number;
            return (
              <li key={label}>
                <button
                  type="button"
                  aria-label={label}
                  title={label}
                  aria-pressed={isSelected}
                  className="swatch"
                  style={{ backgroundColor: color }}
                  onClick={() => onSelect(isSelected ? null : hint)}
                />
              </li>
            );
          })}
        </ul>
      )}
      {selected && suggestions && (
        <fieldset>
          <legend className="mb-2 text-sm text-quiet">{t.hints.likely}</legend>
          <div className="flex flex-wrap gap-2">
            {suggestions.colors.map(({ color, probability }) => {
              const label = t.hints.suggestion(color, Math.round(100 * probability));
              return (
                <button
                  key={color}
                  type="button"
                  aria-label={label}
                  title={label}
                  className="swatch"
                  style={{ backgroundColor: color }}
                  onClick={() => onChange({ type: "set-hint", hint: selected, color })}
                />
              );
            })}
          </div>
        </fieldset>
      )}
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <p role="status" className={failed ? "text-ember" : "text-quiet"}>
          {failed ? t.hints.loadFailed : t.hints.count(points.length, strokes.length)}
        </p>
        <button
          type="button"
          className="ml-auto min-h-11 text-quiet underline underline-offset-4 hover:text-ember disabled:opacity-45"
          disabled={isEmpty(hints)}
          onClick={() => onChange({ type: "clear-hints" })}
        >
          {t.hints.clear}
        </button>
      </div>
      <div className="grid grid-cols-2 gap-2">
        <button
          type="button"
          className="button"
          disabled={isEmpty(hints)}
          onClick={() => save(new Blob([JSON.stringify(hints)], { type: "application/json" }), `${name}.hints.json`)}
        >
          {t.hints.save}
        </button>
        <button type="button" className="button" onClick={() => file.current?.click()}>
          {t.hints.load}
        </button>
        <input
          ref={file}
          type="file"
          aria-label={t.hints.load}
          accept=".json,application/json"
          className="hidden"
          data-testid="hints-file"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen) load(chosen);
            event.target.value = "";
          }}
        />
      </div>
    </section>
  );
}
