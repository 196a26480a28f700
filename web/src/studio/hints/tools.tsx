/** Colour, brush and rubber. */
import { type Dispatch, useId, useRef, useState } from "react";
import { useText } from "../../i18n/text";
import type { Change } from "../../session/change";
import { Choice } from "../../ui/choice";
import { Slider } from "../../ui/slider";
import { save } from "../download";
import { type Hints, isEmpty, parseHints } from "./hints";
import type { Brush } from "./layer";

/** Colours that people look for; names in the catalogue. */
export const SWATCHES = {
  fair: "#e3b295",
  dark: "#7a4a32",
  blond: "#c9a765",
  brown: "#5f4530",
  wood: "#9c6f45",
  brick: "#a5492f",
  red: "#b3202a",
  rose: "#d98a96",
  sand: "#d8c39a",
  grass: "#6f9a3c",
  leaf: "#3f6b33",
  sea: "#2f7f86",
  sky: "#7fb0dc",
  navy: "#2b3a6b",
  violet: "#6b4a8f",
  gray: "#808080",
} as const;

type Swatch = keyof typeof SWATCHES;

interface Props {
  hints: Hints;
  brush: Brush;
  /** Whether the colours fill a line drawing. */
  drawing: boolean;
  /** Name of the picture, which saved hints are named after. */
  name: string;
  onBrush: (brush: Brush) => void;
  onChange: Dispatch<Change>;
}

export function HintTools({ hints, brush, drawing, name, onBrush, onChange }: Props) {
  const t = useText();
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState(false);
  const { points, strokes } = hints;

  async function load(file: File) {
    const hints = parseHints(await file.text());
    setFailed(!hints);
    if (hints) onChange({ type: "load-hints", hints });
  }

  return (
    <section aria-labelledby={`${id}title`} className="space-y-4 max-lg:order-first">
      <h2 id={`${id}title`} className="text-xl">
        {t.hints.title}
      </h2>
      <p id="hint-keys" className="text-sm text-quiet">
        {t.hints.keys} {drawing ? t.hints.drawing : t.hints.lightness}
      </p>
      <Choice
        label={t.hints.tool}
        value={brush.tool}
        options={[
          ["paint", t.hints.paint],
          ["erase", t.hints.erase],
        ]}
        onChange={(tool) => onBrush({ ...brush, tool })}
      />
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{t.hints.color}</legend>
        <div className="grid grid-cols-8 gap-1.5">
          {(Object.keys(SWATCHES) as Swatch[]).map((swatch) => (
            <button
              key={swatch}
              type="button"
              aria-label={t.hints.swatches[swatch]}
              title={t.hints.swatches[swatch]}
              aria-pressed={brush.color === SWATCHES[swatch]}
              className="swatch"
              style={{ backgroundColor: SWATCHES[swatch] }}
              onClick={() => onBrush({ ...brush, color: SWATCHES[swatch], tool: "paint" })}
            />
          ))}
        </div>
        <label className="mt-3 flex min-h-11 items-center gap-3 text-sm">
          <input
            type="color"
            className="h-9 w-14 rounded border border-line bg-card p-1"
            value={brush.color}
            onChange={(event) => onBrush({ ...brush, color: event.target.value, tool: "paint" })}
          />
          {t.hints.own}
        </label>
      </fieldset>
      <Slider
        name={t.hints.brush}
        value={brush.width}
        min={0.005}
        max={0.08}
        step={0.005}
        tell={(value) => `${(100 * value).toFixed(1)} %`}
        onChange={(width) => onBrush({ ...brush, width })}
      />
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
      <div className="flex items-center gap-3 text-sm">
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
    </section>
  );
}
