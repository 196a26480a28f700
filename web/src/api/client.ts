/** Talking to the server that served this page, in the types of its own OpenAPI document. */
import createClient from "openapi-fetch";
import type { paths } from "./generated";

/** What the server says when it does not do what was asked; code `unreachable` when it says nothing at all. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly retryAfterS: number | null = null,
  ) {
    super(detail);
  }
}

const KEY = "key";

/** The key of a server that asks for one; forgotten with the tab. */
export function rememberKey(key: string) {
  sessionStorage.setItem(KEY, key.trim());
}

/** Events on `window`: whether the server answers, and that it wants a key. */
export type Weather = "server-here" | "server-away" | "server-wants-key";

function tellPage(weather: Weather) {
  window.dispatchEvent(new Event(weather));
}

/** Tells the page what a status says of the server; 0 means that there was no answer. */
export function reached(status: number) {
  if (status === 0) tellPage("server-away");
  else if (status === 401) tellPage("server-wants-key");
  else tellPage("server-here");
}

/** The header that a key is sent in; none without a key. */
export function keyHeader(): [string, string][] {
  const key = sessionStorage.getItem(KEY);
  return key ? [["authorization", `Bearer ${key}`]] : [];
}

/**
 * An answer that is as it should be.
 *
 * Throws a {@link Problem}, or what the request was aborted with.
 */
export async function send(request: Request): Promise<Response> {
  for (const [name, value] of keyHeader()) request.headers.set(name, value);
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    reached(0);
    throw new Problem("unreachable", "the server does not answer");
  }
  reached(response.status);
  if (response.ok) return response;
  const retry = Number(response.headers.get("retry-after")) || null;
  const document = await response.json().catch(() => null);
  throw new Problem(document?.code ?? "unknown", document?.detail ?? response.statusText, retry);
}

/** Waits out a full queue twice before it gives up. */
export async function sendPatiently(path: string, init: RequestInit): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send(new Request(path, init));
    } catch (error) {
      const busy = error instanceof Problem && ["queue-full", "too-many-at-once"].includes(error.code);
      if (!busy || attempt === 2) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * (error.retryAfterS ?? 2)));
      init.signal?.throwIfAborted();
    }
  }
}

/** Every address of the server with its types; what it refuses is thrown as by {@link send}. */
export const api = createClient<paths>({ baseUrl: globalThis.location?.origin, fetch: send });

/** The body of an answer of {@link api}. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new Problem("unknown", "the server sent no answer");
  return data;
}
