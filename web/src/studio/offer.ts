/** What fits a picture of its kind: a sentence about it, and the switch or the way that it is offered. */
import type { PictureKind } from "../api/types";
import type { Change } from "../session/change";
import type { Session } from "../session/session";
import type { Way } from "../session/ways";

/** What there is to say about a picture; the words are those of the catalogue. */
export type Remark = "negative" | "drawing" | "color" | "toned" | "halftone" | "faded";

export interface Offer {
  remark: Remark;
  /** The way that fits it. */
  way?: Way;
  /** The change that fits it, or that takes back what was accepted. */
  change?: Change;
  /** Whether the change was made. */
  accepted?: boolean;
}

/** The one thing that matters most about a picture; null for an ordinary photograph in gray, and where its way was chosen already. */
export function offerFor(kind: PictureKind, session: Session, way: Way): Offer | null {
  const { coloring, subject, faded } = kind;
  if (subject === "negative" || session.invert) {
    return { remark: "negative", change: { type: "set-invert", invert: !session.invert }, accepted: session.invert };
  }
  if (way !== "automatic") return null;
  if (subject === "drawing") return { remark: "drawing", way: "drawing" };
  if (coloring === "color") return { remark: "color", way: "change" };
  if (coloring !== "gray") {
    return { remark: "toned", change: { type: "set-keep-tone", keepTone: !session.keepTone }, accepted: session.keepTone };
  }
  if (subject === "halftone") return { remark: "halftone" };
  // A fifth more contrast is visible and clips little.
  if (faded && session.look.contrast === 1) return { remark: "faded", change: { type: "set-look", look: { contrast: 1.2 } } };
  return null;
}
