/** The session that is open, with the steps that led to it and those that were undone. */
import { type Change, changed, fieldOf } from "./change";
import type { Session } from "./session";

export interface Timeline {
  past: Session[];
  /** Null while no picture is open. */
  now: Session | null;
  future: Session[];
  /** The field that the last step changed; changing it further is the same step. */
  field: string | null;
}

export const CLOSED: Timeline = { past: [], now: null, future: [], field: null };

export type Action =
  | Change
  | { type: "open"; session: Session }
  /** A session with the steps that led to it. */
  | { type: "resume"; timeline: Timeline }
  | { type: "undo" | "redo" };

export function reduce(timeline: Timeline, action: Action): Timeline {
  const { past, now, future } = timeline;
  switch (action.type) {
    case "open":
      return { ...CLOSED, now: action.session };
    case "resume":
      return action.timeline;
    case "undo": {
      const before = past.at(-1);
      return now && before ? { past: past.slice(0, -1), now: before, future: [now, ...future], field: null } : timeline;
    }
    case "redo": {
      const [after, ...later] = future;
      return now && after ? { past: [...past, now], now: after, future: later, field: null } : timeline;
    }
    default: {
      if (!now) return timeline;
      const after = changed(now, action);
      if (after === now) return timeline;
      const field = fieldOf(action);
      const goesOn = field !== null && field === timeline.field;
      return { past: goesOn ? past : [...past, now], now: after, future: [], field };
    }
  }
}
