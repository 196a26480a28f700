import { expect, test } from "vitest";
import { BLANK, change, parseHints } from "./hints";

const point = { x: 0.5, y: 0.25, radius: 0.01, color: "#336699" };
const stroke = { path: [[0.1, 0.1], [0.9, 0.1]] as [number, number][], width: 0.02, color: "#aa5533" };
const drawn = change(change(BLANK, { do: "point", point }), { do: "stroke", stroke });

test("what was painted can be undone and done again, step by step", () => {
  const once = change(drawn, { do: "undo" });
  expect(once.now).toEqual({ points: [point], strokes: [] });
  expect(change(once, { do: "undo" }).now).toEqual(BLANK.now);
  expect(change(once, { do: "redo" }).now).toEqual(drawn.now);
});

test("painting after an undo leaves nothing to redo", () => {
  const other = change(change(drawn, { do: "undo" }), { do: "point", point });
  expect(change(other, { do: "redo" })).toBe(other);
});

test("there is no step before the first", () => {
  expect(change(BLANK, { do: "undo" })).toBe(BLANK);
  expect(change(BLANK, { do: "clear" })).toBe(BLANK);
});

test("the rubber takes the stroke whose middle it touches, and leaves the rest", () => {
  const left = change(drawn, { do: "erase", x: 0.5, y: 0.11, reach: 0.01, ratio: 1 });
  expect(left.now).toEqual({ points: [point], strokes: [] });
  expect(change(drawn, { do: "erase", x: 0.5, y: 0.6, reach: 0.01, ratio: 1 })).toBe(drawn);
});

test("distances on a wide picture are shares of its longer side", () => {
  // 0.08 of the height of a 4:1 picture is 0.02 of its width.
  const wide = change(drawn, { do: "erase", x: 0.5, y: 0.18, reach: 0.011, ratio: 4 });
  expect(wide.now.strokes).toEqual([]);
  const square = change(drawn, { do: "erase", x: 0.5, y: 0.18, reach: 0.011, ratio: 1 });
  expect(square.now.strokes).toEqual([stroke]);
});

test("saved hints are read again", () => {
  expect(parseHints(JSON.stringify(drawn.now))).toEqual(drawn.now);
  expect(parseHints('{"points":[{"x":0,"y":1,"color":"#FFFFFF"}]}')?.points[0]?.radius).toBe(0);
});

test.each(["", "null", "[]", "{}", '{"points":[{"x":2,"y":0,"color":"#ffffff"}]}', '{"points":[{"x":0,"y":0,"color":"red"}]}', '{"strokes":[{"path":[],"width":0.1,"color":"#ffffff"}]}'])(
  "%s holds no hints",
  (text) => expect(parseHints(text)).toBeNull(),
);
