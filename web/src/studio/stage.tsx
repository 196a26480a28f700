/** The picture: before and after with a line between them, side by side, or under a brush; with zoom. */
import { type ReactNode, type RefObject, useRef, useState } from "react";
import { useText } from "../i18n/text";
import { Divider } from "./divider";
import { useZoom, ZOOMS } from "./use-zoom";

export type View = "compare" | "side" | "hints" | "parts";

interface Props {
  view: View;
  before: string | null;
  after: RefObject<HTMLCanvasElement | null>;
  /** Width by height, as soon as anything is known of it. */
  ratio: number;
  /** Whether `after` shows something. */
  drawn: boolean;
  busy: boolean;
  /** What lies over the picture in the views `hints` and `parts`. */
  overlay: ReactNode;
  /** What stands right below the picture. */
  tools?: ReactNode;
  /** What stands beside the buttons below. */
  children: ReactNode;
}

export function Stage({ view, before, after, ratio, drawn, busy, overlay, tools, children }: Props) {
  const t = useText();
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(50);
  const [held, setHeld] = useState(false);
  const { zoom, zoomTo, step } = useZoom(frame);
  const panned = useRef<{ x: number; y: number } | null>(null);

  function key(event: React.KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { "+": step(1), "=": step(1), "-": step(-1), "0": 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    zoomTo(to);
  }

  const side = view === "side" && drawn;
  const compared = view === "compare" && drawn;
  // A zoomed picture is moved by dragging it, as maps are.
  const drawing = view === "hints" || view === "parts";
  const pan = zoom > 1 && !drawing;
  const sheetRatio = side ? 2 * ratio : ratio;
  return (
    <div>
      <div
        ref={frame}
        tabIndex={zoom > 1 ? 0 : -1}
        role="group"
        aria-label={t.stage.picture}
        className={`max-h-[60vh] overflow-auto overscroll-contain rounded-sm bg-line sm:max-h-[78vh] ${pan ? "cursor-grab active:cursor-grabbing" : ""}`}
        onKeyDown={key}
        onPointerDown={(event) => {
          if (pan && event.pointerType === "mouse" && event.button === 0) {
            panned.current = { x: event.clientX, y: event.clientY };
            event.currentTarget.setPointerCapture(event.pointerId);
          }
        }}
        onPointerMove={(event) => {
          const from = panned.current;
          if (!from) return;
          event.currentTarget.scrollBy(from.x - event.clientX, from.y - event.clientY);
          panned.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerUp={() => {
          panned.current = null;
        }}
        onPointerCancel={() => {
          panned.current = null;
        }}
      >
        <div
          className={`sheet relative mx-auto select-none ${view === "hints" ? "sheet-painted" : ""} ${side ? "sheet-side flex flex-col gap-1 sm:flex-row" : ""}`}
          style={{
            width: `calc(min(100%, ${sheetRatio} * var(--stage-height)) * ${zoom})`,
            aspectRatio: side ? undefined : ratio,
          }}
        >
          {side && before && <img src={before} alt={t.stage.before} draggable={false} className="w-full sm:w-[calc(50%-2px)]" />}
          <div className={`relative ${side ? "w-full sm:w-[calc(50%-2px)]" : "size-full"}`}>
            <canvas
              ref={after}
              aria-label={t.stage.after}
              role="img"
              className={`block size-full ${drawn && !(held && side) ? "" : "invisible"}`}
            />
            {before && !side && (!drawn || held || compared) && (
              <img
                src={before}
                alt={t.stage.before}
                draggable={false}
                className="absolute inset-0 size-full"
                style={{ clipPath: held || !drawn ? "none" : `inset(0 ${100 - share}% 0 0)` }}
              />
            )}
            {before && side && held && <img src={before} alt="" draggable={false} className="absolute inset-0 size-full" />}
            {compared && !held && <Divider share={share} anywhere={zoom === 1} onShare={setShare} />}
            {drawing && (drawn || before) && !held && overlay}
          </div>
        </div>
      </div>
      <div className={`h-1 ${busy ? "developing" : ""}`} />
      {tools}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {children}
        <span className="flex flex-wrap gap-2 max-sm:w-full max-sm:justify-between sm:ml-auto">
          <button
            type="button"
            className="button touch-none px-4 select-none sm:px-5"
            aria-pressed={held}
            disabled={!drawn}
            onPointerDown={() => setHeld(true)}
            onPointerUp={() => setHeld(false)}
            onPointerLeave={() => setHeld(false)}
            onPointerCancel={() => setHeld(false)}
            onContextMenu={(event) => event.preventDefault()}
            onKeyDown={(event) => [" ", "Enter"].includes(event.key) && setHeld(true)}
            onKeyUp={() => setHeld(false)}
            onBlur={() => setHeld(false)}
          >
            {t.stage.hold}
          </button>
          <span
            className="flex items-center rounded-full border border-line bg-card"
            role="group"
            aria-label={t.stage.zoom(String(Math.round(10 * zoom) / 10))}
          >
            <button type="button" className="zoom" aria-label={t.stage.zoomOut} disabled={zoom === 1} onClick={() => zoomTo(step(-1))}>
              −
            </button>
            <button
              type="button"
              className="zoom text-sm tabular-nums"
              aria-label={`${Math.round(10 * zoom) / 10}×: ${t.stage.zoomFit}`}
              title={t.stage.zoomFit}
              disabled={zoom === 1}
              onClick={() => zoomTo(1)}
            >
              {`${Math.round(10 * zoom) / 10}×`}
            </button>
            <button
              type="button"
              className="zoom"
              aria-label={t.stage.zoomIn}
              disabled={zoom >= (ZOOMS.at(-1) ?? 1)}
              onClick={() => zoomTo(step(1))}
            >
              +
            </button>
          </span>
        </span>
      </div>
    </div>
  );
}
