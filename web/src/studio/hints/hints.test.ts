import { expect, test } from "vitest";
import { changedHint, hintAt, moved, parseHints, withoutHint, withoutTouched } from "./hints";

const point = { x: 0.5, y: 0.25, radius: 0.01, color: "#336699" };
const stroke = {
  path: [
    [0.1, 0.1],
    [0.9, 0.1],
  ] as [number, number][],
  width: 0.02,
  color: "#aa5533",
};
const drawn = { points: [point], strokes: [stroke] };

test("the rubber takes the stroke whose middle it touches, and leaves the rest", () => {
  const left = withoutTouched(drawn, { x: 0.5, y: 0.11, reach: 0.01, ratio: 1 });
  expect(left).toEqual({ points: [point], strokes: [] });
  expect(withoutTouched(drawn, { x: 0.5, y: 0.6, reach: 0.01, ratio: 1 })).toBe(drawn);
});

test("distances on a wide picture are shares of its longer side", () => {
  // 0.08 of the height of a 4:1 picture is 0.02 of its width.
  const wide = withoutTouched(drawn, { x: 0.5, y: 0.18, reach: 0.011, ratio: 4 });
  expect(wide.strokes).toEqual([]);
  const square = withoutTouched(drawn, { x: 0.5, y: 0.18, reach: 0.011, ratio: 1 });
  expect(square.strokes).toEqual([stroke]);
});

test("saved hints are read again", () => {
  expect(parseHints(JSON.stringify(drawn))).toEqual(drawn);
  expect(parseHints('{"points":[{"x":0,"y":1,"color":"#FFFFFF"}]}')?.points[0]?.radius).toBe(0);
});

test.each([
  "",
  "null",
  "[]",
  "{}",
  '{"points":[{"x":2,"y":0,"color":"#ffffff"}]}',
  '{"points":[{"x":0,"y":0,"color":"red"}]}',
  '{"strokes":[{"path":[],"width":0.1,"color":"#ffffff"}]}',
])("%s holds no hints", (text) => expect(parseHints(text)).toBeNull());

test("a hint that is touched is found, moved, changed and taken away, and no other", () => {
  const both = { points: [point, { ...point, x: 0.9 }], strokes: [stroke] };
  const at = (x: number, y: number) => hintAt(both, { x, y, reach: 0.01, ratio: 1 });
  expect([at(0.51, 0.25), at(0.9, 0.25), at(0.3, 0.1), at(0.3, 0.5)]).toEqual([
    { kind: "point", number: 0 },
    { kind: "point", number: 1 },
    { kind: "stroke", number: 0 },
    null,
  ]);
  expect(moved(both, { kind: "point", number: 1 }, [0.5, -0.05]).points.map(({ x, y }) => [x, y])).toEqual([
    [0.5, 0.25],
    [1, 0.2],
  ]);
  expect(moved(both, { kind: "stroke", number: 0 }, [0, 0.1]).strokes[0]?.path[1]).toEqual([0.9, 0.2]);
  const changed = changedHint(both, { kind: "point", number: 0 }, { color: "#ff0000", size: 0.1 });
  expect(changed.points).toEqual([{ ...point, color: "#ff0000", radius: 0.05 }, both.points[1]]);
  expect(withoutHint(both, { kind: "stroke", number: 0 })).toEqual({ ...both, strokes: [] });
  expect(withoutHint(both, { kind: "stroke", number: 7 })).toBe(both);
});
