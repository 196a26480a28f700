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
