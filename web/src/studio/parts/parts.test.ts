import { expect, test } from "vitest";
import { between, nudged } from "./area-layer";
import { matched, NO_PARTS, withoutReference } from "./parts";

const [one, two] = [
  { x: 0.1, y: 0.1, width: 0.2, height: 0.2 },
  { x: 0.5, y: 0.5, width: 0.1, height: 0.1 },
];

test("a part of the picture waits for its counterpart, and a part of a reference alone says nothing", () => {
  expect(matched(NO_PARTS, two, 0)).toBe(NO_PARTS);
  expect(matched({ pairs: [], open: one }, two, 1)).toEqual({ pairs: [{ picture: one, area: two, reference: 1 }], open: null });
});

test("a reference that goes takes its pairs along, and the others keep theirs", () => {
  const pair = (reference: number) => ({ picture: one, area: two, reference });
  const parts = { pairs: [pair(0), pair(1), pair(2)], open: null };
  expect(withoutReference(parts, 1).pairs).toEqual([pair(0), pair(1)]);
});

test("a rectangle is the same from whichever corner it was drawn", () => {
  expect(between([0.6, 0.2], [0.1, 0.8])).toEqual(between([0.1, 0.8], [0.6, 0.2]));
  expect(between([0.6, -0.2], [0.1, 1.8])).toEqual({ x: 0.1, y: 0, width: 0.5, height: 1 });
});

test("keys move a rectangle and make it larger, never beyond the picture", () => {
  const corner = { x: 0.9, y: 0, width: 0.1, height: 0.1 };
  expect(nudged(corner, "ArrowRight", false)).toEqual(corner);
  expect(nudged(corner, "ArrowRight", true)).toEqual(corner);
  expect(nudged(corner, "ArrowDown", true).height).toBeCloseTo(0.12);
  expect(nudged(corner, "ArrowDown", false).y).toBeCloseTo(0.02);
});
