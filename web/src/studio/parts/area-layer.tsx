/** Rectangles on a picture, drawn with a pointer or by keys. */
import { useRef, useState } from "react";
import type { Area } from "../../api/types";

interface Props {
  label: string;
  /** Id of the words that say how. */
  describedBy: string;
  /** What is drawn already, with the number of its pair, or without while it has no counterpart. */
  areas: { area: Area; number: number | null }[];
  onArea: (area: Area) => void;
}

/** Narrower or lower than this, in 0..1, it was a slip of the hand. */
const LEAST = 0.01;

const share = (v: number) => Math.round(1e4 * Math.min(1, Math.max(0, v))) / 1e4;

/** The rectangle between two corners. */
export function between([ax, ay]: [number, number], [bx, by]: [number, number]): Area {
  const [x, y] = [share(Math.min(ax, bx)), share(Math.min(ay, by))];
  return { x, y, width: share(Math.max(ax, bx) - x), height: share(Math.max(ay, by) - y) };
}

/** The rectangle moved, or made larger with `grow`, by one press of a key; always inside of the picture. */
export function nudged(area: Area, key: string, grow: boolean): Area {
  const step = 0.02;
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  };
  const [dx, dy] = moves[key] ?? [0, 0];
  if (grow) {
    const side = (now: number, by: number, from: number) => share(Math.min(1 - from, Math.max(step, now + by)));
    return { ...area, width: side(area.width, dx, area.x), height: side(area.height, dy, area.y) };
  }
  const place = (now: number, by: number, long: number) => share(Math.min(1 - long, Math.max(0, now + by)));
  return { ...area, x: place(area.x, dx, area.width), y: place(area.y, dy, area.height) };
}

export function AreaLayer({ label, describedBy, areas, onArea }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState<[number, number] | null>(null);
  const [draft, setDraft] = useState<Area | null>(null);
  const [byKeys, setByKeys] = useState<Area>({ x: 0.4, y: 0.4, width: 0.2, height: 0.2 });
  const [keyed, setKeyed] = useState(false);

  function placeOf(event: React.PointerEvent): [number, number] {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return [0, 0];
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  }

  function key(event: React.KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) setByKeys(nudged(byKeys, event.key, event.shiftKey));
    else if (event.key === "Enter") onArea(byKeys);
    else return;
    event.preventDefault();
    setKeyed(true);
  }

  function finish() {
    if (draft && draft.width >= LEAST && draft.height >= LEAST) onArea(draft);
    setStart(null);
    setDraft(null);
  }

  return (
    <div
      ref={frame}
      tabIndex={0}
      role="application"
      aria-label={label}
      aria-describedby={describedBy}
      className="absolute inset-0 cursor-crosshair touch-pinch-zoom select-none"
      onKeyDown={key}
      onBlur={() => setKeyed(false)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setKeyed(false);
        setStart(placeOf(event));
      }}
      onPointerMove={(event) => start && event.buttons === 1 && setDraft(between(start, placeOf(event)))}
      onPointerUp={finish}
      onPointerCancel={() => {
        setStart(null);
        setDraft(null);
      }}
    >
      {areas.map(({ area, number }, i) => (
        <Frame key={i} area={area} number={number} />
      ))}
      {draft && <Frame area={draft} number={null} />}
      {keyed && <Frame area={byKeys} number={null} />}
    </div>
  );
}

function Frame({ area: { x, y, width, height }, number }: { area: Area; number: number | null }) {
  const [left, top, wide, high] = [x, y, width, height].map((share) => `${100 * share}%`);
  return (
    <span
      className={`pointer-events-none absolute border-2 border-white shadow-[0_0_0_1px_rgb(0_0_0/0.6),inset_0_0_0_1px_rgb(0_0_0/0.6)] ${number === null ? "border-dashed" : ""}`}
      style={{ left, top, width: wide, height: high }}
    >
      {number !== null && <b className="absolute top-0 left-0 bg-white px-1.5 text-xs text-black">{number}</b>}
    </span>
  );
}
