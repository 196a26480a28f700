/** What the server says of the spot that is chosen: likely colours, and how far it reaches. */
import { useEffect, useState } from "react";
import { suggest } from "../../api/colorize";
import type { SentPicture } from "../../api/pictures";
import type { PointHint, Suggestions } from "../../api/types";

/** Rests this long before it asks, so that a spot that is dragged asks once. */
const REST_MS = 200;

/** Null while there is nothing to say, or the method has no opinion. */
export function useSuggestions(picture: SentPicture | null, point: PointHint | null): Suggestions | null {
  const [found, setFound] = useState<Suggestions | null>(null);
  const [x, y] = [point?.x, point?.y];
  useEffect(() => {
    setFound(null);
    if (!picture || x === undefined || y === undefined) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      // Without suggestions everything else goes on.
      suggest(picture, x, y, abort.signal).then(setFound, () => {});
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [picture, x, y]);
  return found;
}
