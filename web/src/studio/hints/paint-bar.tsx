/** Brush, rubber, eyedropper and colours, right under the picture: a thumb reaches both. */
import { type Dispatch, useEffect, useId, useRef, useState } from "react";
import { useText } from "../../i18n/text";
import type { Change } from "../../session/change";
import { Choice } from "../../ui/choice";
import { Slider } from "../../ui/slider";
import { Swatches } from "../../ui/swatches";
import type { HintPlace, Hints } from "./hints";
import type { Brush } from "./layer";
import { colorAt } from "./palette";

interface Props {
  hints: Hints;
  brush: Brush;
  selected: HintPlace | null;
  /** Pictures in colour that colours can be taken from. */
  references: File[];
  onBrush: (brush: Brush) => void;
  onSelect: (hint: HintPlace | null) => void;
  onChange: Dispatch<Change>;
}

export function PaintBar({ hints, brush, selected, references, onBrush, onSelect, onChange }: Props) {
  const t = useText();
  const own = useRef<HTMLInputElement>(null);
  const hint = selected && (selected.kind === "point" ? hints.points[selected.number] : hints.strokes[selected.number]);
  const color = hint?.color ?? brush.color;
  const size = hint ? ("radius" in hint ? 2 * hint.radius : hint.width) : brush.width;

  function choose(color: string) {
    if (selected && hint) onChange({ type: "set-hint", hint: selected, color });
    onBrush({ ...brush, color, tool: "paint" });
  }

  return (
    <section aria-label={t.hints.palette} className="mt-2 space-y-2">
      <Swatches color={color} own={own} onColor={choose} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice
          label={t.hints.tool}
          value={brush.tool}
          options={[
            ["paint", t.hints.paint],
            ["erase", t.hints.erase],
            ["pick", t.hints.pick],
          ]}
          onChange={(tool) => {
            onSelect(null);
            onBrush({ ...brush, tool });
          }}
        />
        <div className="min-w-40 grow">
          <Slider
            name={hint ? t.hints.reach : t.hints.brush}
            value={size}
            min={0.005}
            max={0.08}
            step={0.005}
            tell={(value) => `${(100 * value).toFixed(1)} %`}
            onChange={(size) => {
              if (selected && hint) onChange({ type: "set-hint", hint: selected, size });
              else onBrush({ ...brush, width: size });
            }}
          />
        </div>
        {hint && selected && (
          <span className="flex flex-wrap gap-2">
            <button
              type="button"
              className="button"
              onClick={() => {
                onSelect(null);
                onChange({ type: "remove-hint", hint: selected });
              }}
            >
              {t.hints.removeOne}
            </button>
            <button type="button" className="button" onClick={() => onSelect(null)}>
              {t.hints.leave}
            </button>
          </span>
        )}
      </div>
      {brush.tool === "pick" && <Sources references={references} onColor={choose} />}
    </section>
  );
}

/** Pictures to take a colour from, besides the one that is open. */
function Sources({ references, onColor }: { references: File[]; onColor: (color: string) => void }) {
  const t = useText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [more, setMore] = useState<File[]>([]);
  return (
    <div>
      <p id={id} className="text-sm text-quiet">
        {t.hints.pickHow}
      </p>
      <div className="mt-2 flex flex-wrap items-start gap-3">
        {[...references, ...more].map((file, i) => (
          <Source key={`${i} ${file.name}`} file={file} onColor={onColor} />
        ))}
        <button type="button" className="button" onClick={() => input.current?.click()}>
          {t.hints.pickFrom}
        </button>
        <input
          ref={input}
          type="file"
          aria-label={t.hints.pickFrom}
          accept="image/*"
          className="hidden"
          data-testid="pick-file"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen) setMore((more) => [...more, chosen]);
            event.target.value = "";
          }}
        />
      </div>
    </div>
  );
}

function Source({ file, onColor }: { file: File; onColor: (color: string) => void }) {
  const t = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let current = true;
    createImageBitmap(file).then(
      (bitmap) => {
        const target = canvas.current;
        if (current && target) {
          const scale = Math.min(1, 480 / Math.max(bitmap.width, bitmap.height));
          [target.width, target.height] = [Math.round(scale * bitmap.width), Math.round(scale * bitmap.height)];
          target.getContext("2d")?.drawImage(bitmap, 0, 0, target.width, target.height);
        }
        bitmap.close();
      },
      () => {},
    );
    return () => {
      current = false;
    };
  }, [file]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={t.hints.pickOn(file.name)}
      className="max-h-32 max-w-40 cursor-crosshair rounded-sm border border-line"
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const color = colorAt(event.currentTarget, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
        if (color) onColor(color);
      }}
    />
  );
}
