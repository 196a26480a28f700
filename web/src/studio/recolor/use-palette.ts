/** The palette of the picture that is open. */
import { useEffect, useState } from "react";
import { type Entry, paletteOfFile } from "./palette";

/** The colours of `file`, none where the browser cannot read it; null before they are known, and without a file. */
export function usePalette(file: File | null): Entry[] | null {
  const [palette, setPalette] = useState<Entry[] | null>(null);
  useEffect(() => {
    let current = true;
    setPalette(null);
    if (file) paletteOfFile(file).then((palette) => current && setPalette(palette));
    return () => {
      current = false;
    };
  }, [file]);
  return palette;
}
