/** What can be done to a session, one step at a time. */
import { type Area, type Look, PLAIN, type PointHint, type StrokeHint, type Value } from "../api/types";
import {
  changedHint,
  type HintPlace,
  type Hints,
  isEmpty,
  moved,
  NO_HINTS,
  type Rubber,
  withoutHint,
  withoutTouched,
} from "../studio/hints/hints";
import { matched, withoutPair, withoutReference } from "../studio/parts/parts";
import type { Session } from "./session";
import type { Way } from "./ways";

export type Change =
  /** What is wanted, with the method that does it. */
  | { type: "choose-way"; way: Way; method: string; settings: Record<string, Value> }
  | { type: "set-method"; id: string }
  /** Without a value, the default holds. */
  | { type: "set-option"; id: string; value: Value | undefined }
  | { type: "set-look"; look: Partial<Look> }
  | { type: "reset-look" }
  | { type: "add-point"; point: PointHint }
  | { type: "add-stroke"; stroke: StrokeHint }
  | { type: "move-hint"; hint: HintPlace; by: [number, number] }
  | { type: "set-hint"; hint: HintPlace; color?: string; size?: number }
  | { type: "remove-hint"; hint: HintPlace }
  | { type: "erase-hints"; rubber: Rubber }
  | { type: "load-hints"; hints: Hints }
  | { type: "clear-hints" }
  | { type: "say"; text: Partial<Pick<Session, "words" | "mood" | "fix">> }
  | { type: "protect-skin"; protectSkin: boolean }
  /** The whole looks like a picture, or no longer like one. */
  | { type: "set-mood-picture"; picture: File | null }
  /** By its name; empty for none. */
  | { type: "set-memory"; name: string }
  | { type: "add-references"; files: File[] }
  | { type: "remove-reference"; number: number }
  /** A part of the picture, which waits for its counterpart. */
  | { type: "mark-part"; area: Area }
  | { type: "match-part"; area: Area; reference: number }
  | { type: "remove-pair"; number: number }
  | { type: "recolor"; from: string; to: string }
  | { type: "keep-color"; from: string }
  | { type: "set-invert"; invert: boolean }
  | { type: "set-keep-tone"; keepTone: boolean }
  | { type: "set-several"; several: boolean }
  | { type: "choose-answer"; answer: number };

/** The session after a change; the same one when nothing changes. */
export function changed(session: Session, change: Change): Session {
  switch (change.type) {
    case "choose-way": {
      const { way, method, settings } = change;
      if (way === session.way && method === session.method) return session;
      // The same method goes on with what was set.
      if (method === session.method && Object.keys(settings).length === 0) return { ...session, way };
      return { ...session, way, method, settings, answer: 0 };
    }
    case "set-method":
      return { ...session, way: null, method: change.id, settings: {}, answer: 0 };
    case "set-option": {
      const { [change.id]: _, ...others } = session.settings;
      return { ...session, settings: change.value === undefined ? others : { ...others, [change.id]: change.value } };
    }
    case "set-look":
      return { ...session, look: { ...session.look, ...change.look } };
    case "reset-look":
      return session.look === PLAIN ? session : { ...session, look: PLAIN };
    case "add-point":
      return { ...session, hints: { ...session.hints, points: [...session.hints.points, change.point] } };
    case "add-stroke":
      return { ...session, hints: { ...session.hints, strokes: [...session.hints.strokes, change.stroke] } };
    case "move-hint":
      return withHints(session, moved(session.hints, change.hint, change.by));
    case "set-hint":
      return withHints(session, changedHint(session.hints, change.hint, change));
    case "remove-hint":
      return withHints(session, withoutHint(session.hints, change.hint));
    case "erase-hints":
      return withHints(session, withoutTouched(session.hints, change.rubber));
    case "load-hints":
      return { ...session, hints: change.hints };
    case "clear-hints":
      return isEmpty(session.hints) ? session : { ...session, hints: NO_HINTS };
    case "say": {
      const said = { ...session, ...change.text };
      return said.words === session.words && said.mood === session.mood && said.fix === session.fix ? session : said;
    }
    case "protect-skin":
      return { ...session, protectSkin: change.protectSkin };
    case "set-mood-picture":
      return { ...session, moodPicture: change.picture };
    case "set-memory":
      return change.name === session.memory ? session : { ...session, memory: change.name };
    case "add-references":
      return { ...session, references: [...session.references, ...change.files] };
    case "remove-reference":
      return {
        ...session,
        references: session.references.filter((_, i) => i !== change.number),
        parts: withoutReference(session.parts, change.number),
      };
    case "mark-part":
      return { ...session, parts: { ...session.parts, open: change.area } };
    case "match-part": {
      const parts = matched(session.parts, change.area, change.reference);
      return parts === session.parts ? session : { ...session, parts };
    }
    case "remove-pair":
      return { ...session, parts: withoutPair(session.parts, change.number) };
    case "recolor":
      return { ...session, recolors: [...without(session, change.from), { from: change.from, to: change.to }] };
    case "keep-color":
      return { ...session, recolors: without(session, change.from) };
    case "set-invert":
      // Other lightness, other colours.
      return { ...session, invert: change.invert, answer: 0 };
    case "set-keep-tone":
      return { ...session, keepTone: change.keepTone };
    case "set-several":
      return { ...session, several: change.several };
    case "choose-answer":
      return change.answer === session.answer ? session : { ...session, answer: change.answer };
  }
}

const withHints = (session: Session, hints: Hints): Session => (hints === session.hints ? session : { ...session, hints });

const without = ({ recolors }: Session, from: string) => recolors.filter((recolor) => recolor.from !== from);

/** What a slider or a field changes again and again while it is moved; null for what is a step of its own. */
export function fieldOf(change: Change): string | null {
  switch (change.type) {
    case "set-look":
      return `look ${Object.keys(change.look)}`;
    case "set-option":
      return `option ${change.id}`;
    case "recolor":
      return `color ${change.from}`;
    case "move-hint":
    case "set-hint":
      return `${change.type} ${change.hint.kind} ${change.hint.number}`;
    default:
      return null;
  }
}
