/** Filter and after-touch. */
import { useId } from "react";
import type { Registry } from "../api/registry";
import type { Control, Look } from "../api/types";
import { useText } from "../i18n/text";
import { Slider } from "../ui/slider";

const percent = (value: number) => `${Math.round(100 * value)} %`;
const signed = (value: number) => (value > 0 ? `+${value}` : String(value).replace("-", "−"));

interface Props {
  look: Look;
  registry: Registry | null;
  onChange: (change: Partial<Look>) => void;
}

export function LookControls({ look, registry, onChange }: Props) {
  const t = useText();
  const id = useId();
  const filters = registry?.filters ?? [];
  const chosen = filters.find((filter) => filter.id === look.filter);
  const { look: ofFilter = [], tone = [] } = registry?.controls ?? {};
  // Without a filter there is nothing to have less of.
  const [amount, others] = [ofFilter.filter(({ id }) => id === "amount"), ofFilter.filter(({ id }) => id !== "amount")];
  return (
    <div className="space-y-5">
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          {t.look.filter}
        </label>
        <select id={id} className="field" value={look.filter} onChange={(event) => onChange({ filter: event.target.value, amount: 1 })}>
          <option value="none">{t.look.none}</option>
          {filters.map((filter) => (
            <option key={filter.id} value={filter.id}>
              {(t.filters[filter.id] ?? filter).name}
            </option>
          ))}
        </select>
        {chosen && <p className="mt-1.5 text-sm text-quiet">{(t.filters[chosen.id] ?? chosen).summary}</p>}
      </div>
      {[...(chosen ? amount : []), ...tone, ...others].map((control) => (
        <ControlSlider key={control.id} control={control} look={look} onChange={onChange} />
      ))}
    </div>
  );
}

function ControlSlider({ control, look, onChange }: { control: Control; look: Look; onChange: Props["onChange"] }) {
  const t = useText();
  const field = control.id as Exclude<keyof Look, "filter">;
  return (
    <Slider
      name={t.controls[control.id] ?? control.name}
      value={look[field] ?? control.default}
      min={control.min}
      max={control.max}
      step={control.step}
      tell={control.step < 1 ? percent : signed}
      onChange={(value) => onChange({ [field]: value })}
    />
  );
}
