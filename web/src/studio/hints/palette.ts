/** Colours that people look for; names in the catalogue. */
export const SWATCHES = {
  fair: "#e3b295",
  dark: "#7a4a32",
  blond: "#c9a765",
  brown: "#5f4530",
  wood: "#9c6f45",
  brick: "#a5492f",
  red: "#b3202a",
  rose: "#d98a96",
  sand: "#d8c39a",
  grass: "#6f9a3c",
  leaf: "#3f6b33",
  sea: "#2f7f86",
  sky: "#7fb0dc",
  blue: "#2f5fb3",
  navy: "#2b3a6b",
  violet: "#6b4a8f",
  gray: "#808080",
} as const;

export type Swatch = keyof typeof SWATCHES;

/** The colour of a canvas or a picture at a place in 0..1, a mean over a few pixels; null where there is none. */
export function colorAt(source: CanvasImageSource & { width: number; height: number }, x: number, y: number): string | null {
  const reach = 2;
  const side = 2 * reach + 1;
  const pen = new OffscreenCanvas(side, side).getContext("2d");
  if (!pen || source.width === 0) return null;
  const [left, top] = [Math.round(x * source.width) - reach, Math.round(y * source.height) - reach];
  pen.drawImage(source, left, top, side, side, 0, 0, side, side);
  const data = pen.getImageData(0, 0, side, side).data;
  const sums = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 0) continue;
    for (const k of [0, 1, 2]) sums[k] = (sums[k] ?? 0) + (data[i + k] ?? 0);
    count++;
  }
  if (count === 0) return null;
  return `#${sums
    .map((sum) =>
      Math.round(sum / count)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
