/** What a person wants of the picture, in their words. */
import { useId } from "react";
import { useText } from "../i18n/text";
import type { Way } from "../session/ways";

interface Props {
  ways: Way[];
  way: Way;
  onWay: (way: Way) => void;
}

export function WayChoice({ ways, way, onWay }: Props) {
  const t = useText();
  const name = useId();
  return (
    <fieldset className="-mx-5 flex min-w-0 gap-2 overflow-x-auto px-5 py-1 sm:mx-0 sm:flex-wrap sm:px-0">
      <legend className="sr-only">{t.ways.label}</legend>
      {ways.map((one) => (
        <label key={one} className="way">
          <input type="radio" className="sr-only" name={name} checked={one === way} onChange={() => onWay(one)} />
          {t.ways[one]}
        </label>
      ))}
    </fieldset>
  );
}
