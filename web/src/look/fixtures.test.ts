/** The browser's arithmetic against what `crates/autochrome-color/tests/web_tables.rs` wrote down. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { applyCube, SIDE } from "./cube";
import { applyTone, type Tone } from "./tone";

interface Case {
  before: number[];
  after: number[];
}

interface Fixtures {
  tables: (Case & { factor: number; grain: number; width: number })[];
  tones: (Case & { tone: Tone })[];
}

const { tables, tones }: Fixtures = JSON.parse(readFileSync(new URL("fixtures/looks.json", import.meta.url), "utf8"));

const rgba = (rgb: number[]) =>
  Uint8ClampedArray.from({ length: (4 * rgb.length) / 3 }, (_, i) => (i % 4 === 3 ? 255 : (rgb[3 * (i >> 2) + (i % 4)] ?? 0)));

/** The largest difference from what is wanted, in codes of 8 bits. */
const apart = (after: Uint8ClampedArray, wanted: number[]) =>
  rgba(wanted).reduce((most, value, i) => Math.max(most, Math.abs(value - (after[i] ?? Number.NaN))), 0);

test.each(tables)(
  "the table of factor $factor with a grain of $grain gives what Rust gives, to a code",
  ({ factor, grain, width, before, after }) => {
    const nodes = Uint16Array.from({ length: 3 * SIDE ** 3 }, (_, i) => i * factor);
    const pixels = rgba(before);
    applyCube(pixels, pixels, width, nodes, grain);
    expect(apart(pixels, after)).toBeLessThanOrEqual(1);
  },
);

test.each(tones)("the tone $tone gives what Rust gives, to a code", ({ tone, before, after }) => {
  const pixels = rgba(before);
  applyTone(pixels, pixels, tone);
  expect(apart(pixels, after)).toBeLessThanOrEqual(1);
});

test("a tone that changes nothing changes no pixel", () => {
  const pixels = rgba(tones[0]?.before ?? []);
  const after = new Uint8ClampedArray(pixels.length);
  applyTone(pixels, after, { saturation: 1, temperature: 0, tint: 0 });
  expect(after).toEqual(pixels);
});
