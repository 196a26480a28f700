/** Sessions that are open in this tab: found again by Back and Forward with the steps that can be undone. */
import { keep, sessionOf } from "../history/store";
import { newSession, type Session } from "./session";
import { CLOSED, type Timeline } from "./timeline";

/** Sessions whose steps are remembered. */
const REMEMBERED = 4;

const open = new Map<string, Timeline>();

/** Remembers a session with its steps, in place of the one that was left longest ago. */
export function remember(timeline: Timeline) {
  if (!timeline.now) return;
  open.delete(timeline.now.id);
  open.set(timeline.now.id, timeline);
  for (const id of [...open.keys()].slice(0, -REMEMBERED)) open.delete(id);
}

/** Begins a session with a file; its address. */
export function begin(file: File): string {
  const session = newSession(file);
  remember({ ...CLOSED, now: session });
  // Kept before anything is done to it, so that a reload finds it. Where there is no room, the studio says so later.
  keep(session).catch(() => {});
  return `/studio/${session.id}`;
}

/** The session of an address: as this tab has it, or as the history does; null when nobody has. */
export async function found(id: string): Promise<Timeline | null> {
  const known = open.get(id);
  if (known) return known;
  const kept: Session | undefined = await sessionOf(id).catch(() => undefined);
  return kept ? { ...CLOSED, now: kept } : null;
}

export function forget(id: string) {
  open.delete(id);
}
