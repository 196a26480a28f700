/** The colours that cover most of a picture. */

/** Colours that are told apart. */
const ENTRIES = 6;

/** Longer side of the copy that is looked at. */
const SIDE_PX = 96;

/** Rounds of k-means; beyond, nothing moves that anybody sees. */
const ROUNDS = 12;

export interface Entry {
  /** `#rrggbb`. */
  color: string;
  /** Share of the picture, 0..1. */
  share: number;
}

/** The palette of a file, the largest share first; empty where the browser cannot read the file. */
export async function paletteOfFile(file: Blob): Promise<Entry[]> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { resizeWidth: SIDE_PX, resizeQuality: "medium" });
  } catch {
    return [];
  }
  const { width, height } = bitmap;
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  if (!pen) return [];
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  return paletteOf(pen.getImageData(0, 0, width, height).data);
}

/** K-means in OKLab, from seeds as far from each other as the picture allows, so that the same picture gives the same palette. */
export function paletteOf(rgba: Uint8ClampedArray): Entry[] {
  const pixels: Lab[] = [];
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i + 3]! > 127) pixels.push(oklab(rgba[i]!, rgba[i + 1]!, rgba[i + 2]!));
  }
  if (pixels.length === 0) return [];
  let centers = seeds(pixels);
  let sums: [number, number, number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    sums = centers.map(() => [0, 0, 0, 0]);
    for (const pixel of pixels) {
      const sum = sums[nearest(centers, pixel)]!;
      for (let c = 0; c < 3; c++) sum[c]! += pixel[c]!;
      sum[3]++;
    }
    centers = sums.map(([l, a, b, n], i) => (n > 0 ? [l / n, a / n, b / n] : centers[i]!));
  }
  return centers
    .map((center, i) => ({ color: hex(center), share: sums[i]![3] / pixels.length }))
    .filter(({ share }) => share > 0)
    .sort((one, other) => other.share - one.share);
}

type Lab = [number, number, number];

function seeds(pixels: Lab[]): Lab[] {
  const middle = (c: 0 | 1 | 2) => pixels.reduce((sum, pixel) => sum + pixel[c], 0) / pixels.length;
  const mean: Lab = [middle(0), middle(1), middle(2)];
  const away = pixels.map((pixel) => apart(pixel, mean));
  const found: Lab[] = [];
  while (found.length < ENTRIES) {
    let best = 0;
    for (let i = 1; i < away.length; i++) if (away[i]! > away[best]!) best = i;
    const seed = pixels[best]!;
    // All that are left are like one that is there already.
    if (found.length > 0 && away[best]! < 1e-4) break;
    found.push(seed);
    pixels.forEach((pixel, i) => {
      const distance = apart(pixel, seed);
      away[i] = found.length === 1 ? distance : Math.min(away[i]!, distance);
    });
  }
  return found;
}

function nearest(centers: Lab[], pixel: Lab): number {
  let best = 0;
  for (let i = 1; i < centers.length; i++) if (apart(centers[i]!, pixel) < apart(centers[best]!, pixel)) best = i;
  return best;
}

/** Squared distance; lightness counts for less, because a recolouring keeps it. */
const apart = (one: Lab, other: Lab) => 0.25 * (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2;

/** Björn Ottosson's OKLab of 8-bit sRGB. */
function oklab(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [red, green, blue].map((v) => (v <= 10.31 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as Lab;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function hex([lightness, a, b]: Lab): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const digits = linear.map((v) => {
    const bent = v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
    const code = Math.round(255 * Math.min(1, Math.max(0, bent)));
    return code.toString(16).padStart(2, "0");
  });
  return `#${digits.join("")}`;
}
