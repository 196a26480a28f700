/** Keeps the open session in the history of this device. */
import { type RefObject, useEffect, useRef } from "react";
import type { Method } from "../api/types";
import { keep, persist } from "../history/store";
import { keptOf } from "../session/request";
import type { Session } from "../session/session";

/** Rests this long after the last change. */
const REST_MS = 500;

/** Longer side of the small picture that the history shows. */
const TILE_PX = 640;

/** What is seen of a session. */
export interface Seen {
  method: Method | undefined;
  /** The coloured picture at preview size; null while there is none. */
  preview: Blob | null;
  canvas: RefObject<HTMLCanvasElement | null>;
}

/** Keeps `session` after every change, and with its result as soon as that is seen; what waits is kept when the picture is left. */
export function useKeep(session: Session, { method, preview, canvas }: Seen, onNoRoom: () => void) {
  // What was opened is in the history already, and may be newer there, of another tab.
  const kept = useRef({ session, preview });
  const waiting = useRef<(() => void) | null>(null);

  useEffect(() => {
    if (session === kept.current.session && preview === kept.current.preview) return;
    const write = async () => {
      waiting.current = null;
      kept.current = { session, preview };
      const changed = { ...session, whenMs: Date.now() };
      const tile = preview && canvas.current ? await tileOf(canvas.current) : session.tile;
      await keep(method && preview ? { ...keptOf(changed, method, preview), tile } : changed);
      persist();
    };
    const now = () => {
      write().catch(onNoRoom);
    };
    waiting.current = now;
    const timer = setTimeout(now, REST_MS);
    return () => clearTimeout(timer);
  }, [session, method, preview, canvas, onNoRoom]);

  useEffect(() => {
    const leave = () => waiting.current?.();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
}

/** What the canvas shows, smaller. */
async function tileOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  const scale = Math.min(1, TILE_PX / Math.max(canvas.width, canvas.height));
  const small = new OffscreenCanvas(Math.max(1, Math.round(scale * canvas.width)), Math.max(1, Math.round(scale * canvas.height)));
  const pen = small.getContext("2d");
  if (!pen) return null;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(canvas, 0, 0, small.width, small.height);
  return small.convertToBlob({ type: "image/jpeg", quality: 0.85 });
}
