import { expect, test } from "vitest";
import { outline } from "./outline";

const reach = (width: number, height: number, bytes: number[]) => ({ width, height, weights: btoa(String.fromCharCode(...bytes)) });

test("what reaches nothing has no outline", () => {
  expect(outline(reach(2, 2, [0, 0, 0, 0]))).toBe("");
});

test("a single cell is framed by four lines between it and its neighbours", () => {
  const path = outline(reach(3, 3, [0, 0, 0, 0, 255, 0, 0, 0, 0]));
  expect(path.match(/M/g)).toHaveLength(4);
  const places = [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  for (const [x, y] of places as [number, number][]) {
    expect(Math.abs(x - 0.5) + Math.abs(y - 0.5)).toBeGreaterThan(0.1);
    expect(Math.abs(x - 0.5) + Math.abs(y - 0.5)).toBeLessThan(0.25);
  }
});
