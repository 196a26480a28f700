/** `/v1/jobs`: pictures to be fetched later. */
import { type EventSourceMessage, EventSourceParserStream } from "eventsource-parser/stream";
import { api, body, send, sendPatiently } from "./client";
import { form } from "./colorize";
import type { ColorizeOptions, Files, Job } from "./types";

/** The same `sending` means the same job, however often it is sent. */
export async function submit(images: File[], options: ColorizeOptions, files: Files, sending: string, signal: AbortSignal): Promise<Job> {
  const headers = { "idempotency-key": sending };
  const response = await sendPatiently("/v1/jobs", { method: "POST", headers, body: form(images, options, files), signal });
  return response.json();
}

/** The newest of whoever asks. */
export function jobs(): Promise<Job[]> {
  return body(api.GET("/v1/jobs")).then(({ jobs }) => jobs);
}

export function job(id: string): Promise<Job> {
  return body(api.GET("/v1/jobs/{id}", { params: { path: { id } } }));
}

export async function cancel(id: string): Promise<void> {
  await api.POST("/v1/jobs/{id}/cancel", { params: { path: { id } } });
}

export async function forget(id: string): Promise<void> {
  await api.DELETE("/v1/jobs/{id}", { params: { path: { id } } });
}

export async function fetched(href: string): Promise<Blob> {
  return (await send(new Request(href))).blob();
}

/** What happens to a job, until it is over; goes on where the line broke. */
export async function* events(id: string, signal: AbortSignal): AsyncGenerator<EventSourceMessage> {
  let last = "";
  while (!signal.aborted) {
    // `EventSource` would do all of this, if it could send a key.
    const headers: HeadersInit = last ? { "last-event-id": last } : {};
    const response = await send(new Request(`/v1/jobs/${id}/events`, { signal, headers }));
    if (response.status === 204 || !response.body) return;
    const reader = response.body
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        last = next.value.id || last;
        yield next.value;
        if (["done", "failed", "cancelled"].includes(next.value.event ?? "")) return;
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
    // The server closed early, as when it restarts.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
