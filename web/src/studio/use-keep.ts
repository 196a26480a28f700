/** Keeps the open session in the history of this device. */
import { useEffect } from "react";
import { keep } from "../history/store";
import type { Session } from "../session/session";

/** Rests this long after the last change. */
const REST_MS = 500;

/** Keeps `session`, which is what is seen; nothing while it is null. */
export function useKeep(session: Session | null, onNoRoom: () => void) {
  useEffect(() => {
    if (!session) return;
    const timer = setTimeout(() => keep({ ...session, whenMs: Date.now() }).catch(onNoRoom), REST_MS);
    return () => clearTimeout(timer);
  }, [session, onNoRoom]);
}
