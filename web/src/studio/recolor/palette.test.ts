import { expect, test } from "vitest";
import { paletteOf } from "./palette";

const pixels = (...runs: [number, number[]][]) =>
  new Uint8ClampedArray(runs.flatMap(([count, rgb]) => Array.from({ length: count }, () => [...rgb, 255]).flat()));

test("the colour that covers most comes first, exactly as it is", () => {
  const palette = paletteOf(pixels([60, [180, 30, 40]], [40, [30, 60, 160]]));
  expect(palette.map(({ color }) => color)).toEqual(["#b41e28", "#1e3ca0"]);
  expect(palette[0]?.share).toBeCloseTo(0.6);
});

test("a picture of one colour has a palette of one", () => {
  expect(paletteOf(pixels([50, [90, 120, 90]]))).toEqual([{ color: "#5a785a", share: 1 }]);
});

test("what nobody sees does not count", () => {
  expect(paletteOf(new Uint8ClampedArray([255, 0, 0, 0]))).toEqual([]);
});
