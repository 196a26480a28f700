/** `POST /v1/colorize`, `/v1/palette` and `/v1/looks/cube`: one picture, its colours and its looks. */
import { api, Problem, send, sendPatiently } from "./client";
import type { components } from "./generated";
import type { SentPicture } from "./pictures";
import { type ColorizeOptions, type Files, type Look, NO_FILES, type Palette, type Suggestions } from "./types";

/** A picture that is sent with the request, or was sent before. */
export type Image = File | SentPicture;

export function form(images: File[], options: ColorizeOptions, { references, mood }: Files = NO_FILES): FormData {
  const form = new FormData();
  form.append("options", JSON.stringify(options));
  for (const reference of references) form.append("reference", reference);
  if (mood) form.append("mood", mood);
  for (const image of images) form.append("image", image);
  return form;
}

async function ask(image: Image, accept: string, options: ColorizeOptions, files: Files, signal?: AbortSignal): Promise<Response> {
  const send = (body: FormData) => sendPatiently("/v1/colorize", { method: "POST", headers: { accept }, body, signal });
  if (image instanceof File) return send(form([image], options, files));
  const byId = (id: string) => {
    const body = form([], options, files);
    body.append("picture", id);
    return send(body);
  };
  const open = await image.open();
  signal?.throwIfAborted();
  try {
    return await byId(open.id);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "unknown-picture")) throw error;
    return byId((await image.renew(open)).id);
  }
}

export async function colorize(image: Image, options: ColorizeOptions, files = NO_FILES, signal?: AbortSignal): Promise<Blob> {
  return (await ask(image, "image/*", options, files, signal)).blob();
}

/** One of the answers of a method; `seed` and `answer` bring it again. */
export interface Answer {
  picture: Blob;
  seed: number | null;
  answer: number;
  /** What could not be done as it was asked, in sentences. */
  warnings: string[];
}

/** The answers of a method that differ, the best one first: references that say nothing give the same one several times. */
export async function colorizeSeveral(image: Image, options: ColorizeOptions, files: Files, signal?: AbortSignal): Promise<Answer[]> {
  const response = await ask(image, "application/json", options, files, signal);
  const colored: components["schemas"]["Colored"] = await response.json();
  const all = [colored, ...colored.variants];
  const differing = all.filter(({ image }, i) => all.findIndex((other) => other.image === image) === i);
  return differing.map((one) => ({
    picture: new Blob([Uint8Array.from(atob(one.image), (c) => c.charCodeAt(0))], { type: colored.media_type }),
    seed: one.seed ?? null,
    answer: one.answer,
    warnings: colored.warnings,
  }));
}

/** The colours of a picture, as the methods see them that change colours. */
export function palette(image: File, signal: AbortSignal): Promise<Palette> {
  const asked = sendPatiently("/v1/palette", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: image,
    signal,
  });
  return asked.then((response) => response.json());
}

/** What lies at a place, 0..1 of width and height, and its likely colours. */
export async function suggest(image: SentPicture, x: number, y: number, signal: AbortSignal): Promise<Suggestions> {
  const { id } = await image.open();
  const { data } = await api.GET("/v1/suggest", { params: { query: { picture: id, x, y } }, signal });
  if (!data) throw new Problem("unknown", "the server suggests nothing");
  return data;
}

/** Filter and contrast of a look as the table that the server itself would use. */
export async function cube({ filter, amount, contrast }: Look, signal?: AbortSignal): Promise<{ nodes: Uint16Array; grain: number }> {
  const query = new URLSearchParams({ filter, amount: String(amount), contrast: String(contrast) });
  const response = await send(new Request(`/v1/looks/cube?${query}`, { signal }));
  return { nodes: new Uint16Array(await response.arrayBuffer()), grain: Number(response.headers.get("autochrome-grain")) };
}

/** The same request for a terminal. */
export function asCurl(name: string, options: ColorizeOptions, { references, mood }: Files = NO_FILES): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  // curl reads ; and , in a file's name as the end of it, unless the name is in quotes of its own.
  const file = (name: string) => `@"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const fields = [
    ...references.map((reference) => `reference=${file(reference.name)}`),
    ...(mood ? [`mood=${file(mood.name)}`] : []),
    `image=${file(name)}`,
    `options=${JSON.stringify(options)}`,
  ];
  const given = fields.map((field, i) => `${i === fields.length - 1 ? "--form-string" : "-F"} ${quoted(field)}`);
  return `curl ${given.join(" ")} ${location.origin}/v1/colorize -o ${quoted(`color-${name}`)}`;
}
