import { expect, test } from "vitest";
import { applyCube, SIDE } from "./cube";

/** The table of a function of red, green and blue in 0..1. */
function table(change: (rgb: [number, number, number]) => [number, number, number]): Uint16Array {
  const nodes = new Uint16Array(3 * SIDE ** 3);
  const at = (i: number) => (i % SIDE) / (SIDE - 1);
  for (let i = 0; i < SIDE ** 3; i++) {
    const rgb = change([at(i), at(Math.floor(i / SIDE)), at(Math.floor(i / SIDE ** 2))]);
    nodes.set(
      rgb.map((v) => Math.round(v * 65535)),
      3 * i,
    );
  }
  return nodes;
}

function noise(count: number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 4 * count }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
}

test("a table of nothing changes no pixel", () => {
  const before = noise(4096);
  const after = new Uint8ClampedArray(before.length);
  applyCube(
    before,
    after,
    64,
    table((rgb) => rgb),
    0,
  );
  expect(after).toEqual(before);
});

test("linear tables are interpolated without error", () => {
  const before = noise(500);
  const after = new Uint8ClampedArray(before.length);
  applyCube(
    before,
    after,
    50,
    table(([r, g, b]) => [1 - b, r, 0.5 * g]),
    0,
  );
  for (let i = 0; i < before.length; i += 4) {
    expect(Math.abs(after[i]! - (255 - before[i + 2]!))).toBeLessThanOrEqual(1);
    expect(Math.abs(after[i + 1]! - before[i]!)).toBeLessThanOrEqual(1);
    expect(Math.abs(after[i + 2]! - before[i + 1]! / 2)).toBeLessThanOrEqual(1);
    expect(after[i + 3]).toBe(before[i + 3]);
  }
});

test("grain is the same every time and leaves no neighbour alike everywhere", () => {
  const gray = new Uint8ClampedArray(4 * 400).fill(128);
  const [one, two] = [new Uint8ClampedArray(1600), new Uint8ClampedArray(1600)];
  const plain = table((rgb) => rgb);
  applyCube(gray, one, 20, plain, 0.4);
  applyCube(gray, two, 20, plain, 0.4);
  expect(one).toEqual(two);
  expect(new Set(Array.from({ length: 400 }, (_, i) => one[4 * i])).size).toBeGreaterThan(10);
});
