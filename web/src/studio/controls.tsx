/** Filter, sliders, and the method with its options. */
import { useId } from "react";
import type { Filter, Look, Method, Setting, Value } from "../api/client";

const SLIDERS = [
  ["saturation", "Saturation", 0, 2, 0.01],
  ["temperature", "Temperature", -40, 40, 1],
  ["tint", "Tint", -40, 40, 1],
  ["contrast", "Contrast", 0.5, 1.5, 0.01],
] as const;

export function LookControls({ look, filters, onChange }: { look: Look; filters: Filter[]; onChange: (look: Look) => void }) {
  const id = useId();
  return (
    <div className="space-y-5">
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          Filter
        </label>
        <select id={id} className="field" value={look.filter} onChange={(event) => onChange({ ...look, filter: event.target.value, amount: 1 })}>
          <option value="none">None</option>
          {filters.map((filter) => (
            <option key={filter.id} value={filter.id}>
              {filter.name}
            </option>
          ))}
        </select>
        <p className="mt-1.5 min-h-5 text-sm text-quiet">{filters.find((filter) => filter.id === look.filter)?.summary}</p>
      </div>
      {look.filter !== "none" && (
        <Slider name="Amount" value={look.amount} min={0} max={1} step={0.01} onChange={(amount) => onChange({ ...look, amount })} />
      )}
      {SLIDERS.map(([key, name, min, max, step]) => (
        <Slider key={key} name={name} value={look[key]} min={min} max={max} step={step} onChange={(value) => onChange({ ...look, [key]: value })} />
      ))}
    </div>
  );
}

interface SliderProps {
  name: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
}

function Slider({ name, value, min, max, step, onChange }: SliderProps) {
  const id = useId();
  return (
    <div>
      <div className="flex justify-between text-sm">
        <label htmlFor={id} className="font-medium">
          {name}
        </label>
        <output htmlFor={id} className="tabular-nums text-quiet">
          {step < 1 ? `${Math.round(value * 100)} %` : value > 0 ? `+${value}` : value}
        </output>
      </div>
      <input id={id} type="range" min={min} max={max} step={step} value={value} onChange={(event) => onChange(Number(event.target.value))} />
    </div>
  );
}

interface MethodProps {
  methods: Method[];
  method: string;
  settings: Record<string, Value>;
  onMethod: (id: string) => void;
  onSettings: (settings: Record<string, Value>) => void;
}

export function MethodControls({ methods, method, settings, onMethod, onSettings }: MethodProps) {
  const id = useId();
  const chosen = methods.find((candidate) => candidate.id === method);
  const properties = Object.entries(chosen?.settings.properties ?? {});
  return (
    <div className="space-y-4">
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          Method
        </label>
        <select id={id} className="field" value={method} onChange={(event) => onMethod(event.target.value)}>
          {methods.map((candidate) => (
            <option key={candidate.id} value={candidate.id}>
              {candidate.name}
            </option>
          ))}
        </select>
        <p className="mt-1.5 text-sm text-quiet">{chosen?.summary}</p>
      </div>
      {properties.length > 0 && (
        <details>
          <summary className="min-h-8 cursor-pointer text-sm font-medium">Options of this method</summary>
          <div className="mt-3 space-y-4">
            {properties.map(([name, setting]) => (
              <SettingField
                key={name}
                name={name}
                setting={setting}
                value={settings[name]}
                onChange={(value) => {
                  const { [name]: _, ...others } = settings;
                  onSettings(value === undefined ? others : { ...others, [name]: value });
                }}
              />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

interface SettingProps {
  name: string;
  setting: Setting;
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
}

/** Left empty, the model decides. */
function SettingField({ name, setting, value, onChange }: SettingProps) {
  const id = useId();
  const text = value === undefined ? "" : String(value);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium capitalize">
        {name}
      </label>
      {setting.type === "number" ? (
        <input
          id={id}
          type="number"
          className="field"
          min={setting.minimum}
          max={setting.maximum}
          step="any"
          placeholder={setting.default === undefined ? "as the model says" : String(setting.default)}
          value={text}
          onChange={(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))}
        />
      ) : (
        <select
          id={id}
          className="field"
          value={text}
          onChange={(event) => {
            const chosen = event.target.value;
            onChange(chosen === "" ? undefined : setting.type === "boolean" ? chosen === "true" : chosen);
          }}
        >
          <option value="">{setting.default === undefined ? "As the model says" : `Default (${setting.default})`}</option>
          {(setting.type === "boolean" ? ["true", "false"] : setting.enum).map((choice) => (
            <option key={choice} value={choice}>
              {choice === "true" ? "On" : choice === "false" ? "Off" : choice}
            </option>
          ))}
        </select>
      )}
      <p className="mt-1 text-sm text-quiet">{setting.description}</p>
    </div>
  );
}
