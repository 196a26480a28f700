/**
 * Applies a look to pixels exactly as the server does: interpolation within tetrahedra of a 33³ table, then grain.
 * The mirror of `crates/autochrome-color/src/filters/cube.rs` and `grain.rs`.
 */

export const SIDE = 33;

/** Grains along the longer side of a picture. */
const GRAINS = 900;

/** The dyes: orange, green, violet. */
const DYES = [0.42, -0.08, -0.38, -0.28, 0.26, -0.14, -0.14, -0.18, 0.52];

/** `source` and `target` are RGBA bytes of one size. */
export function applyCube(source: Uint8ClampedArray, target: Uint8ClampedArray, width: number, nodes: Uint16Array, grain: number): void {
  const height = source.length / 4 / width;
  const side = Math.max(1, Math.ceil(Math.max(width, height) / GRAINS));
  const scale = (SIDE - 1) / 255;
  const back = 255 / 65535;
  for (let i = 0; i < source.length; i += 4) {
    const r = source[i]! * scale;
    const g = source[i + 1]! * scale;
    const b = source[i + 2]! * scale;
    const cr = r >= SIDE - 1 ? SIDE - 2 : r | 0;
    const cg = g >= SIDE - 1 ? SIDE - 2 : g | 0;
    const cb = b >= SIDE - 1 ? SIDE - 2 : b | 0;
    const fr = r - cr;
    const fg = g - cg;
    const fb = b - cb;
    const base = 3 * (cr + SIDE * (cg + SIDE * cb));
    const sr = 3;
    const sg = 3 * SIDE;
    const sb = 3 * SIDE * SIDE;
    // From the darkest corner to the lightest, the channel that is furthest first.
    let p: number;
    let q: number;
    let hi: number;
    let mid: number;
    let lo: number;
    if (fr >= fg) {
      if (fg >= fb) {
        p = sr;
        q = sr + sg;
        hi = fr;
        mid = fg;
        lo = fb;
      } else if (fr >= fb) {
        p = sr;
        q = sr + sb;
        hi = fr;
        mid = fb;
        lo = fg;
      } else {
        p = sb;
        q = sb + sr;
        hi = fb;
        mid = fr;
        lo = fg;
      }
    } else if (fr >= fb) {
      p = sg;
      q = sg + sr;
      hi = fg;
      mid = fr;
      lo = fb;
    } else if (fg >= fb) {
      p = sg;
      q = sg + sb;
      hi = fg;
      mid = fb;
      lo = fr;
    } else {
      p = sb;
      q = sb + sg;
      hi = fb;
      mid = fg;
      lo = fr;
    }
    const n1 = base + p;
    const n2 = base + q;
    const n3 = base + sr + sg + sb;
    const w0 = (1 - hi) * back;
    const w1 = (hi - mid) * back;
    const w2 = (mid - lo) * back;
    const w3 = lo * back;
    let red = w0 * nodes[base]! + w1 * nodes[n1]! + w2 * nodes[n2]! + w3 * nodes[n3]!;
    let green = w0 * nodes[base + 1]! + w1 * nodes[n1 + 1]! + w2 * nodes[n2 + 1]! + w3 * nodes[n3 + 1]!;
    let blue = w0 * nodes[base + 2]! + w1 * nodes[n1 + 2]! + w2 * nodes[n2 + 2]! + w3 * nodes[n3 + 2]!;
    if (grain > 0) {
      const pixel = i >> 2;
      const hash = mix(((pixel % width) / side) | 0, (pixel / width / side) | 0);
      const dye = 3 * (hash % 3);
      const density = 0.5 + (0.5 * ((hash >>> 8) & 0xff)) / 255;
      const m = (red + green + blue) / 765;
      const k = 255 * grain * density * (0.15 + 0.85 * 4 * m * (1 - m));
      red += k * DYES[dye]!;
      green += k * DYES[dye + 1]!;
      blue += k * DYES[dye + 2]!;
    }
    target[i] = red;
    target[i + 1] = green;
    target[i + 2] = blue;
    target[i + 3] = source[i + 3]!;
  }
}

function mix(x: number, y: number): number {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
