/** Where hints are painted, chosen, moved and taken away: by pointer, or by keys with a cross. */
import { type Dispatch, type RefObject, useMemo, useRef, useState } from "react";
import type { StrokeHint, Suggestions } from "../../api/types";
import { useText } from "../../i18n/text";
import type { Action } from "../../session/timeline";
import { type HintPlace, type Hints, hintAt } from "./hints";
import { outline } from "./outline";
import { colorAt } from "./palette";

export interface Brush {
  color: string;
  /** Width in 0..1 of the picture's longer side. */
  width: number;
  tool: "paint" | "erase" | "pick";
}

interface Props {
  hints: Hints;
  brush: Brush;
  selected: HintPlace | null;
  /** How far the chosen spot reaches; null before it is known. */
  reach: Suggestions["reach"] | null;
  /** Width by height of the picture. */
  ratio: number;
  /** What the eyedropper takes colours from. */
  canvas: RefObject<HTMLCanvasElement | null>;
  onBrush: (brush: Brush) => void;
  onSelect: (hint: HintPlace | null) => void;
  onChange: Dispatch<Action>;
}

type Place = [number, number];

/** Corners nearer than this, in 0..1 of the longer side, are one. */
const NEAR = 0.004;

/** A finger does not touch nearer than this, in pixels of the screen. */
const FINGER_PX = 12;

export function HintLayer({ hints, brush, selected, reach: border, ratio, canvas, onBrush, onSelect, onChange }: Props) {
  const t = useText();
  const frame = useRef<SVGSVGElement>(null);
  const [path, setPath] = useState<Place[]>([]);
  const [cross, setCross] = useState<Place>([0.5, 0.5]);
  const [byKeys, setByKeys] = useState(false);
  const [penDown, setPenDown] = useState(false);
  const contour = useMemo(() => (border ? outline(border) : ""), [border]);
  // A hint that is dragged, and where it was.
  const dragged = useRef<{ hint: HintPlace; from: Place } | null>(null);
  // Fingers on the picture: with two of them it is zoomed, and nothing is painted.
  const fingers = useRef(new Set<number>());
  // The drawing's own units: a thousand along the longer side.
  const [width, height] = ratio >= 1 ? [1000, 1000 / ratio] : [1000 * ratio, 1000];
  const distance = (a: Place, b: Place) => Math.hypot((a[0] - b[0]) * width, (a[1] - b[1]) * height) / 1000;
  const share = (v: number) => Math.round(1e4 * Math.min(1, Math.max(0, v))) / 1e4;

  function placeOf(event: React.PointerEvent): Place {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return [0, 0];
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  }

  /** How far a finger reaches, in 0..1 of the longer side. */
  function reach(): number {
    const box = frame.current?.getBoundingClientRect();
    return box ? FINGER_PX / Math.max(1, box.width, box.height) : 0.01;
  }

  const erase = ([x, y]: Place) => onChange({ type: "erase-hints", rubber: { x, y, reach: brush.width / 2, ratio } });
  const under = ([x, y]: Place) => hintAt({ points: hints.points, strokes: [] }, { x, y, reach: reach(), ratio });

  function pick([x, y]: Place) {
    const color = canvas.current && colorAt(canvas.current, x, y);
    if (color) onBrush({ ...brush, color, tool: "paint" });
  }

  function extend(place: Place) {
    setPath((path) => {
      const last = path.at(-1);
      return last && distance(last, place) < NEAR ? path : [...path, place];
    });
  }

  function finish(path: Place[]) {
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
    const move = ({ ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] } as Record<string, Place>)[
      event.key
    ];
    if (move && selected) onChange({ type: "move-hint", hint: selected, by: move });
    else if (move) {
      const to: Place = [share(cross[0] + move[0]), share(cross[1] + move[1])];
      setCross(to);
      if (penDown) extend(to);
    } else if ((event.key === "Delete" || event.key === "Backspace") && selected) {
      onSelect(null);
      onChange({ type: "remove-hint", hint: selected });
    } else if (event.key === "Enter" || event.key === " ") {
      const touched = brush.tool === "paint" && !penDown ? under(cross) : null;
      if (brush.tool === "pick") pick(cross);
      else if (brush.tool === "erase") erase(cross);
      else if (selected) onSelect(null);
      else if (touched) onSelect(touched);
      else if (event.key === "Enter") finish([cross]);
      else if (penDown) finish(path);
      else extend(cross);
      setPenDown(event.key === " " && brush.tool === "paint" && !penDown && !selected && !touched);
    } else if (event.key === "Escape") {
      setPath([]);
      setPenDown(false);
      onSelect(null);
    } else return;
    setByKeys(true);
    event.preventDefault();
  }

  function down(event: React.PointerEvent<SVGSVGElement>) {
    if (event.button !== 0) return;
    if (event.pointerType === "touch") {
      fingers.current.add(event.pointerId);
      if (fingers.current.size > 1) {
        dragged.current = null;
        setPath([]);
        return;
      }
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    setByKeys(false);
    const place = placeOf(event);
    if (brush.tool === "erase") erase(place);
    else if (brush.tool === "pick") pick(place);
    else {
      const touched = under(place);
      onSelect(touched);
      dragged.current = touched && { hint: touched, from: place };
      setPath(touched ? [] : [place]);
    }
  }

  function drag(event: React.PointerEvent) {
    if (event.buttons !== 1 || fingers.current.size > 1) return;
    const place = placeOf(event);
    const drag = dragged.current;
    if (brush.tool === "erase") erase(place);
    else if (drag) {
      onChange({ type: "move-hint", hint: drag.hint, by: [place[0] - drag.from[0], place[1] - drag.from[1]] });
      dragged.current = { ...drag, from: place };
    } else if (path.length > 0) extend(place);
  }

  function up(event: React.PointerEvent) {
    fingers.current.delete(event.pointerId);
    dragged.current = null;
    if (!penDown) finish(path);
  }

  const isSelected = (kind: HintPlace["kind"], number: number) => selected?.kind === kind && selected.number === number;
  const strokes: StrokeHint[] = path.length > 1 ? [...hints.strokes, { color: brush.color, width: brush.width, path }] : hints.strokes;
  const cursor = { paint: "cursor-crosshair", erase: "cursor-cell", pick: "cursor-copy" }[brush.tool];
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
        className={`absolute inset-0 size-full touch-none select-none ${cursor}`}
        onKeyDown={key}
        onBlur={() => setByKeys(false)}
        onPointerDown={down}
        onPointerMove={drag}
        onPointerUp={up}
        onPointerCancel={(event) => {
          fingers.current.delete(event.pointerId);
          dragged.current = null;
          setPath([]);
        }}
      >
        {strokes.map((stroke, i) => {
          const points = stroke.path.map(([x, y]) => `${x * width},${y * height}`).join(" ");
          const line = { points, fill: "none", strokeLinecap: "round", strokeLinejoin: "round" } as const;
          return (
            <g key={i}>
              {isSelected("stroke", i) && <polyline {...line} stroke="#000" strokeWidth={stroke.width * 1000 + 12} />}
              <polyline {...line} stroke="#fff" strokeWidth={stroke.width * 1000 + 4} />
              <polyline {...line} stroke={stroke.color} strokeWidth={stroke.width * 1000} />
            </g>
          );
        })}
        {hints.points.map((point, i) => {
          const radius = Math.max(4, point.radius * 1000);
          return (
            <g key={i} transform={`translate(${point.x * width} ${point.y * height})`}>
              {isSelected("point", i) && <circle r={radius + 7} fill="none" stroke="#000" strokeWidth={5} />}
              {isSelected("point", i) && <circle r={radius + 7} fill="none" stroke="#fff" strokeWidth={2} strokeDasharray="6 5" />}
              <circle r={radius} fill={point.color} stroke="#fff" strokeWidth={2.5} />
            </g>
          );
        })}
        {contour && (
          <g transform={`scale(${width} ${height})`} fill="none" strokeLinecap="round" data-testid="reach">
            <path d={contour} stroke="#000" strokeWidth={4} vectorEffect="non-scaling-stroke" opacity={0.5} />
            <path d={contour} stroke="#fff" strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
          </g>
        )}
        {byKeys && !selected && (
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
