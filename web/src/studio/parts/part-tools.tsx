/** References at a size on which parts of them can be marked, and the pairs that were made. */
import { type Dispatch, useId } from "react";
import { useText } from "../../i18n/text";
import type { Change } from "../../session/change";
import { useObjectUrl } from "../../ui/object-url";
import { AreaLayer } from "./area-layer";
import type { Parts } from "./parts";

interface Props {
  parts: Parts;
  references: File[];
  onChange: Dispatch<Change>;
}

export function PartTools({ parts, references, onChange }: Props) {
  const t = useText();
  const id = useId();
  return (
    <section aria-labelledby={id} className="space-y-4">
      <h2 id={id} className="text-xl">
        {t.parts.title}
      </h2>
      <p id="part-keys" className="text-sm text-quiet">
        {t.parts.text} {t.parts.keys}
      </p>
      <p role="status" className="text-sm">
        {references.length === 0 ? t.parts.noReference : parts.open ? t.parts.there : t.parts.here}
      </p>
      {references.map((file, reference) => (
        <Marked key={`${reference} ${file.name}`} file={file} reference={reference} parts={parts} onChange={onChange} />
      ))}
      {parts.pairs.length > 0 && (
        <ul className="divide-y divide-line border-y border-line text-sm">
          {parts.pairs.map((pair, i) => (
            <li key={i} className="flex min-h-11 items-center gap-3">
              <span className="min-w-0 truncate">{t.parts.pair(i + 1, references[pair.reference]?.name ?? "")}</span>
              <button
                type="button"
                aria-label={t.parts.remove(i + 1)}
                className="ml-auto size-11"
                onClick={() => onChange({ type: "remove-pair", number: i })}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Marked({ file, reference, parts, onChange }: { file: File; reference: number; parts: Parts; onChange: Dispatch<Change> }) {
  const t = useText();
  const url = useObjectUrl(file);
  const areas = parts.pairs.flatMap((pair, i) => (pair.reference === reference ? [{ area: pair.area, number: i + 1 }] : []));
  return (
    <div className="relative">
      {url && <img src={url} alt={file.name} draggable={false} className="w-full rounded-sm bg-line" />}
      <AreaLayer
        label={t.parts.onReference(file.name)}
        describedBy="part-keys"
        areas={areas}
        onArea={(area) => onChange({ type: "match-part", area, reference })}
      />
    </div>
  );
}
