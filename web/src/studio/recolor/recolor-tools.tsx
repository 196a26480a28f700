/** The colours that a picture has, each with what it is to become. */
import { type Dispatch, useId } from "react";
import type { Palette, Recolor } from "../../api/types";
import { useText } from "../../i18n/text";
import type { Change } from "../../session/change";

interface Props {
  /** Null before it is known. */
  palette: Palette | null;
  recolors: Recolor[];
  onChange: Dispatch<Change>;
}

export function RecolorTools({ palette, recolors, onChange }: Props) {
  const t = useText();
  const id = useId();
  const become = (from: string) => recolors.find((recolor) => recolor.from === from)?.to;
  return (
    <section aria-labelledby={id} className="space-y-3">
      <h2 id={id} className="text-xl">
        {t.recolor.title}
      </h2>
      <p className="text-sm text-quiet">{palette?.entries.length === 0 ? t.recolor.unreadable : t.recolor.text}</p>
      <ul className="divide-y divide-line border-y border-line">
        {palette?.entries.map(({ color, share }, i) => (
          <li key={color} className="flex min-h-12 items-center gap-3 text-sm">
            <span className="chip size-7 rounded-full border border-line" style={{ backgroundColor: color }} />
            <span className="w-12 text-quiet tabular-nums">{`${Math.max(1, Math.round(100 * share))} %`}</span>
            <span aria-hidden="true">→</span>
            <input
              type="color"
              aria-label={t.recolor.become(i + 1, color)}
              className="h-9 w-14 rounded border border-line bg-card p-1"
              value={become(color) ?? color}
              onChange={(event) => onChange({ type: "recolor", from: color, to: event.target.value })}
            />
            {become(color) !== undefined && (
              <button
                type="button"
                aria-label={t.recolor.keep(i + 1)}
                className="ml-auto size-11"
                onClick={() => onChange({ type: "keep-color", from: color })}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
