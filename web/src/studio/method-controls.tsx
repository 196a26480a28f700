/** The method, and its options as the server describes them. */
import { useId } from "react";
import { type Method, type MethodOption, type Source, sourceOf, type Value } from "../api/types";
import { useText } from "../i18n/text";
import { OptionField } from "./option-field";

const SOURCES: Source[] = ["alone", "references", "hand", "recolors"];

interface Props {
  methods: Method[];
  method: string;
  settings: Record<string, Value>;
  onMethod: (id: string) => void;
  /** Without a value, the default holds. */
  onOption: (id: string, value: Value | undefined) => void;
}

export function MethodControls({ methods, method, settings, onMethod, onOption }: Props) {
  const t = useText();
  const id = useId();
  const chosen = methods.find((candidate) => candidate.id === method);
  const name = (method: Method) => (t.methods[method.id] ?? method).name;
  // What is on or off is worth seeing at once; the rest is for the curious.
  const switches = chosen?.options.filter(isSwitch) ?? [];
  const others = chosen?.options.filter((option) => !isSwitch(option)) ?? [];
  const field = (option: MethodOption) => (
    <OptionField
      key={option.id}
      named={{ name: option.id.replaceAll(/[-_]/g, " "), summary: option.help, ...t.settings[method]?.[option.id] }}
      option={option}
      value={settings[option.id]}
      onChange={(value) => onOption(option.id, value)}
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
function isSwitch(option: MethodOption): boolean {
  return option.type === "switch" && typeof option.default === "boolean";
}
