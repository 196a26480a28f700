/** `/v1/films`: a film is sent, looked into by scenes, and coloured by a job. */
import { api, body, keyHeader, sendPatiently } from "./client";
import { fetched } from "./jobs";
import type { ColorizeOptions, Film, FilmLimits, Job, PointHint } from "./types";
import { type Upload, upload } from "./upload";

/** The first frame of a scene. */
export interface Scene {
  /** From 1. */
  number: number;
  /** Seconds from the film's beginning. */
  at_s: number;
  /** Whether it has the colours that it had. */
  kept: boolean;
  /** A `data:` URL. */
  image: string;
}

/** What is said about a scene. */
export interface Said {
  /** Where its colours come from; `gray` leaves it as it is. */
  way: "auto" | "spots" | "reference" | "gray";
  points: PointHint[];
  reference: File | null;
}

/** What is said about the whole film; a scene with a reference of its own goes by that. */
export interface Whole {
  /** Name of a memory; empty for none. */
  memory: string;
  /** What it looks like as a whole, in words; empty for none. */
  mood: string;
  /** A picture in colour that it looks like, in place of the words. */
  moodPicture: File | null;
}

export const NOTHING_WHOLE: Whole = { memory: "", mood: "", moodPicture: null };

/** As options of pictures and of films take it; a picture goes beside them. */
export function optionsOf({ memory, mood, moodPicture }: Whole): Pick<ColorizeOptions, "memory" | "mood"> {
  return { ...(memory ? { memory } : {}), ...(mood && !moodPicture ? { mood } : {}) };
}

const moodOf = async ({ moodPicture }: Whole) => (moodPicture ? { mood: await base64(moodPicture) } : {});

export const NOTHING_SAID: Said = { way: "auto", points: [], reference: null };

export function filmLimits(): Promise<FilmLimits> {
  return body(api.GET("/v1/limits")).then(({ films }) => films);
}

export function sendFilm(file: File, onShare: (share: number) => void): Upload<Film> {
  return upload(`/v1/films?${new URLSearchParams({ name: file.name })}`, "application/octet-stream", file, onShare);
}

export function film(id: string): Promise<Film> {
  return body(api.GET("/v1/films/{id}", { params: { path: { id } } }));
}

/** The scenes as they are found, in colour. */
export async function* scenes(id: string, whole: Whole, signal: AbortSignal): AsyncGenerator<Scene> {
  const order = { options: optionsOf(whole), ...(await moodOf(whole)) };
  const response = await sendPatiently(`/v1/films/${id}/scenes`, json(order, signal));
  const reader = response.body?.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = "";
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    const lines = (rest + next.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const told = JSON.parse(line);
      if (told.error) throw new Error(told.error.detail);
      if (told.number) yield told;
    }
  }
}

/** The frame of a moment as it is. */
export async function frame(id: string, at_s: number, signal: AbortSignal): Promise<File> {
  const response = await sendPatiently(`/v1/films/${id}/frame?at=${at_s}`, { signal });
  return new File([await response.blob()], "frame.jpg", { type: "image/jpeg" });
}

/** Colours the film with what was said about its scenes; the same `sending` means the same job. */
export async function colorFilm(id: string, scenes: Scene[], said: Map<number, Said>, whole: Whole, sending: string): Promise<Job> {
  const reference: string[] = [];
  const moments = [];
  const keep_scenes = [];
  for (const { number, at_s } of scenes) {
    const { way, points, reference: file } = said.get(number) ?? NOTHING_SAID;
    if (way === "gray") keep_scenes.push(number);
    if (way === "spots" && points.length > 0) moments.push({ at_s, points });
    if (way === "reference" && file) {
      moments.push({ at_s, references: [reference.length] });
      reference.push(await base64(file));
    }
  }
  // What browsers play.
  const options = { ...optionsOf(whole), moments, keep_scenes, codec: "h264", container: "mp4" };
  const order = { options, reference, ...(await moodOf(whole)) };
  const response = await sendPatiently(`/v1/films/${id}/jobs`, json(order, undefined, { "idempotency-key": sending }));
  return response.json();
}

/** An address that `<video>` can ask, which sends no key: with one, the film is fetched first. */
export async function playable(href: string): Promise<string> {
  return keyHeader().length === 0 ? href : URL.createObjectURL(await fetched(href));
}

function json(value: unknown, signal?: AbortSignal, headers: Record<string, string> = {}): RequestInit {
  const init: RequestInit = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
  return signal ? { ...init, signal } : init;
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
