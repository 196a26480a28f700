/** Before and after in one frame, divided by a line that can be dragged or moved by keys. */
import { type RefObject, useRef, useState } from "react";

interface Props {
  before: string | null;
  after: RefObject<HTMLCanvasElement | null>;
  busy: boolean;
}

export function Compare({ before, after, busy }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(50);
  const [held, setHeld] = useState(false);
  const [zoom, setZoom] = useState(1);
  // Width by height, as soon as it is known: small pictures are shown as large as large ones.
  const [ratio, setRatio] = useState<number | null>(null);

  function drag(clientX: number) {
    const box = frame.current?.getBoundingClientRect();
    if (box) setShare(Math.min(100, Math.max(0, (100 * (clientX - box.left)) / box.width)));
  }

  function key(event: React.KeyboardEvent) {
    const step = event.shiftKey ? 10 : 2;
    const to = {
      ArrowLeft: share - step,
      ArrowDown: share - step,
      ArrowRight: share + step,
      ArrowUp: share + step,
      PageDown: share - 20,
      PageUp: share + 20,
      Home: 0,
      End: 100,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setShare(Math.min(100, Math.max(0, to)));
  }

  const shown = held ? 100 : share;
  return (
    <div>
      <div className="overflow-auto rounded-sm bg-line" style={{ maxHeight: "78vh" }} tabIndex={zoom > 1 ? 0 : -1} role="group" aria-label="Picture">
        <div
          ref={frame}
          className="relative mx-auto touch-pan-y select-none"
          style={{ width: zoom > 1 ? `${zoom * 100}%` : ratio ? `min(100%, ${78 * ratio}vh)` : "fit-content" }}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drag(event.clientX);
          }}
          onPointerMove={(event) => event.buttons === 1 && drag(event.clientX)}
        >
          <canvas
            ref={after}
            aria-label="The picture in colour"
            role="img"
            className="block"
            style={ratio ? { width: "100%" } : { maxWidth: "100%", maxHeight: "78vh" }}
          />
          {before && (
            <img
              src={before}
              alt="The picture as it was"
              draggable={false}
              onLoad={(event) => setRatio(event.currentTarget.naturalWidth / event.currentTarget.naturalHeight)}
              className="absolute inset-0 size-full"
              style={{ clipPath: `inset(0 ${100 - shown}% 0 0)` }}
            />
          )}
          {!held && (
            <div
              role="slider"
              tabIndex={0}
              aria-label="Divide between before and after"
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.round(share)}
              aria-valuetext={`${Math.round(share)} % of the original`}
              onKeyDown={key}
              className="absolute inset-y-0 -ml-5 w-10 cursor-ew-resize"
              style={{ left: `${share}%` }}
            >
              <span className="absolute inset-y-0 left-1/2 w-0.5 -translate-x-1/2 bg-white shadow-[0_0_6px_rgb(0_0_0/0.6)]" />
              <span className="absolute top-1/2 left-1/2 grid size-10 -translate-1/2 place-items-center rounded-full bg-white text-black shadow-lg">
                <svg viewBox="0 0 24 24" className="size-5" aria-hidden="true">
                  <path d="m9 6-6 6 6 6M15 6l6 6-6 6" fill="none" stroke="currentColor" strokeWidth="2" />
                </svg>
              </span>
            </div>
          )}
          {busy && <span className="developing absolute inset-x-0 bottom-0 h-1" />}
        </div>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <button
          type="button"
          className="button"
          aria-pressed={held}
          onPointerDown={() => setHeld(true)}
          onPointerUp={() => setHeld(false)}
          onPointerLeave={() => setHeld(false)}
          onKeyDown={(event) => event.key === " " && setHeld(true)}
          onKeyUp={() => setHeld(false)}
          onBlur={() => setHeld(false)}
        >
          Hold to see the original
        </button>
        <span className="ml-auto flex gap-2">
          <button type="button" className="button px-4" aria-label="Zoom out" disabled={zoom === 1} onClick={() => setZoom(zoom - 1)}>
            −
          </button>
          <button type="button" className="button px-4" aria-label="Zoom in" disabled={zoom === 4} onClick={() => setZoom(zoom + 1)}>
            +
          </button>
        </span>
      </div>
    </div>
  );
}
