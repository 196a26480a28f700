/** The server's types under the names that the app uses, and what follows from them. */
import type { components } from "./generated";

type Schemas = components["schemas"];

/** What to do with a picture; ids of methods and filters are as the server tells them at run time. */
export type ColorizeOptions = Omit<Schemas["ColorizeOptions"], "method" | "model" | "format" | "look" | "strokes"> & {
  method?: string;
  format?: string;
  strokes?: StrokeHint[];
  look?: Look;
};
export type Control = Schemas["Control"];
export type Film = Schemas["Film"];
export type FilmLimits = Schemas["FilmLimits"];
export type FilmProgress = Schemas["FilmProgress"];
export type Filter = Schemas["Filter"];
export type Job = Schemas["Job"];
export type Memory = Schemas["Memory"];
export type MemoryLimits = Schemas["MemoryLimits"];
export type Method = Schemas["Method"];
export type MethodOption = Schemas["MethodOption"];
export type Need = Schemas["Need"];
export type OpenPicture = Schemas["OpenPicture"];
export type PictureKind = OpenPicture["kind"];
export type Palette = Schemas["Palette"];
export type Suggestions = Schemas["Suggestions"];
export type Recolor = Extract<Schemas["Recolor"], { from: string }>;
export type SwatchPair = Required<Schemas["Swatch"]>;
export type Area = Schemas["Area"];
export type Value = Schemas["Setting"];

/** A look with nothing left out. */
export type Look = { filter: string } & Record<Exclude<keyof Schemas["Look"], "filter">, number>;

/** "This spot has this colour": places in 0..1 of width and height, radius in 0..1 of the longer side. */
export type PointHint = Required<Schemas["Point"]>;

/** "What lies under this line has this colour": width in 0..1 of the longer side. */
export type StrokeHint = Omit<Schemas["Stroke"], "path"> & { path: [number, number][] };

/** Pictures that say something about the colours of others. */
export interface Files {
  /** Whose colours are wanted. */
  references: File[];
  /** Whose mean colour, and strength of colours, are wanted. */
  mood: File | null;
}

export const NO_FILES: Files = { references: [], mood: null };

/** A kind of guidance, as methods name what they take and need. */
export type Kind = "points" | "strokes" | "references" | "swatches" | "colors" | "recolors" | "seed" | "words" | "mood" | "memory";

/** The look that changes nothing. */
export const PLAIN: Look = { filter: "none", amount: 1, saturation: 1, temperature: 0, tint: 0, contrast: 1 };

/** Whether a method takes a kind of guidance. */
export function takes(method: Method | undefined, kind: Kind): boolean {
  return method?.takes.includes(kind) ?? false;
}

/** What a method needs of a person before it can begin; the first kind is the usual one. */
export function needed(method: Method): Need | undefined {
  return method.needs.find((need) => !need.of_picture);
}

/** Where colours come from; but for "alone", a method has nothing to do before it is given something of the kind. */
export type Source = "alone" | "references" | "hand" | "recolors";

/** Where a method has its colours from, by what it needs. */
export function sourceOf(method: Method): Source {
  return sourceFor(needed(method));
}

/** Where that comes from which is needed. */
export function sourceFor(need: Need | undefined): Source {
  switch (need?.any_of[0]) {
    case "references":
    case "recolors":
      return need.any_of[0];
    case "points":
    case "strokes":
      return "hand";
    default:
      return "alone";
  }
}
