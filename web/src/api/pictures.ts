/** `/v1/pictures`: a picture is sent once, and asked for by its id as often as something changes. */
import { api, keyHeader, Problem, reached } from "./client";
import type { OpenPicture } from "./types";

/** A picture on its way to the server, or there. */
export class SentPicture {
  private sent: Promise<OpenPicture> | null = null;
  private request: XMLHttpRequest | null = null;

  constructor(
    readonly file: File,
    /** Hears the share that was sent, 0..=1. */
    private readonly onShare: (share: number) => void = () => {},
  ) {}

  /** What the server says of it; sends it the first time. */
  open(): Promise<OpenPicture> {
    this.sent ??= this.send().catch((error: unknown) => {
      this.sent = null;
      throw error;
    });
    return this.sent;
  }

  /** Sends it anew: the server has forgotten it. */
  renew(known: OpenPicture): Promise<OpenPicture> {
    const again = this.sent?.then((open) => {
      if (open.id === known.id) this.sent = null;
      return this.open();
    });
    return again ?? this.open();
  }

  /** Stops sending, or lets the server forget it. */
  close() {
    this.request?.abort();
    this.sent?.then(({ id }) => api.DELETE("/v1/pictures/{id}", { params: { path: { id } } })).catch(() => {});
    this.sent = null;
  }

  /** `fetch` does not tell how much of a body is sent. */
  private send(): Promise<OpenPicture> {
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", "/v1/pictures");
    request.setRequestHeader("content-type", "application/octet-stream");
    for (const [name, value] of keyHeader()) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => this.onShare(total > 0 ? loaded / total : 0);
    request.upload.onload = () => this.onShare(1);
    return new Promise((resolve, reject) => {
      request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
      request.onerror = () => {
        reached(0);
        reject(new Problem("unreachable", "the server does not answer"));
      };
      request.onload = () => {
        reached(request.status);
        const body = JSON.parse(request.responseText || "null");
        if (request.status === 201) resolve(body);
        else {
          const retry = Number(request.getResponseHeader("retry-after")) || null;
          reject(new Problem(body?.code ?? "unknown", body?.detail ?? request.statusText, retry));
        }
      };
      request.send(this.file);
    });
  }
}
