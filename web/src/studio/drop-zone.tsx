/** Drop, paste or choose a picture, or take a sample. */
import { useEffect, useRef, useState } from "react";
import { fetchSample, SAMPLES } from "../ui/samples";

export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

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
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer.files[0];
          if (file) onFile(file);
        }}
        className={`grid min-h-[46vh] place-items-center rounded-sm border border-dashed p-8 text-center transition-colors ${
          over ? "border-ember bg-card" : "border-quiet/50"
        }`}
      >
        <div>
          <p className="font-serif text-3xl sm:text-4xl">Put a photograph here</p>
          <p className="mx-auto mt-3 max-w-[40ch] text-quiet">
            Drop it, paste it, or choose a file. JPEG, PNG, WebP, TIFF, BMP, GIF or PNM.
          </p>
          <button type="button" className="button button-strong mt-7" onClick={() => input.current?.click()}>
            Choose a file
          </button>
          <input
            ref={input}
            type="file"
            aria-label="Photograph"
            accept="image/*,.tif,.tiff,.pgm,.ppm,.pnm"
            className="hidden"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) onFile(file);
              event.target.value = "";
            }}
          />
        </div>
      </div>
      <div className="mt-8 flex flex-wrap items-center gap-4">
        <span className="w-full text-sm text-quiet sm:w-auto">Or begin with one of these</span>
        {SAMPLES.map((sample) => (
          <button
            key={sample.id}
            type="button"
            aria-label={`Sample: ${sample.title}`}
            className="size-16 overflow-hidden rounded-sm border border-line hover:border-ink"
            onClick={async () => {
              const file = await fetchSample(sample.id);
              if (file) onFile(file);
            }}
          >
            <img src={sample.file} alt="" className="size-full object-cover" />
          </button>
        ))}
      </div>
    </div>
  );
}
