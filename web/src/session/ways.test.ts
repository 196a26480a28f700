import { expect, test } from "vitest";
import type { Method } from "../api/types";
import { requestOf } from "./request";
import { newSession } from "./session";
import { CLOSED, reduce } from "./timeline";
import { isForMany, meansOf, wayOf, waysOf } from "./ways";

const method = (id: string, takes: string[], needs: string[], more: Partial<Method> = {}): Method => ({
  id,
  name: id,
  summary: "",
  paper: null,
  guidance: [],
  takes,
  needs: needs.map((kind) => ({ any_of: [kind], of_picture: kind === "colors", remedy: "" })),
  uses_model: false,
  default: false,
  settings: { type: "object", properties: {}, additionalProperties: false },
  options: [],
  ...more,
});

const neural = method("neural", ["points"], [], { default: true });
const welsh = method("welsh", ["references"], ["references"]);
const sketch = { type: "switch", id: "sketch", default: false, help: "" } as const;
const scribble = method("scribble", ["points", "strokes"], ["strokes"], { options: [sketch] });
const palette = method("palette", ["colors", "recolors"], ["recolors"]);
const methods = [welsh, palette, scribble, neural];

test("every way has the method that does it, and only what there is is offered", () => {
  const ids = waysOf(methods).map((way) => [way, meansOf(way, methods)?.method.id]);
  expect(ids).toEqual([
    ["automatic", "neural"],
    ["paint", "neural"],
    ["like", "welsh"],
    ["change", "palette"],
    ["drawing", "scribble"],
  ]);
  expect(waysOf([neural])).toEqual(["automatic", "paint"]);
});

test("many pictures are coloured by what needs nobody's hand for each of them", () => {
  expect(methods.filter(isForMany).map(({ id }) => id)).toEqual(["welsh", "neural"]);
});

test("what was painted waits while a person looks at what comes by itself", () => {
  const file = new File(["gray"], "a.png");
  const point = { x: 0.5, y: 0.5, radius: 0.01, color: "#336699" };
  const opened = reduce(CLOSED, { type: "open", session: newSession(file) });
  const painted = reduce(reduce(opened, { type: "choose-way", way: "paint", method: "", settings: {} }), { type: "add-point", point });
  const automatic = reduce(painted, { type: "choose-way", way: "automatic", method: "", settings: {} });
  const asked = [painted, automatic].map(({ now }) => now && requestOf(now, neural).points?.length);
  expect(asked).toEqual([1, undefined]);
  expect(automatic.now?.hints.points).toEqual([point]);
});

test("entries of earlier versions say by their method what was wanted", () => {
  const session = newSession(new File(["gray"], "a.png"));
  expect([neural, welsh, palette, scribble].map((method) => wayOf(session, method))).toEqual(["automatic", "like", "change", "paint"]);
  expect(wayOf({ ...session, settings: { sketch: true } }, scribble)).toBe("drawing");
});
