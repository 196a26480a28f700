/** A place to drop pictures on, with a button that does the same. */
import { type ReactNode, useRef, useState } from "react";

const PICTURES = "image/*,.tif,.tiff,.pgm,.ppm,.pnm";

interface Props {
  label: string;
  button: string;
  many?: boolean;
  /** What can be chosen; pictures when left out. */
  accept?: string;
  strong?: boolean;
  className?: string;
  children?: ReactNode;
  onFiles: (files: File[]) => void;
}

export function DropArea({ label, button, many = false, accept = PICTURES, strong = false, className = "", children, onFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const give = (files: FileList | null | undefined) => {
    const given = [...(files ?? [])].slice(0, many ? undefined : 1);
    if (given.length > 0) onFiles(given);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for keys and screen readers.
    <div
      onDragOver={(event) => {
        // The rest of the page leaves what is dropped here alone.
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        give(event.dataTransfer.files);
      }}
      className={`rounded-sm border border-dashed text-center transition-colors ${over ? "border-ember bg-card" : "border-quiet/50"} ${className}`}
    >
      <div>
        {children}
        <button type="button" className={`button ${strong ? "button-strong" : ""}`} onClick={() => input.current?.click()}>
          {button}
        </button>
        <input
          ref={input}
          type="file"
          aria-label={label}
          multiple={many}
          accept={accept}
          className="hidden"
          onChange={(event) => {
            give(event.target.files);
            event.target.value = "";
          }}
        />
      </div>
    </div>
  );
}
