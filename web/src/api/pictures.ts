/** `/v1/pictures`: a picture is sent once, and asked for by its id as often as something changes. */
import { api } from "./client";
import type { OpenPicture } from "./types";
import { type Upload, upload } from "./upload";

/** A picture on its way to the server, or there. */
export class SentPicture {
  private sent: Promise<OpenPicture> | null = null;
  private request: Upload<OpenPicture> | null = null;

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

  private send(): Promise<OpenPicture> {
    this.request = upload("/v1/pictures", "application/octet-stream", this.file, this.onShare);
    return this.request.answer;
  }
}
