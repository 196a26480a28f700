/** Colours that a person painted on a picture. */
import type { PointHint, StrokeHint } from "../../api/types";

export interface Hints {
  points: PointHint[];
  strokes: StrokeHint[];
}

export const NO_HINTS: Hints = { points: [], strokes: [] };

export function isEmpty(hints: Hints): boolean {
  return hints.points.length + hints.strokes.length === 0;
}

/** Where the rubber touches: a place in 0..1 of width and height, its reach in 0..1 of the longer side. */
export interface Rubber {
  x: number;
  y: number;
  reach: number;
  /** Width by height of the picture. */
  ratio: number;
}

/** Without the hints that the rubber touches; the same ones when it touches none. */
export function withoutTouched(hints: Hints, rubber: Rubber): Hints {
  // Distances are shares of the longer side, as radius and width are.
  const [sx, sy] = rubber.ratio >= 1 ? [1, 1 / rubber.ratio] : [rubber.ratio, 1];
  const place = (x: number, y: number) => [(x - rubber.x) * sx, (y - rubber.y) * sy] as const;
  const points = hints.points.filter(({ x, y, radius }) => Math.hypot(...place(x, y)) > radius + rubber.reach);
  const strokes = hints.strokes.filter(({ path, width }) => {
    const corners = path.map(([x, y]) => place(x, y));
    return corners.every((corner, i) => fromOrigin(corner, corners[i + 1] ?? corner) > width / 2 + rubber.reach);
  });
  const same = points.length === hints.points.length && strokes.length === hints.strokes.length;
  return same ? hints : { points, strokes };
}

/** One of the hints. */
export interface HintPlace {
  kind: "point" | "stroke";
  number: number;
}

/** The hint under a place, the one drawn last first; `reach` in 0..1 of the longer side, as sizes of hints are. */
export function hintAt(hints: Hints, rubber: Rubber): HintPlace | null {
  const touched = (only: Hints) => withoutTouched(only, rubber) !== only;
  // Points lie over strokes.
  const point = hints.points.findLastIndex((point) => touched({ points: [point], strokes: [] }));
  if (point >= 0) return { kind: "point", number: point };
  const stroke = hints.strokes.findLastIndex((stroke) => touched({ points: [], strokes: [stroke] }));
  return stroke >= 0 ? { kind: "stroke", number: stroke } : null;
}

const clamped = (v: number) => Math.round(1e4 * Math.min(1, Math.max(0, v))) / 1e4;

/** With one hint moved by shares of width and height; it stays inside of the picture. */
export function moved(hints: Hints, { kind, number }: HintPlace, [dx, dy]: [number, number]): Hints {
  if (kind === "point") {
    const points = hints.points.map((point, i) =>
      i === number ? { ...point, x: clamped(point.x + dx), y: clamped(point.y + dy) } : point,
    );
    return { ...hints, points };
  }
  const strokes = hints.strokes.map((stroke, i) => {
    if (i !== number) return stroke;
    const path = stroke.path.map(([x, y]): [number, number] => [clamped(x + dx), clamped(y + dy)]);
    return { ...stroke, path };
  });
  return { ...hints, strokes };
}

/** With another colour or size of one hint; sizes are widths of the brush. */
export function changedHint(hints: Hints, { kind, number }: HintPlace, { color, size }: { color?: string; size?: number }): Hints {
  const points = hints.points.map((point, i) =>
    kind === "point" && i === number
      ? { ...point, color: color ?? point.color, radius: size === undefined ? point.radius : size / 2 }
      : point,
  );
  const strokes = hints.strokes.map((stroke, i) =>
    kind === "stroke" && i === number ? { ...stroke, color: color ?? stroke.color, width: size ?? stroke.width } : stroke,
  );
  return { points, strokes };
}

/** Without one hint; the same ones when there is no such hint. */
export function withoutHint(hints: Hints, { kind, number }: HintPlace): Hints {
  const points = kind === "point" ? hints.points.filter((_, i) => i !== number) : hints.points;
  const strokes = kind === "stroke" ? hints.strokes.filter((_, i) => i !== number) : hints.strokes;
  return points.length + strokes.length === hints.points.length + hints.strokes.length ? hints : { points, strokes };
}

/** Distance of the line from `a` to `b` from the origin. */
function fromOrigin([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length));
  return Math.hypot(ax + share * dx, ay + share * dy);
}

/** The hints of a file that was saved here or written by hand in the form of the API; null if it holds none. */
export function parseHints(text: string): Hints | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { points = [], strokes = [] } = (value ?? {}) as Partial<Hints>;
  const share = (v: unknown) => typeof v === "number" && v >= 0 && v <= 1;
  const color = (v: unknown) => typeof v === "string" && /^#[0-9a-f]{6}$/i.test(v);
  const fits =
    Array.isArray(points) &&
    Array.isArray(strokes) &&
    points.length + strokes.length > 0 &&
    points.every((p) => share(p?.x) && share(p?.y) && share(p?.radius ?? 0) && color(p?.color)) &&
    strokes.every(
      (s) =>
        share(s?.width) &&
        color(s?.color) &&
        Array.isArray(s?.path) &&
        s.path.length > 0 &&
        s.path.every((corner) => Array.isArray(corner) && corner.length === 2 && corner.every(share)),
    );
  return fits ? { points: points.map((p) => ({ ...p, radius: p.radius ?? 0 })), strokes } : null;
}
