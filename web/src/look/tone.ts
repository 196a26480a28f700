/**
 * Tone on pixels, exactly as the server does it: saturation, temperature and tint on a and b of CIELAB (D65), L as it is, and back
 * into sRGB along the hue. The mirror of `tone.rs`, `gamut.rs`, `lab.rs` and `srgb.rs` in `crates/autochrome-color/src`.
 */

export interface Tone {
  /** Factor on a and b. */
  saturation: number;
  /** Added to b after saturation. */
  temperature: number;
  /** Added to a after saturation. */
  tint: number;
}

/** Linear sRGB to XYZ (D65), Y of white is 1. */
const RGB_TO_XYZ = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
] as const;

const WHITE = RGB_TO_XYZ.map((row) => row[0] + row[1] + row[2]);

type Nine = [number, number, number, number, number, number, number, number, number];

/** Linear sRGB to XYZ relative to white, row by row. */
const FORWARD = RGB_TO_XYZ.flatMap((row, i) => row.map((v) => v / (WHITE[i] ?? 1))) as Nine;
const BACKWARD = inverse(FORWARD);

function inverse([a, b, c, d, e, f, g, h, i]: Nine): Nine {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const cofactors = [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ]; // biome-ignore format: a matrix
  return cofactors.map((v) => v / determinant) as Nine;
}

/** Where the cube root of CIELAB gives way to a straight line, its slope, and the value at which they meet. */
const EPSILON = 216 / 24389;
const SLOPE = 841 / 108;
const OFFSET = 4 / 29;
const MEETING = 6 / 29;

const compress = (t: number) => (t > EPSILON ? Math.cbrt(t) : SLOPE * t + OFFSET);
const expand = (f: number) => (f > MEETING ? f * f * f : (f - OFFSET) / SLOPE);

/** How far linear light may leave 0..1 and still count as inside. */
const BELOW = -2e-6;
const ABOVE = 1 + 4e-6;

/** Halvings of the search for the gamut's border. */
const HALVINGS = 14;

/** Places for colours that were seen, a power of two, and how far a hash of 32 bits is shifted to be one of them. */
const SLOTS = 1 << 17;
const SLOT_SHIFT = 15;

/** Linear light of every code. */
const DECODE = Float64Array.from({ length: 256 }, (_, code) => toLinear(code / 255));

/** Linear light above which the next code is nearer. */
const THRESHOLDS = Float64Array.from({ length: 256 }, (_, code) =>
  code === 255 ? Number.POSITIVE_INFINITY : toLinear((code + 0.5) / 255),
);

/** A code at or one below the nearest, for linear light in steps of 1/4095. */
const GUESS = Uint8Array.from({ length: 4096 }, (_, cell) => {
  const lowest = Math.max(0, (cell - 0.5) / 4095 - 1e-6);
  let code = 0;
  while (lowest > (THRESHOLDS[code] ?? 0)) code++;
  return code;
});

function toLinear(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}

function encode(linear: number): number {
  const light = linear > 0 ? Math.min(1, linear) : 0;
  const code = GUESS[Math.round(4095 * light)]!;
  return light > THRESHOLDS[code]! ? code + 1 : code;
}

export function isNeutral({ saturation, temperature, tint }: Tone): boolean {
  return saturation === 1 && temperature === 0 && tint === 0;
}

/** `source` and `target` are RGBA bytes of one size, or the same bytes. */
export function applyTone(source: Uint8ClampedArray, target: Uint8ClampedArray, tone: Tone): void {
  if (isNeutral(tone)) {
    target.set(source);
    return;
  }
  const { saturation, temperature, tint } = tone;
  const [xr, xg, xb, yr, yg, yb, zr, zg, zb] = FORWARD;
  const [rx, ry, rz, gx, gy, gz, bx, by, bz] = BACKWARD;
  let fy = 0;
  let da = 0;
  let db = 0;
  let red = 0;
  let green = 0;
  let blue = 0;
  /** The colour at a share of its chroma. */
  const at = (share: number) => {
    const x = expand(fy + da * share);
    const y = expand(fy);
    const z = expand(fy + db * share);
    red = rx * x + ry * y + rz * z;
    green = gx * x + gy * y + gz * z;
    blue = bx * x + by * y + bz * z;
    return red >= BELOW && red <= ABOVE && green >= BELOW && green <= ABOVE && blue >= BELOW && blue <= ABOVE;
  };
  // Photographs repeat their colours: each slot keeps what the last colour that fell into it became.
  const colors = new Int32Array(SLOTS).fill(-1);
  const results = new Int32Array(SLOTS);
  for (let i = 0; i < source.length; i += 4) {
    target[i + 3] = source[i + 3]!;
    const color = (source[i]! << 16) | (source[i + 1]! << 8) | source[i + 2]!;
    const slot = Math.imul(color, 0x9e3779b1) >>> SLOT_SHIFT;
    if (colors[slot] === color) {
      const result = results[slot]!;
      target[i] = result >> 16;
      target[i + 1] = (result >> 8) & 255;
      target[i + 2] = result & 255;
      continue;
    }
    const r = DECODE[source[i]!]!;
    const g = DECODE[source[i + 1]!]!;
    const b = DECODE[source[i + 2]!]!;
    fy = compress(yr * r + yg * g + yb * b);
    // a / 500 and -b / 200, which is what the way back adds to fy.
    da = saturation * (compress(xr * r + xg * g + xb * b) - fy) + tint / 500;
    db = saturation * (compress(zr * r + zg * g + zb * b) - fy) - temperature / 200;
    if (!at(1)) {
      let scale = 0;
      for (let halving = 1; halving <= HALVINGS; halving++) {
        const step = 0.5 ** halving;
        if (at(scale + step)) scale += step;
      }
      at(scale);
    }
    const [byteR, byteG, byteB] = [encode(red), encode(green), encode(blue)];
    colors[slot] = color;
    results[slot] = (byteR << 16) | (byteG << 8) | byteB;
    target[i] = byteR;
    target[i + 1] = byteG;
    target[i + 2] = byteB;
  }
}
