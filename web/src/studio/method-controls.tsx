/** The method, and its options as the server describes them. */
import { useId } from "react";
import { type Method, type Setting, type Source, sourceOf, type Value } from "../api/registry";
import { type Named, useText } from "../i18n/text";

const SOURCES: Source[] = ["alone", "references", "hand", "recolors"];

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
  const name = (method: Method) => (t.methods[method.id] ?? method).name;
  const properties = Object.entries(chosen?.settings.properties ?? {});
  // What is on or off is worth seeing at once; the rest is for the curious.
  const [switches, others] = [properties.filter(([, it]) => isSwitch(it)), properties.filter(([, it]) => !isSwitch(it))];
  const field = ([name, setting]: [string, Setting]) => (
    <SettingField
      key={name}
      named={{ name: name.replaceAll(/[-_]/g, " "), summary: setting.description, ...t.settings[method]?.[name] }}
      setting={setting}
      value={settings[name]}
      onChange={(value) => {
        const { [name]: _, ...rest } = settings;
        onSettings(value === undefined ? rest : { ...rest, [name]: value });
      }}
    />
  );
  return (
    <div className="space-y-4">
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          {t.method.label}
        </label>
        <select id={id} className="field" value={method} onChange={(event) => onMethod(event.target.value)}>
          {SOURCES.map((source) => [source, methods.filter((method) => sourceOf(method) === source)] as const)
            .filter(([, those]) => those.length > 0)
            .map(([source, those]) => (
              <optgroup key={source} label={t.method.kinds[source]}>
                {those.map((method) => (
                  <option key={method.id} value={method.id}>
                    {name(method)}
                  </option>
                ))}
              </optgroup>
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
      {switches.map(field)}
      {others.length > 0 && (
        <details key={method}>
          <summary className="min-h-8 cursor-pointer text-sm font-medium">{t.method.options}</summary>
          <div className="mt-3 space-y-4">{others.map(field)}</div>
        </details>
      )}
    </div>
  );
}

/** On or off, without a model that decides when nobody does. */
function isSwitch(setting: Setting): boolean {
  return setting.type === "boolean" && setting.default !== undefined;
}

interface SettingProps {
  named: Named;
  setting: Setting;
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
}

/** Left empty, the default holds, or the model decides. */
function SettingField({ named, setting, value, onChange }: SettingProps) {
  const t = useText();
  const id = useId();
  const text = value === undefined ? "" : String(value);
  const word = (choice: string) => ({ true: t.method.on, false: t.method.off })[choice] ?? choice;
  if (isSwitch(setting)) {
    return (
      <label className="check">
        <input
          type="checkbox"
          aria-describedby={`${id}help`}
          checked={(value ?? setting.default) === true}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>
          <span className="block first-letter:uppercase">{named.name}</span>
          <span id={`${id}help`} className="mt-1 block text-quiet">
            {named.summary}
          </span>
        </span>
      </label>
    );
  }
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
