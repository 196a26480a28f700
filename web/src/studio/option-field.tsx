/** One option of a method: a checkbox, a number or a choice. */
import { useId } from "react";
import type { MethodOption, Value } from "../api/types";
import { type Named, useText } from "../i18n/text";

interface Props<Option extends MethodOption> {
  named: Named;
  option: Option;
  value: Value | undefined;
  /** Without a value, the default holds, or the model decides. */
  onChange: (value: Value | undefined) => void;
}

type NumberOption = Extract<MethodOption, { type: "real" | "int" }>;
type WordOption = Extract<MethodOption, { type: "switch" | "choice" }>;

export function OptionField({ option, ...rest }: Props<MethodOption>) {
  switch (option.type) {
    case "real":
    case "int":
      return <NumberField option={option} {...rest} />;
    case "switch":
      return typeof option.default === "boolean" ? <SwitchField option={option} {...rest} /> : <WordField option={option} {...rest} />;
    case "choice":
      return <WordField option={option} {...rest} />;
  }
}

function SwitchField({ named, option, value, onChange }: Props<WordOption>) {
  const id = useId();
  return (
    <label className="check">
      <input
        type="checkbox"
        aria-describedby={id}
        checked={(value ?? option.default) === true}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <span className="block first-letter:uppercase">{named.name}</span>
        <span id={id} className="mt-1 block text-quiet">
          {named.summary}
        </span>
      </span>
    </label>
  );
}

function NumberField({ named, option, value, onChange }: Props<NumberOption>) {
  const t = useText();
  const id = useId();
  const { min, max } = option;
  return (
    <div>
      <Label id={id} name={named.name} />
      <input
        id={id}
        type="number"
        className="field"
        min={min}
        max={max}
        step={option.type === "int" ? 1 : "any"}
        placeholder={String(option.default ?? t.method.byModel)}
        aria-describedby={`${id}help`}
        value={value === undefined ? "" : String(value)}
        onChange={(event) => {
          // What lies outside would be refused; nothing is asked until it lies inside.
          const number = event.target.valueAsNumber;
          onChange(Number.isNaN(number) ? undefined : Math.min(max, number));
        }}
        onBlur={() => typeof value === "number" && value < min && onChange(min)}
      />
      <Help id={id} text={`${named.summary} (${min} – ${max})`} />
    </div>
  );
}

function WordField({ named, option, value, onChange }: Props<WordOption>) {
  const t = useText();
  const id = useId();
  const choices = option.type === "choice" ? option.choices : ["true", "false"];
  const word = (choice: string) => ({ true: t.method.on, false: t.method.off })[choice] ?? choice;
  const byDefault = option.default ?? null;
  return (
    <div>
      <Label id={id} name={named.name} />
      <select
        id={id}
        className="field"
        aria-describedby={`${id}help`}
        value={value === undefined ? "" : String(value)}
        onChange={(event) => {
          const chosen = event.target.value;
          onChange(chosen === "" ? undefined : option.type === "switch" ? chosen === "true" : chosen);
        }}
      >
        <option value="">{byDefault === null ? t.method.byModel : t.method.byDefault(word(String(byDefault)))}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {word(choice)}
          </option>
        ))}
      </select>
      <Help id={id} text={named.summary} />
    </div>
  );
}

function Label({ id, name }: { id: string; name: string }) {
  return (
    <label htmlFor={id} className="mb-1 block text-sm font-medium first-letter:uppercase">
      {name}
    </label>
  );
}

function Help({ id, text }: { id: string; text: string }) {
  return (
    <p id={`${id}help`} className="mt-1 text-sm text-quiet">
      {text}
    </p>
  );
}
