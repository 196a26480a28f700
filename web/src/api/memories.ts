/** `/v1/memories`: a handful of pictures in colour under a name, whose colours go to what looks like them. */
import { api, body, sendPatiently } from "./client";
import type { Memory, MemoryLimits } from "./types";

/** Those of whoever asks, by name. */
export function memories(): Promise<Memory[]> {
  return body(api.GET("/v1/memories")).then(({ memories }) => memories);
}

export function memoryLimits(): Promise<MemoryLimits> {
  return body(api.GET("/v1/limits")).then(({ memories }) => memories);
}

/** Looks at pictures, which takes a moment for each. */
export async function remember(name: string, pictures: File[], signal: AbortSignal): Promise<Memory> {
  const form = new FormData();
  form.append("name", name);
  for (const picture of pictures) form.append("image", picture);
  const response = await sendPatiently("/v1/memories", { method: "POST", body: form, signal });
  return response.json();
}

export async function forgetMemory(name: string): Promise<void> {
  await api.DELETE("/v1/memories/{name}", { params: { path: { name } } });
}
