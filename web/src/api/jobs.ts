/** `/v1/jobs`: pictures to be fetched later. */
import { ask, askPatiently } from "./client";
import { type ColorizeOptions, form } from "./colorize";

export interface JobFile {
  number: number;
  name: string;
  bytes: number | null;
  href: string | null;
  error: { code: string; detail: string } | null;
}

export interface Job {
  id: string;
  kind: "image" | "batch";
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  progress: number;
  error: { code: string; detail: string } | null;
  result: { media_type: string; bytes: number; href: string } | null;
  files: JobFile[];
}

/** The same `sending` means the same job, however often it is sent. */
export async function submit(
  images: File[],
  options: ColorizeOptions,
  references: File[],
  sending: string,
  signal: AbortSignal,
): Promise<Job> {
  const headers = { "idempotency-key": sending };
  const response = await askPatiently("/v1/jobs", { method: "POST", headers, body: form(images, options, references), signal });
  return response.json();
}

export async function job(id: string): Promise<Job> {
  return (await ask(`/v1/jobs/${id}`)).json();
}

export async function cancel(id: string): Promise<void> {
  await ask(`/v1/jobs/${id}/cancel`, { method: "POST" });
}

export async function forget(id: string): Promise<void> {
  await ask(`/v1/jobs/${id}`, { method: "DELETE" });
}

export async function fetched(href: string): Promise<Blob> {
  return (await ask(href)).blob();
}

export interface JobEvent {
  id: string;
  name: string;
  data: unknown;
}

/** What happens to a job, until it is over; goes on where the line broke. */
export async function* events(id: string, signal: AbortSignal): AsyncGenerator<JobEvent> {
  let last = "";
  while (!signal.aborted) {
    const response = await ask(`/v1/jobs/${id}/events`, { signal, headers: last ? { "last-event-id": last } : {} });
    if (response.status === 204 || !response.body) return;
    for await (const event of parsed(response.body)) {
      last = event.id || last;
      yield event;
      if (["done", "failed", "cancelled"].includes(event.name)) return;
    }
    // The server closed early, as when it restarts.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Server-sent events out of bytes. `EventSource` would do it, if it could send a key. */
export async function* parsed(body: ReadableStream<Uint8Array>): AsyncGenerator<JobEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text = (text + value).replaceAll("\r\n", "\n");
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const event = eventOf(text.slice(0, end));
        text = text.slice(end + 2);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function eventOf(block: string): JobEvent | null {
  const [event, data] = [{ id: "", name: "message" }, [] as string[]];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = line.match(/^([^:]+)(?:: ?(.*))?$/) ?? [];
    if (field === "id") event.id = value;
    if (field === "event") event.name = value;
    if (field === "data") data.push(value);
  }
  return data.length > 0 ? { ...event, data: JSON.parse(data.join("\n")) } : null;
}
