/** The line between before and after, dragged or moved by keys. */
import { useRef } from "react";
import { useText } from "../i18n/text";

interface Props {
  /** How much of the width is before, in percent. */
  share: number;
  /** Whether a touch anywhere on the picture moves the line, or only one on its handle. */
  anywhere: boolean;
  onShare: (share: number) => void;
}

export function Divider({ share, anywhere, onShare }: Props) {
  const t = useText();
  const area = useRef<HTMLDivElement>(null);
  const clamped = (share: number) => Math.min(100, Math.max(0, share));

  function drag(clientX: number) {
    const box = area.current?.getBoundingClientRect();
    if (box) onShare(clamped((100 * (clientX - box.left)) / box.width));
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
    onShare(clamped(to));
  }

  const draggable = {
    onPointerDown: (event: React.PointerEvent) => {
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      drag(event.clientX);
    },
    onPointerMove: (event: React.PointerEvent) =>
      event.buttons === 1 && event.currentTarget.hasPointerCapture(event.pointerId) && drag(event.clientX),
  };
  return (
    <div
      ref={area}
      className={`absolute inset-0 ${anywhere ? "cursor-ew-resize touch-pan-y" : "pointer-events-none"}`}
      {...(anywhere ? draggable : {})}
    >
      <div
        role="slider"
        tabIndex={0}
        aria-label={t.stage.divide}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share)}
        aria-valuetext={t.stage.share(Math.round(share))}
        onKeyDown={key}
        className="pointer-events-auto absolute inset-y-0 -ml-5 w-10 cursor-ew-resize touch-none"
        style={{ left: `${share}%` }}
        {...(anywhere ? {} : draggable)}
      >
        <span className="absolute inset-y-0 left-1/2 w-0.5 -translate-x-1/2 bg-white shadow-[0_0_6px_rgb(0_0_0/0.6)]" />
        <span className="absolute top-1/2 left-1/2 grid size-10 -translate-1/2 place-items-center rounded-full bg-white text-black shadow-lg">
          <svg viewBox="0 0 24 24" className="size-5" aria-hidden="true">
            <path d="m9 6-6 6 6 6M15 6l6 6-6 6" fill="none" stroke="currentColor" strokeWidth="2" />
          </svg>
        </span>
      </div>
    </div>
  );
}
