/** The colours to paint with, and one of a person's own. */
import type { RefObject } from "react";
import { useText } from "../i18n/text";
import { SWATCHES, type Swatch } from "../studio/hints/palette";

interface Props {
  color: string;
  own?: RefObject<HTMLInputElement | null>;
  onColor: (color: string) => void;
}

export function Swatches({ color, own, onColor }: Props) {
  const t = useText();
  return (
    <div className="swatches">
      {(Object.keys(SWATCHES) as Swatch[]).map((swatch) => (
        <button
          key={swatch}
          type="button"
          aria-label={t.hints.swatches[swatch]}
          title={t.hints.swatches[swatch]}
          aria-pressed={color === SWATCHES[swatch]}
          className="swatch"
          style={{ backgroundColor: SWATCHES[swatch] }}
          onClick={() => onColor(SWATCHES[swatch])}
        />
      ))}
      <label className="swatch-own" title={t.hints.own}>
        <span className="sr-only">{t.hints.own}</span>
        <input ref={own} type="color" value={color} onChange={(event) => onColor(event.target.value)} />
      </label>
    </div>
  );
}
