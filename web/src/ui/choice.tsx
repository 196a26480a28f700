/** One of a few: radio buttons that look like one bar. */
import { useId } from "react";

interface Props<T extends string> {
  label: string;
  value: T;
  options: (readonly [T, string])[];
  onChange: (value: T) => void;
}

export function Choice<T extends string>({ label, value, options, onChange }: Props<T>) {
  const name = useId();
  return (
    <fieldset
      className={`inline-grid max-w-full min-w-0 auto-cols-[minmax(max-content,1fr)] overflow-x-auto rounded-[1.4rem] border border-line bg-card p-1 max-sm:w-full sm:grid-flow-col sm:auto-cols-auto ${
        options.length === 4 ? "max-sm:grid-cols-2" : "max-sm:grid-flow-col"
      }`}
    >
      <legend className="sr-only">{label}</legend>
      {options.map(([option, text]) => (
        <label key={option} className="choice">
          <input type="radio" className="sr-only" name={name} checked={value === option} onChange={() => onChange(option)} />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
