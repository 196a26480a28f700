/** Where hints are painted: by pointer, or by keys with a cross. */
import { type Dispatch, useRef, useState } from "react";
import type { StrokeHint } from "../../api/types";
import { useText } from "../../i18n/text";
import type { Action } from "../../session/timeline";
import type { Hints } from "./hints";

export interface Brush {
  color: string;
  /** Width in 0..1 of the picture's longer side. */
  width: number;
  tool: "paint" | "erase";
}

interface Props {
  hints: Hints;
  brush: Brush;
  /** Width by height of the picture. */
  ratio: number;
  onChange: Dispatch<Action>;
}

/** Corners nearer than this, in 0..1 of the longer side, are one. */
const NEAR = 0.004;

export function HintLayer({ hints, brush, ratio, onChange }: Props) {
  const t = useText();
  const frame = useRef<SVGSVGElement>(null);
  const [path, setPath] = useState<[number, number][]>([]);
  const [cross, setCross] = useState<[number, number]>([0.5, 0.5]);
  const [byKeys, setByKeys] = useState(false);
  const [penDown, setPenDown] = useState(false);
  // The drawing's own units: a thousand along the longer side.
  const [width, height] = ratio >= 1 ? [1000, 1000 / ratio] : [1000 * ratio, 1000];
  const distance = (a: readonly [number, number], b: readonly [number, number]) =>
    Math.hypot((a[0] - b[0]) * width, (a[1] - b[1]) * height) / 1000;

  function placeOf(event: React.PointerEvent): [number, number] {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return [0, 0];
    const share = (v: number) => Math.round(1e4 * Math.min(1, Math.max(0, v))) / 1e4;
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  }

  const erase = ([x, y]: [number, number]) => onChange({ type: "erase-hints", rubber: { x, y, reach: brush.width / 2, ratio } });

  function extend(place: [number, number]) {
    setPath((path) => {
      const last = path.at(-1);
      return last && distance(last, place) < NEAR ? path : [...path, place];
    });
  }

  function finish(path: [number, number][]) {
    setPath([]);
    const [first] = path;
    if (!first) return;
    const { color, width } = brush;
    if (path.length === 1) onChange({ type: "add-point", point: { x: first[0], y: first[1], radius: width / 2, color } });
    else onChange({ type: "add-stroke", stroke: { path, width, color } });
  }

  function key(event: React.KeyboardEvent) {
    if ((event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase())) {
      event.preventDefault();
      onChange({ type: event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo" });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 0.05 : 0.01;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (move) {
      const share = (v: number) => Math.round(1e4 * Math.min(1, Math.max(0, v))) / 1e4;
      const to: [number, number] = [share(cross[0] + (move[0] ?? 0)), share(cross[1] + (move[1] ?? 0))];
      setCross(to);
      if (penDown) extend(to);
    } else if (event.key === "Enter") {
      if (brush.tool === "erase") erase(cross);
      else finish([cross]);
      setPenDown(false);
    } else if (event.key === " ") {
      if (brush.tool === "erase") erase(cross);
      else if (penDown) finish(path);
      else extend(cross);
      setPenDown(brush.tool === "paint" && !penDown);
    } else if (event.key === "Escape") {
      setPath([]);
      setPenDown(false);
    } else return;
    setByKeys(true);
    event.preventDefault();
  }

  const strokes: StrokeHint[] = path.length > 1 ? [...hints.strokes, { color: brush.color, width: brush.width, path }] : hints.strokes;
  return (
    <>
      <svg
        ref={frame}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        tabIndex={0}
        role="application"
        aria-label={t.hints.layer}
        aria-describedby="hint-keys"
        className={`absolute inset-0 size-full touch-pinch-zoom select-none ${brush.tool === "erase" ? "cursor-cell" : "cursor-crosshair"}`}
        onKeyDown={key}
        onBlur={() => setByKeys(false)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setByKeys(false);
          const place = placeOf(event);
          if (brush.tool === "erase") erase(place);
          else setPath([place]);
        }}
        onPointerMove={(event) => {
          if (event.buttons !== 1) return;
          if (brush.tool === "erase") erase(placeOf(event));
          else if (path.length > 0) extend(placeOf(event));
        }}
        onPointerUp={() => !penDown && finish(path)}
        onPointerCancel={() => setPath([])}
      >
        {strokes.map((stroke, i) => {
          const points = stroke.path.map(([x, y]) => `${x * width},${y * height}`).join(" ");
          const line = { points, fill: "none", strokeLinecap: "round", strokeLinejoin: "round" } as const;
          return (
            <g key={i}>
              <polyline {...line} stroke="#fff" strokeWidth={stroke.width * 1000 + 4} />
              <polyline {...line} stroke={stroke.color} strokeWidth={stroke.width * 1000} />
            </g>
          );
        })}
        {hints.points.map((point, i) => (
          <circle
            key={i}
            cx={point.x * width}
            cy={point.y * height}
            r={Math.max(4, point.radius * 1000)}
            fill={point.color}
            stroke="#fff"
            strokeWidth={2.5}
          />
        ))}
        {byKeys && (
          <g transform={`translate(${cross[0] * width} ${cross[1] * height})`} fill="none">
            <path d="M-26 0H26M0-26V26" stroke="#000" strokeWidth={5} />
            <path d="M-26 0H26M0-26V26" stroke="#fff" strokeWidth={2} />
            <circle r={brush.width * 500} stroke="#fff" strokeWidth={2} />
          </g>
        )}
      </svg>
      <span role="status" className="sr-only">
        {penDown ? t.hints.strokeBegun : ""}
      </span>
    </>
  );
}
