/** Parts of the picture that are to look like parts of references. */
import type { Area, SwatchPair } from "../../api/types";

export interface Parts {
  pairs: SwatchPair[];
  /** What is drawn on the picture and has no counterpart yet. */
  open: Area | null;
}

export const NO_PARTS: Parts = { pairs: [], open: null };

/** With the part that waited as a pair; a part of a reference alone says nothing. */
export function matched(parts: Parts, area: Area, reference: number): Parts {
  const { pairs, open } = parts;
  return open ? { pairs: [...pairs, { picture: open, area, reference }], open: null } : parts;
}

export function withoutPair({ pairs, open }: Parts, number: number): Parts {
  return { pairs: pairs.filter((_, i) => i !== number), open };
}

/** Without the pairs of a reference that goes; those after it count one less. */
export function withoutReference({ pairs, open }: Parts, number: number): Parts {
  const left = pairs.filter(({ reference }) => reference !== number);
  return { pairs: left.map((pair) => (pair.reference > number ? { ...pair, reference: pair.reference - 1 } : pair)), open };
}
