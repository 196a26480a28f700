/** What a session asks of the server, and what it still lacks. */
import { type ColorizeOptions, type Files, type Kind, type Method, type Need, takes } from "../api/types";
import { isEmpty } from "../studio/hints/hints";
import type { Session } from "./session";

/** How many answers of a method are shown. */
const SEVERAL = 4;

const NONE: File[] = [];

/** The method that a session has chosen, or the server's default; none before the server has told its methods. */
export function methodOf(session: Session, methods: Method[]): Method | undefined {
  return methods.find(({ id }) => id === session.method) ?? methods.find((method) => method.default);
}

/** The pictures that the method looks at. */
export function filesFor({ references, moodPicture }: Pick<Session, "references" | "moodPicture">, method: Method | undefined): Files {
  return { references: takes(method, "references") ? references : NONE, mood: takes(method, "mood") ? moodPicture : null };
}

/** The kinds of guidance that a session gives; `isGray` says whether the picture has no colours, null before it is known. */
export function kindsOf(session: Session, isGray: boolean | null): Set<Kind> {
  const given = new Set<Kind>();
  if (session.hints.points.length > 0) given.add("points");
  if (session.hints.strokes.length > 0) given.add("strokes");
  if (session.words) given.add("words");
  if (session.references.length > 0) given.add("references");
  if (session.parts.pairs.length > 0) given.add("swatches");
  if (session.recolors.length > 0) given.add("recolors");
  if (isGray !== true) given.add("colors");
  return given;
}

/** The first thing that a method cannot begin without and does not have; null when it can begin. */
export function missing(method: Method, given: Set<Kind>): Need | null {
  return method.needs.find((need) => !need.any_of.some((kind) => given.has(kind as Kind))) ?? null;
}

/** What decides about the colours, as the server wants it. */
export function requestOf(session: Session, method: Method): ColorizeOptions {
  const { settings, hints, words, mood, moodPicture, memory, fix, protectSkin, parts, recolors, invert, keepTone, several } = session;
  // What was painted waits while a person looks at what comes by itself.
  const paints = session.way !== "automatic" && (takes(method, "points") || takes(method, "strokes"));
  return {
    method: method.id,
    settings,
    ...(paints && !isEmpty(hints) ? hints : {}),
    ...(takes(method, "words") && words ? { text: words } : {}),
    ...(takes(method, "mood") && mood && !moodPicture ? { mood } : {}),
    ...(takes(method, "memory") && memory ? { memory } : {}),
    ...(fix ? { fix } : {}),
    // Who tells words' things apart finds skin.
    ...(takes(method, "words") && protectSkin ? { protect_skin: true } : {}),
    ...(takes(method, "references") && takes(method, "swatches") && parts.pairs.length > 0 ? { swatches: parts.pairs } : {}),
    ...(takes(method, "recolors") && recolors.length > 0 ? { recolors } : {}),
    ...(invert ? { invert } : {}),
    ...(keepTone ? { keep_tone: keepTone } : {}),
    // Without seeds more answers cost nothing, so they are always asked for.
    variants: takes(method, "seed") && !several ? 1 : SEVERAL,
  };
}

/** What the history keeps of a session: only what its method looked at, with the preview that is seen. */
export function keptOf(session: Session, method: Method, preview: Blob): Session {
  return { ...session, method: method.id, references: filesFor(session, method).references, preview };
}
