/** Talking to the server that served this page. */

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

/**
 * An answer that is as it should be.
 *
 * Throws a {@link Problem}, or what `signal` was aborted with.
 */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = sessionStorage.getItem(KEY);
  if (key) headers.set("authorization", `Bearer ${key}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    tellPage("server-away");
    throw new Problem("unreachable", "the server does not answer");
  }
  if (response.ok) {
    tellPage("server-here");
    return response;
  }
  if (response.status === 401) tellPage("server-wants-key");
  const retry = Number(response.headers.get("retry-after")) || null;
  const document = await response.json().catch(() => null);
  throw new Problem(document?.code ?? "unknown", document?.detail ?? response.statusText, retry);
}

/** Waits out a full queue twice before it gives up. */
export async function askPatiently(path: string, init: RequestInit): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(path, init);
    } catch (error) {
      const busy = error instanceof Problem && ["queue-full", "too-many-at-once"].includes(error.code);
      if (!busy || attempt === 2) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * (error.retryAfterS ?? 2)));
      init.signal?.throwIfAborted();
    }
  }
}
