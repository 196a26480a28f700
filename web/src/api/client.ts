/** The HTTP API of the server that served this page. */

export interface Method {
  id: string;
  name: string;
  summary: string;
  guidance: string[];
  uses_model: boolean;
  default: boolean;
  paper: { title: string; authors: string; year: number | null } | null;
  settings: { properties: Record<string, Setting> };
}

/** An option of a method, as JSON Schema. Without a default, the model decides. */
export type Setting = { description: string } & (
  | { type: "number"; minimum: number; maximum: number; default?: number }
  | { type: "boolean"; default?: boolean }
  | { type: "string"; enum: string[]; default?: string }
);

export interface Filter {
  id: string;
  name: string;
  summary: string;
}

export interface Look {
  filter: string;
  amount: number;
  saturation: number;
  temperature: number;
  tint: number;
  contrast: number;
}

export const PLAIN: Look = {
  filter: "none",
  amount: 1,
  saturation: 1,
  temperature: 0,
  tint: 0,
  contrast: 1,
};

export type Value = number | boolean | string;

export interface ColorizeOptions {
  method?: string;
  settings?: Record<string, Value>;
  format?: string;
  quality?: number;
  collage?: boolean;
  max_side_px?: number;
  look?: Look;
}

/** What the server says when it does not do what was asked. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly retryAfterS: number | null,
  ) {
    super(detail);
  }
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const retry = Number(response.headers.get("retry-after")) || null;
  const document = await response.json().catch(() => null);
  throw new Problem(document?.code ?? "unknown", document?.detail ?? response.statusText, retry);
}

async function get<T>(path: string): Promise<T> {
  const response = await checked(await fetch(path));
  return (await response.json()) as T;
}

export const methods = () => get<{ methods: Method[] }>("/v1/methods").then((body) => body.methods);
export const filters = () => get<{ filters: Filter[] }>("/v1/filters").then((body) => body.filters);

export interface Colored {
  blob: Blob;
  method: string;
  model: string;
}

/** Waits out a full queue twice before it gives up. */
export async function colorize(image: Blob, options: ColorizeOptions, signal?: AbortSignal): Promise<Colored> {
  const form = new FormData();
  form.append("options", JSON.stringify(options));
  form.append("image", image);
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await checked(await fetch("/v1/colorize", { method: "POST", body: form, signal }));
      return {
        blob: await response.blob(),
        method: response.headers.get("autochrome-method") ?? "",
        model: response.headers.get("autochrome-model") ?? "none",
      };
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "queue-full" || attempt === 2) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * (error.retryAfterS ?? 2)));
      signal?.throwIfAborted();
    }
  }
}

/** A look as the table that the server itself would use. */
export async function cube(look: Look, signal?: AbortSignal): Promise<{ nodes: Uint16Array; grain: number }> {
  const query = new URLSearchParams(Object.entries(look).map(([name, value]) => [name, String(value)]));
  const response = await checked(await fetch(`/v1/looks/cube?${query}`, { signal }));
  return {
    nodes: new Uint16Array(await response.arrayBuffer()),
    grain: Number(response.headers.get("autochrome-grain")),
  };
}

/** The same request for a terminal. */
export function asCurl(name: string, options: ColorizeOptions): string {
  const json = JSON.stringify(options).replaceAll("'", "'\\''");
  const file = name.replaceAll("'", "'\\''");
  return `curl -F 'image=@${file}' -F 'options=${json}' ${location.origin}/v1/colorize -o 'color-${file}'`;
}
