/** Filter and after-touch. */
import { useId } from "react";
import type { Filter, Look } from "../api/registry";
import { useText } from "../i18n/text";
import { Slider } from "../ui/slider";

const SLIDERS = [
  ["saturation", 0, 2, 0.01],
  ["temperature", -40, 40, 1],
  ["tint", -40, 40, 1],
  ["contrast", 0.5, 1.5, 0.01],
] as const;

const percent = (value: number) => `${Math.round(100 * value)} %`;
const signed = (value: number) => (value > 0 ? `+${value}` : String(value).replace("-", "−"));

export function LookControls({ look, filters, onChange }: { look: Look; filters: Filter[]; onChange: (look: Look) => void }) {
  const t = useText();
  const id = useId();
  const chosen = filters.find((filter) => filter.id === look.filter);
  return (
    <div className="space-y-5">
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          {t.look.filter}
        </label>
        <select id={id} className="field" value={look.filter} onChange={(event) => onChange({ ...look, filter: event.target.value, amount: 1 })}>
          <option value="none">{t.look.none}</option>
          {filters.map((filter) => (
            <option key={filter.id} value={filter.id}>
              {(t.filters[filter.id] ?? filter).name}
            </option>
          ))}
        </select>
        {chosen && <p className="mt-1.5 text-sm text-quiet">{(t.filters[chosen.id] ?? chosen).summary}</p>}
      </div>
      {look.filter !== "none" && (
        <Slider name={t.look.amount} value={look.amount} min={0} max={1} step={0.01} tell={percent} onChange={(amount) => onChange({ ...look, amount })} />
      )}
      {SLIDERS.map(([key, min, max, step]) => (
        <Slider
          key={key}
          name={t.look[key]}
          value={look[key]}
          min={min}
          max={max}
          step={step}
          tell={step < 1 ? percent : signed}
          onChange={(value) => onChange({ ...look, [key]: value })}
        />
      ))}
    </div>
  );
}
