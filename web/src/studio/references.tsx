/** Pictures in colour that a method takes colours from. */
import { useId } from "react";
import { useText } from "../i18n/text";
import { DropArea } from "../ui/drop-area";
import { useObjectUrl } from "../ui/object-url";

interface Props {
  files: File[];
  onAdd: (files: File[]) => void;
  onRemove: (number: number) => void;
}

export function References({ files, onAdd, onRemove }: Props) {
  const t = useText();
  const id = useId();
  return (
    <section aria-labelledby={id} className="space-y-3">
      <h2 id={id} className="text-xl">
        {t.references.title}
      </h2>
      <DropArea many label={t.references.input} button={t.references.add} className="p-4" onFiles={onAdd}>
        <p className="mb-3 text-sm text-quiet">{t.references.text}</p>
      </DropArea>
      <Thumbs files={files} onRemove={onRemove} />
    </section>
  );
}

/** Small pictures that can be taken away again; nothing where there are none. */
export function Thumbs({ files, onRemove }: Omit<Props, "onAdd">) {
  if (files.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-3">
      {files.map((file, i) => (
        <Thumb key={`${i} ${file.name}`} file={file} onRemove={() => onRemove(i)} />
      ))}
    </ul>
  );
}

function Thumb({ file, onRemove }: { file: File; onRemove: () => void }) {
  const t = useText();
  const url = useObjectUrl(file);
  return (
    <li className="relative">
      {url && <img src={url} alt={file.name} className="size-20 rounded-sm border border-line object-cover" />}
      <button
        type="button"
        aria-label={t.references.remove(file.name)}
        title={t.references.remove(file.name)}
        className="remove"
        onClick={onRemove}
      >
        ×
      </button>
    </li>
  );
}
