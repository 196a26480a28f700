/** A named number that can be dragged. */
import { useId } from "react";

interface Props {
  name: string;
  value: number;
  min: number;
  max: number;
  step: number;
  tell: (value: number) => string;
  onChange: (value: number) => void;
}

export function Slider({ name, value, min, max, step, tell, onChange }: Props) {
  const id = useId();
  return (
    <div>
      <div className="flex justify-between text-sm">
        <label htmlFor={id} className="font-medium">
          {name}
        </label>
        <output htmlFor={id} className="tabular-nums text-quiet">
          {tell(value)}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={tell(value)}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  );
}
