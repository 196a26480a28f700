/** The answers of a method that knows several. */
import type { Answer } from "../api/colorize";
import { useText } from "../i18n/text";
import { useObjectUrl } from "../ui/object-url";

interface Props {
  answers: Answer[];
  chosen: number;
  onChoose: (number: number) => void;
}

export function Variants({ answers, chosen, onChoose }: Props) {
  const t = useText();
  return (
    <fieldset className="mt-5">
      <legend className="mb-2 text-sm font-medium">{t.method.variants}</legend>
      <div className="flex gap-3 overflow-x-auto p-1">
        {answers.map((answer, i) => (
          <Variant
            key={`${answer.seed} ${answer.answer}`}
            answer={answer}
            number={i + 1}
            chosen={i === chosen}
            onChoose={() => onChoose(i)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function Variant({ answer, number, chosen, onChoose }: { answer: Answer; number: number; chosen: boolean; onChoose: () => void }) {
  const t = useText();
  const url = useObjectUrl(answer.picture);
  return (
    <label className="variant">
      <input type="radio" name="variant" className="sr-only" checked={chosen} aria-label={t.method.variant(number)} onChange={onChoose} />
      {url && <img src={url} alt="" className="h-20 rounded-sm sm:h-24" />}
    </label>
  );
}
