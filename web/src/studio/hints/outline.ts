/** The border of what a spot reaches, as a path in shares of the picture. */
import type { Suggestions } from "../../api/types";

/** A cell belongs to what a spot reaches from this weight on. */
const INSIDE = 0.5;

type Place = [number, number];

/** The corners of a square of four cells, clockwise. */
const CORNERS: Place[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** SVG path data in a square of 0..1; marching squares over the weights of the grid. */
export function outline({ width, height, weights }: Suggestions["reach"]): string {
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : (bytes[y * width + x] ?? 0) / 255);
  const share = (x: number, y: number) => `${((x + 0.5) / width).toFixed(4)} ${((y + 0.5) / height).toFixed(4)}`;
  let path = "";
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const values = CORNERS.map(([dx, dy]) => at(x + dx, y + dy));
      const crossings: string[] = [];
      CORNERS.forEach(([x0, y0], i) => {
        const next = (i + 1) % 4;
        const [x1, y1] = CORNERS[next] as Place;
        const [one, other] = [values[i] as number, values[next] as number];
        if (one >= INSIDE === other >= INSIDE) return;
        const part = (INSIDE - one) / (other - one);
        crossings.push(share(x + x0 + part * (x1 - x0), y + y0 + part * (y1 - y0)));
      });
      for (let i = 0; i + 1 < crossings.length; i += 2) path += `M${crossings[i]}L${crossings[i + 1]}`;
    }
  }
  return path;
}
