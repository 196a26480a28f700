/** The picture that is open, on its way to the server. */
import { useEffect, useState } from "react";
import { Problem } from "../api/client";
import { SentPicture } from "../api/pictures";
import type { OpenPicture } from "../api/types";

export interface Sent {
  /** What colours are asked of; null before the first moment. */
  picture: SentPicture | null;
  /** The share that was sent, 0..=1. */
  share: number;
  /** What the server says of it, once it is there. */
  open: OpenPicture | null;
}

const NOTHING: Sent = { picture: null, share: 0, open: null };

/** Sends `file` once; the server may forget it when this is over. */
export function useSent(file: File): Sent {
  const [sent, setSent] = useState(NOTHING);
  useEffect(() => {
    let current = true;
    const picture = new SentPicture(file, (share) => current && setSent((sent) => ({ ...sent, share })));
    const send = () =>
      picture.open().then(
        (open) => current && setSent((sent) => ({ ...sent, open })),
        // Whoever asks for colours meets the same problem and tells it.
        () => {},
      );
    setSent({ picture, share: 0, open: null });
    send();
    window.addEventListener("server-here", send);
    return () => {
      current = false;
      window.removeEventListener("server-here", send);
      picture.close();
    };
  }, [file]);
  return sent;
}

/** Whether an error goes away when the server is back. */
export function isAway(error: unknown): boolean {
  return error instanceof Problem && ["unreachable", "stopping"].includes(error.code);
}
