/** Parts of the picture that are to look like parts of references. */
import type { Area, SwatchPair } from "../../api/colorize";

export interface Parts {
  pairs: SwatchPair[];
  /** What is drawn on the picture and has no counterpart yet. */
  open: Area | null;
}

export const NO_PARTS: Parts = { pairs: [], open: null };

export type Action =
  | { do: "here"; area: Area }
  | { do: "there"; area: Area; reference: number }
  | { do: "remove"; number: number }
  | { do: "forget-reference"; reference: number }
  | { do: "load"; pairs: SwatchPair[] }
  | { do: "clear" };

export function change(parts: Parts, action: Action): Parts {
  const { pairs, open } = parts;
  switch (action.do) {
    case "here":
      return { pairs, open: action.area };
    case "there":
      // A part of a reference alone says nothing.
      return open ? { pairs: [...pairs, { picture: open, area: action.area, reference: action.reference }], open: null } : parts;
    case "remove":
      return { pairs: pairs.filter((_, i) => i !== action.number), open };
    case "forget-reference":
      return {
        pairs: pairs
          .filter(({ reference }) => reference !== action.reference)
          .map((pair) => (pair.reference > action.reference ? { ...pair, reference: pair.reference - 1 } : pair)),
        open,
      };
    case "load":
      return { pairs: action.pairs, open: null };
    case "clear":
      return NO_PARTS;
  }
}
