import { expect, test } from "vitest";
import { type Method, PLAIN } from "../api/types";
import { filesFor, kindsOf, missing, requestOf } from "./request";
import { newSession, restored, type Session, withoutPictures } from "./session";
import { type Action, CLOSED, reduce, type Timeline } from "./timeline";

const file = new File(["gray"], "grandma.png", { type: "image/png" });
const point = { x: 0.5, y: 0.25, radius: 0.01, color: "#336699" };
const stroke = {
  path: [
    [0.1, 0.1],
    [0.9, 0.1],
  ] as [number, number][],
  width: 0.02,
  color: "#aa5533",
};
const area = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };

const opened = reduce(CLOSED, { type: "open", session: newSession(file) });
const after = (...actions: Action[]): Timeline => actions.reduce(reduce, opened);
const now = (timeline: Timeline): Session => timeline.now as Session;

const method = (takes: string[], needs: string[][] = []): Method => ({
  id: "some",
  name: "Some",
  summary: "",
  paper: null,
  guidance: [],
  takes,
  needs: needs.map((any_of) => ({ any_of, of_picture: any_of[0] === "colors", remedy: "" })),
  uses_model: false,
  default: true,
  settings: { type: "object", properties: {}, additionalProperties: false },
  options: [],
});

test("every change can be undone and done again, step by step", () => {
  const drawn = after({ type: "add-point", point }, { type: "set-method", id: "other" }, { type: "add-stroke", stroke });
  const twice = reduce(reduce(drawn, { type: "undo" }), { type: "undo" });
  expect(now(twice)).toMatchObject({ method: "", hints: { points: [point], strokes: [] } });
  expect(now(reduce(reduce(twice, { type: "redo" }), { type: "redo" }))).toEqual(now(drawn));
});

test("a change after an undo leaves nothing to redo", () => {
  const other = after({ type: "add-point", point }, { type: "undo" }, { type: "add-stroke", stroke });
  expect(reduce(other, { type: "redo" })).toBe(other);
});

test("there is no step before the first, and none that changes nothing", () => {
  for (const type of ["undo", "redo", "clear-hints", "reset-look"] as const) expect(reduce(opened, { type })).toBe(opened);
  const rubber = { x: 0.5, y: 0.5, reach: 0.1, ratio: 1 };
  expect(reduce(opened, { type: "erase-hints", rubber })).toBe(opened);
});

test("a slider that is dragged is one step, another slider is the next", () => {
  const dragged = after(
    { type: "set-look", look: { contrast: 1.1 } },
    { type: "set-look", look: { contrast: 1.3 } },
    { type: "set-look", look: { tint: 4 } },
  );
  expect(dragged.past).toHaveLength(2);
  expect(now(reduce(dragged, { type: "undo" })).look).toEqual({ ...PLAIN, contrast: 1.3 });
  expect(now(reduce(reduce(dragged, { type: "undo" }), { type: "undo" })).look).toEqual(PLAIN);
});

test("another picture starts clean", () => {
  const worked = after({ type: "set-method", id: "other" }, { type: "add-references", files: [file] });
  const next = reduce(worked, { type: "open", session: newSession(file) });
  expect(now(next)).toMatchObject({ method: "", references: [], settings: {}, look: PLAIN });
  expect(next.past).toEqual([]);
});

test("another method begins with its own options and its first answer", () => {
  const other = after(
    { type: "set-option", id: "size", value: 256 },
    { type: "choose-answer", answer: 2 },
    { type: "set-method", id: "b" },
  );
  expect(now(other)).toMatchObject({ method: "b", settings: {}, answer: 0 });
});

test("an option that is left empty is not sent", () => {
  const emptied = after({ type: "set-option", id: "size", value: 256 }, { type: "set-option", id: "size", value: undefined });
  expect(now(emptied).settings).toEqual({});
});

test("a reference that goes takes its pairs along", () => {
  const paired = after(
    { type: "add-references", files: [file, file] },
    { type: "mark-part", area },
    { type: "match-part", area, reference: 1 },
    { type: "remove-reference", number: 0 },
  );
  expect(now(paired).parts.pairs).toEqual([{ picture: area, area, reference: 0 }]);
  expect(now(reduce(paired, { type: "remove-reference", number: 0 })).parts.pairs).toEqual([]);
});

test("a colour becomes one other, the last that was said", () => {
  const recolored = after({ type: "recolor", from: "#ff0000", to: "#00ff00" }, { type: "recolor", from: "#ff0000", to: "#0000ff" });
  expect(now(recolored).recolors).toEqual([{ from: "#ff0000", to: "#0000ff" }]);
  expect(now(reduce(recolored, { type: "keep-color", from: "#ff0000" })).recolors).toEqual([]);
});

test("what a method does not take is not sent to it", () => {
  const session = now(after({ type: "add-point", point }, { type: "recolor", from: "#ff0000", to: "#00ff00" }));
  expect(requestOf(session, method([]))).toEqual({ method: "some", settings: {}, variants: 4 });
  expect(requestOf(session, method(["points", "recolors", "seed"]))).toEqual({
    method: "some",
    settings: {},
    points: [point],
    strokes: [],
    recolors: [{ from: "#ff0000", to: "#00ff00" }],
    variants: 1,
  });
});

test("what is said is sent to methods that hear it, and fixes to all", () => {
  const session = now(
    after(
      { type: "say", text: { words: "red car", mood: "beige" } },
      { type: "say", text: { fix: "violet -> gray" } },
      { type: "protect-skin", protectSkin: true },
    ),
  );
  const rest = { method: "some", settings: {}, variants: 4, fix: "violet -> gray" };
  expect(requestOf(session, method([]))).toEqual(rest);
  expect(requestOf(session, method(["words", "mood"]))).toEqual({ ...rest, text: "red car", mood: "beige", protect_skin: true });
});

test("a method waits for one of the kinds that it needs, and for colours of the picture itself", () => {
  const session = now(after({ type: "add-point", point }));
  expect(missing(method(["points"], [["strokes", "points"]]), kindsOf(session, null))).toBeNull();
  expect(missing(method(["references"], [["references"]]), kindsOf(session, null))?.any_of).toEqual(["references"]);
  const changes = method(["colors", "recolors"], [["colors"], ["recolors"]]);
  expect(missing(changes, kindsOf(session, true))?.of_picture).toBe(true);
  expect(missing(changes, kindsOf(session, false))?.any_of).toEqual(["recolors"]);
});

test("what the first version of the history kept is read", () => {
  const { id, whenMs, name, look } = newSession(file);
  const pair = { picture: area, area, reference: 0 };
  const kept = {
    id,
    whenMs,
    name,
    look,
    original: new Blob(["gray"]),
    preview: new Blob(["red"]),
    method: "deep",
    answer: 1,
    parts: [pair],
  };
  const session = restored({ ...kept, references: undefined });
  expect(session).toMatchObject({ method: "deep", settings: {}, references: [], several: true, parts: { pairs: [pair], open: null } });
  expect(session.original.name).toBe("grandma.png");
});

test("a session without its pictures is JSON", () => {
  const session = now(after({ type: "add-point", point }, { type: "add-references", files: [file] }));
  const { original, preview, tile, references, moodPicture, ...rest } = session;
  expect(JSON.parse(withoutPictures(session))).toEqual(rest);
});

test("a memory and a mood are asked of a method that takes them, and a picture holds over words", () => {
  const picture = new File(["sunset"], "sunset.jpg");
  const said = now(after({ type: "set-memory", name: "Family" }, { type: "say", text: { mood: "beige" } }));
  expect(requestOf(said, method(["memory", "mood"]))).toMatchObject({ memory: "Family", mood: "beige" });
  const like = now(reduce(after({ type: "say", text: { mood: "beige" } }), { type: "set-mood-picture", picture }));
  expect(requestOf(like, method(["mood"])).mood).toBeUndefined();
  expect(filesFor(like, method(["mood"]))).toEqual({ references: [], mood: picture });
  expect(filesFor(like, method([]))).toEqual({ references: [], mood: null });
  expect(requestOf(said, method([]))).not.toHaveProperty("memory");
  expect(withoutPictures(like)).not.toContain("sunset");
  expect(reduce(opened, { type: "set-memory", name: "" })).toBe(opened);
});
