/** `POST /v1/colorize` and `/v1/looks/cube`: one picture and its looks. */
import { ask, askPatiently } from "./client";
import type { Look, Value } from "./registry";

/** "This spot has this colour": places in 0..1 of width and height, radius in 0..1 of the longer side. */
export interface PointHint {
  x: number;
  y: number;
  radius: number;
  color: string;
}

/** "What lies under this line has this colour": width in 0..1 of the longer side. */
export interface StrokeHint {
  path: [number, number][];
  width: number;
  color: string;
}

/** A rectangle in 0..1 of a picture's width and height. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** "This part of the picture is to look like that part of a reference", the first reference being 0. */
export interface SwatchPair {
  picture: Area;
  area: Area;
  reference: number;
}

/** "The colour of the picture that is nearest to `from` is to become `to`." */
export interface Recolor {
  from: string;
  to: string;
}

export interface ColorizeOptions {
  method?: string;
  settings?: Record<string, Value>;
  points?: PointHint[];
  strokes?: StrokeHint[];
  swatches?: SwatchPair[];
  recolors?: Recolor[];
  seed?: number;
  variants?: number;
  answer?: number;
  format?: string;
  quality?: number;
  collage?: boolean;
  max_side_px?: number;
  look?: Look;
}

export function form(images: File[], options: ColorizeOptions, references: File[] = []): FormData {
  const form = new FormData();
  form.append("options", JSON.stringify(options));
  for (const reference of references) form.append("reference", reference);
  for (const image of images) form.append("image", image);
  return form;
}

export async function colorize(
  image: File,
  options: ColorizeOptions,
  references: File[] = [],
  signal?: AbortSignal,
): Promise<Blob> {
  const response = await askPatiently("/v1/colorize", { method: "POST", body: form([image], options, references), signal });
  return response.blob();
}

/** One of the answers of a method; `seed` and `answer` bring it again. */
export interface Answer {
  picture: Blob;
  seed: number | null;
  answer: number;
}

interface JsonAnswer {
  image: string;
  media_type: string;
  seed: number | null;
  answer: number;
  variants: { image: string; seed: number | null; answer: number }[];
}

/** The answers of a method, the best one first. */
export async function colorizeSeveral(
  image: File,
  options: ColorizeOptions,
  references: File[],
  signal?: AbortSignal,
): Promise<Answer[]> {
  const response = await askPatiently("/v1/colorize", {
    method: "POST",
    headers: { accept: "application/json" },
    body: form([image], options, references),
    signal,
  });
  const body = (await response.json()) as JsonAnswer;
  return [body, ...body.variants].map((one) => ({
    picture: new Blob([Uint8Array.from(atob(one.image), (c) => c.charCodeAt(0))], { type: body.media_type }),
    seed: one.seed,
    answer: one.answer,
  }));
}

/** A look as the table that the server itself would use. */
export async function cube(look: Look, signal?: AbortSignal): Promise<{ nodes: Uint16Array; grain: number }> {
  const query = new URLSearchParams(Object.entries(look).map(([name, value]) => [name, String(value)]));
  const response = await ask(`/v1/looks/cube?${query}`, { signal });
  return {
    nodes: new Uint16Array(await response.arrayBuffer()),
    grain: Number(response.headers.get("autochrome-grain")),
  };
}

/** The same request for a terminal. */
export function asCurl(name: string, options: ColorizeOptions, references: File[] = []): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  // curl reads ; and , in a file's name as the end of it, unless the name is in quotes of its own.
  const file = (name: string) => `@"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const fields = [
    ...references.map((reference) => `reference=${file(reference.name)}`),
    `image=${file(name)}`,
    `options=${JSON.stringify(options)}`,
  ];
  const given = fields.map((field, i) => `${i === fields.length - 1 ? "--form-string" : "-F"} ${quoted(field)}`);
  return `curl ${given.join(" ")} ${location.origin}/v1/colorize -o ${quoted(`color-${name}`)}`;
}
