/** Drop, paste or choose a picture, or take a sample. */
import { useEffect } from "react";
import { useText } from "../i18n/text";
import { DropArea } from "../ui/drop-area";
import { fetchSample, SAMPLES } from "../ui/samples";

export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const t = useText();

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const file = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
      if (file) onFile(file);
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, [onFile]);

  return (
    <div>
      <DropArea
        strong
        label={t.drop.input}
        button={t.drop.choose}
        className="grid min-h-[46vh] place-items-center p-8"
        onFiles={([file]) => file && onFile(file)}
      >
        <p className="font-serif text-3xl sm:text-4xl">{t.drop.title}</p>
        <p className="mx-auto mt-3 mb-7 max-w-[40ch] text-quiet">{t.drop.text}</p>
      </DropArea>
      <div className="mt-8 flex flex-wrap items-center gap-4">
        <span className="w-full text-sm text-quiet sm:w-auto">{t.samples.begin}</span>
        {SAMPLES.map((sample) => (
          <button
            key={sample.id}
            type="button"
            aria-label={t.samples.label(t.samples[sample.id].title)}
            className="size-16 overflow-hidden rounded-sm border border-line hover:border-ink"
            onClick={() => fetchSample(sample.id).then(onFile, () => {})}
          >
            <img src={sample.file} alt="" className="size-full object-cover" />
          </button>
        ))}
      </div>
    </div>
  );
}
