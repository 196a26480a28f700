/** The palette of the picture that is open, from the server. */
import { useEffect, useState } from "react";
import { palette as askForPalette } from "../../api/colorize";
import type { Palette } from "../../api/types";

/** What is shown of a file that the server cannot read; the colouring meets the same problem and says which. */
const UNREADABLE: Palette = { entries: [], is_gray: false };

/** The colours of `file`; null before they are known, and without a file. */
export function usePalette(file: File | null): Palette | null {
  const [palette, setPalette] = useState<Palette | null>(null);
  useEffect(() => {
    setPalette(null);
    if (!file) return;
    const abort = new AbortController();
    askForPalette(file, abort.signal)
      .catch(() => UNREADABLE)
      .then((palette) => abort.signal.aborted || setPalette(palette));
    return () => abort.abort();
  }, [file]);
  return palette;
}
