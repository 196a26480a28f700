/** The coloured preview under the present look, drawn on a canvas. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { cube, type Look } from "../api/client";
import { applyCube } from "../look/cube";

/** Draws `colored` under `look`; says how long the last drawing took. */
export function usePreview(canvas: RefObject<HTMLCanvasElement | null>, colored: Blob | null, look: Look): number | null {
  const [source, setSource] = useState<ImageData | null>(null);
  const [tookMs, setTookMs] = useState<number | null>(null);
  const waiting = useRef<AbortController | null>(null);

  useEffect(() => {
    if (!colored) {
      setSource(null);
      return;
    }
    let current = true;
    createImageBitmap(colored, { colorSpaceConversion: "none" }).then((bitmap) => {
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      if (!pen || !current) return;
      pen.drawImage(bitmap, 0, 0);
      setSource(pen.getImageData(0, 0, bitmap.width, bitmap.height));
    });
    return () => {
      current = false;
    };
  }, [colored]);

  useEffect(() => {
    const target = canvas.current;
    const pen = target?.getContext("2d");
    if (!target || !pen || !source) return;
    // Only the latest wish counts.
    waiting.current?.abort();
    const abort = new AbortController();
    waiting.current = abort;
    const start = performance.now();
    cube(look, abort.signal)
      .then(({ nodes, grain }) => {
        const shown = new ImageData(source.width, source.height);
        applyCube(source.data, shown.data, source.width, nodes, grain);
        if (target.width !== source.width || target.height !== source.height) {
          [target.width, target.height] = [source.width, source.height];
        }
        pen.putImageData(shown, 0, 0);
        setTookMs(performance.now() - start);
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) console.error(error);
      });
    return () => abort.abort();
  }, [canvas, source, look]);

  return tookMs;
}
