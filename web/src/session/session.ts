/** Everything that is known about one picture and what a person wants of it: the studio's document, and the history's entry. */
import { type Look, PLAIN, type Recolor, type SwatchPair, type Value } from "../api/types";
import { type Hints, NO_HINTS } from "../studio/hints/hints";
import { NO_PARTS, type Parts } from "../studio/parts/parts";
import type { Way } from "./ways";

export interface Session {
  id: string;
  /** When it was last changed, in milliseconds since 1970. */
  whenMs: number;
  name: string;
  original: File;
  /** The coloured picture at preview size, without tone and look; null until there is one. */
  preview: Blob | null;
  /** A small picture of the result as it is seen, tone and look included. */
  tile: Blob | null;
  /** What a person wants; null where the method alone says it, as in entries of earlier versions. */
  way: Way | null;
  /** Id of the method; empty for the server's default. */
  method: string;
  /** Options of the method that differ from its defaults. */
  settings: Record<string, Value>;
  look: Look;
  hints: Hints;
  /** Things and their colours in words; empty for none. */
  words: string;
  /** What the whole picture looks like, in words; empty for none. */
  mood: string;
  /** A picture in colour that it looks like as a whole, in place of the words. */
  moodPicture: File | null;
  /** Name of a memory of the server whose colours go to what looks like its pictures; empty for none. */
  memory: string;
  /** What is done with colours of the answer, by their hues; empty for none. */
  fix: string;
  /** Whether skin keeps its automatic colour, whatever else is said. */
  protectSkin: boolean;
  references: File[];
  parts: Parts;
  recolors: Recolor[];
  /** Whether the picture is a negative that is made positive first. */
  invert: boolean;
  /** Whether a tint of the picture's own tone stays, as of sepia. */
  keepTone: boolean;
  /** Whether several answers are wanted of a method that draws them. */
  several: boolean;
  /** Which of the method's answers is shown, 0 being the first. */
  answer: number;
}

/** A picture that nothing was done to yet. */
export function newSession(original: File): Session {
  return {
    id: crypto.randomUUID(),
    whenMs: Date.now(),
    name: original.name,
    original,
    preview: null,
    tile: null,
    way: null,
    method: "",
    settings: {},
    look: PLAIN,
    hints: NO_HINTS,
    words: "",
    mood: "",
    moodPicture: null,
    memory: "",
    fix: "",
    protectSkin: false,
    references: [],
    parts: NO_PARTS,
    recolors: [],
    invert: false,
    keepTone: false,
    several: false,
    answer: 0,
  };
}

/** What earlier versions kept: fields may be missing, and `parts` held the pairs alone. */
export type Stored = Pick<Session, "id" | "whenMs" | "name"> & { original: Blob; parts?: Parts | SwatchPair[] } & Partial<
    Omit<Session, "id" | "whenMs" | "name" | "original" | "parts">
  >;

/** A session out of what the history keeps, of whichever version. */
export function restored(stored: Stored): Session {
  const { original, parts } = stored;
  const file = original instanceof File ? original : new File([original], stored.name, { type: original.type });
  const answer = stored.answer ?? 0;
  return {
    ...newSession(file),
    // Fields of a version may be there and undefined.
    ...Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined)),
    original: file,
    look: { ...PLAIN, ...stored.look },
    parts: Array.isArray(parts) ? { pairs: parts, open: null } : (parts ?? NO_PARTS),
    several: stored.several ?? answer > 0,
  };
}

/** Everything but the pictures, as JSON. */
export function withoutPictures(session: Session): string {
  const { original, preview, tile, references, moodPicture, ...rest } = session;
  return JSON.stringify(rest, null, 2);
}

/** Bytes of all its pictures. */
export function bytesOf({ original, preview, tile, references, moodPicture }: Session): number {
  return [original, preview, tile, moodPicture, ...references].reduce((sum, file) => sum + (file?.size ?? 0), 0);
}
