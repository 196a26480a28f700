/** What a person wants of a picture, and the method of the server that does it. */
import { type Kind, type Method, sourceOf, takes, type Value } from "../api/types";
import type { Session } from "./session";

export const WAYS = ["automatic", "paint", "like", "change", "drawing"] as const;

/** By itself, painted by hand, like another picture, other colours than it has, a line drawing. */
export type Way = (typeof WAYS)[number];

/** The option that makes a method fill line drawings. */
const DRAWING = "sketch";

interface Means {
  method: Method;
  settings: Record<string, Value>;
}

/** The method that does what is wanted; undefined where the server has none. */
export function meansOf(way: Way, methods: Method[]): Means | undefined {
  const as = (method: Method | undefined, settings: Record<string, Value> = {}) => method && { method, settings };
  const usual = methods.find((method) => method.default);
  switch (way) {
    case "automatic":
      return as(usual);
    case "paint":
      // What nobody painted on is coloured by itself, where the usual method can do both.
      return as(takes(usual, "points") ? usual : methods.find((method) => sourceOf(method) === "hand"));
    case "like":
      return as(methods.find((method) => sourceOf(method) === "references"));
    case "change":
      return as(methods.find((method) => sourceOf(method) === "recolors"));
    case "drawing":
      return as(
        methods.find(({ options }) => options.some(({ id }) => id === DRAWING)),
        { [DRAWING]: true },
      );
  }
}

/** The ways that the server has a method for. */
export function waysOf(methods: Method[]): Way[] {
  return WAYS.filter((way) => meansOf(way, methods) !== undefined);
}

/** What can be given to many pictures at once; whether each has colours is told by its result. */
const FOR_MANY: ReadonlySet<string> = new Set<Kind>(["colors", "references", "words"]);

/** Whether a method can colour many pictures at once: nobody paints on every picture of an album. */
export function isForMany({ needs }: Method): boolean {
  return needs.every(({ any_of }) => any_of.some((kind) => FOR_MANY.has(kind)));
}

/** What a session wants: as was chosen, else as its method says. */
export function wayOf(session: Session, method: Method | undefined): Way {
  if (session.way) return session.way;
  if (session.settings[DRAWING] === true) return "drawing";
  if (!method || method.default) return session.hints.points.length + session.hints.strokes.length > 0 ? "paint" : "automatic";
  const ways = { alone: "automatic", hand: "paint", references: "like", recolors: "change" } as const;
  return ways[sourceOf(method)];
}
