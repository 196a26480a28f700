/** The method, and its options as the server describes them. */
import { useId } from "react";
import type { Method, Setting, Value } from "../api/registry";
import { useText } from "../i18n/text";

interface Props {
  methods: Method[];
  method: string;
  settings: Record<string, Value>;
  onMethod: (id: string) => void;
  onSettings: (settings: Record<string, Value>) => void;
}

export function MethodControls({ methods, method, settings, onMethod, onSettings }: Props) {
  const t = useText();
  const id = useId();
  const chosen = methods.find((candidate) => candidate.id === method);
  const properties = Object.entries(chosen?.settings.properties ?? {});
  return (
    <div className="space-y-4">
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          {t.method.label}
        </label>
        <select id={id} className="field" value={method} onChange={(event) => onMethod(event.target.value)}>
          {methods.map((candidate) => (
            <option key={candidate.id} value={candidate.id}>
              {(t.methods[candidate.id] ?? candidate).name}
            </option>
          ))}
        </select>
        {chosen && <p className="mt-1.5 text-sm text-quiet">{(t.methods[chosen.id] ?? chosen).summary}</p>}
        {chosen?.paper && (
          <p className="mt-1 text-sm text-quiet">
            {t.method.paper} {chosen.paper.authors}
            {chosen.paper.year && ` ${chosen.paper.year}`}: <cite>{chosen.paper.title}</cite>
          </p>
        )}
      </div>
      {properties.length > 0 && (
        <details>
          <summary className="min-h-8 cursor-pointer text-sm font-medium">{t.method.options}</summary>
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

/** Left empty, the default holds, or the model decides. */
function SettingField({ name, setting, value, onChange }: SettingProps) {
  const t = useText();
  const id = useId();
  const text = value === undefined ? "" : String(value);
  const named = t.settings[name] ?? { name: name.replaceAll("-", " ").replaceAll("_", " "), summary: setting.description };
  const word = (choice: string) => ({ true: t.method.on, false: t.method.off })[choice] ?? choice;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium first-letter:uppercase">
        {named.name}
      </label>
      {setting.type === "number" || setting.type === "integer" ? (
        <input
          id={id}
          type="number"
          className="field"
          min={setting.minimum}
          max={setting.maximum}
          step={setting.type === "integer" ? 1 : "any"}
          placeholder={setting.default === undefined ? t.method.byModel : String(setting.default)}
          aria-describedby={`${id}help`}
          value={text}
          onChange={(event) => {
            // What lies outside would be refused; nothing is asked until it lies inside.
            const number = event.target.valueAsNumber;
            if (Number.isNaN(number)) onChange(undefined);
            else onChange(Math.min(setting.maximum, number));
          }}
          onBlur={() => typeof value === "number" && value < setting.minimum && onChange(setting.minimum)}
        />
      ) : (
        <select
          id={id}
          className="field"
          aria-describedby={`${id}help`}
          value={text}
          onChange={(event) => {
            const chosen = event.target.value;
            onChange(chosen === "" ? undefined : setting.type === "boolean" ? chosen === "true" : chosen);
          }}
        >
          <option value="">{setting.default === undefined ? t.method.byModel : t.method.byDefault(word(String(setting.default)))}</option>
          {(setting.type === "boolean" ? ["true", "false"] : setting.enum).map((choice) => (
            <option key={choice} value={choice}>
              {word(choice)}
            </option>
          ))}
        </select>
      )}
      <p id={`${id}help`} className="mt-1 text-sm text-quiet">
        {named.summary}
        {(setting.type === "number" || setting.type === "integer") && ` (${setting.minimum} – ${setting.maximum})`}
      </p>
    </div>
  );
}
