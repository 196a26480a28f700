/** The coloured preview under the present look, drawn on a canvas. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { cube } from "../api/colorize";
import type { Look } from "../api/registry";
import { applyCube } from "../look/cube";

/** Draws `colored` under `look`; the width by height of what is drawn, or null while nothing is. */
export function usePreview(canvas: RefObject<HTMLCanvasElement | null>, colored: Blob | null, look: Look): number | null {
  const [source, setSource] = useState<ImageData | null>(null);
  const [ratio, setRatio] = useState<number | null>(null);
  const waiting = useRef<AbortController | null>(null);

  useEffect(() => {
    if (!colored) {
      setSource(null);
      setRatio(null);
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
    const draw = (shown: ImageData) => {
      if (target.width !== source.width || target.height !== source.height) {
        [target.width, target.height] = [source.width, source.height];
      }
      pen.putImageData(shown, 0, 0);
      setRatio(source.width / source.height);
    };
    cube(look, abort.signal)
      .then(({ nodes, grain }) => {
        const shown = new ImageData(source.width, source.height);
        applyCube(source.data, shown.data, source.width, nodes, grain);
        draw(shown);
      })
      .catch(() => {
        // Without a server there are no looks, but the colours are here.
        if (!abort.signal.aborted) draw(source);
      });
    return () => abort.abort();
  }, [canvas, source, look]);

  return ratio;
}
