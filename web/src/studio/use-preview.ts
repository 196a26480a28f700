/** The coloured preview under the present tone and look, drawn on a canvas. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { cube } from "../api/colorize";
import type { Look } from "../api/types";
import { applyCube } from "../look/cube";
import { applyTone } from "../look/tone";

/** Longer side of the copy that is drawn while the look changes: what a screen shows of the picture, and quick. */
const QUICK_PX = 900;

/** Rests this long before the whole picture is drawn. */
const REST_MS = 150;

interface Source {
  whole: ImageData;
  quick: ImageData;
}

/** Draws `colored` under `look`; the width by height of what is drawn, or null while nothing is. */
export function usePreview(canvas: RefObject<HTMLCanvasElement | null>, colored: Blob | null, look: Look): number | null {
  const [source, setSource] = useState<Source | null>(null);
  const [ratio, setRatio] = useState<number | null>(null);
  const wish = useRef(look);
  const wake = useRef(() => {});
  wish.current = look;

  useEffect(() => {
    if (!colored) {
      setSource(null);
      setRatio(null);
      return;
    }
    let current = true;
    createImageBitmap(colored, { colorSpaceConversion: "none" }).then((bitmap) => {
      const whole = pixels(bitmap, 1);
      const scale = QUICK_PX / Math.max(bitmap.width, bitmap.height);
      if (current && whole) setSource({ whole, quick: (scale < 1 && pixels(bitmap, scale)) || whole });
      bitmap.close();
    });
    return () => {
      current = false;
    };
  }, [colored]);

  useEffect(() => {
    const target = canvas.current;
    const pen = target?.getContext("2d");
    if (!target || !pen || !source) return;
    const { whole, quick } = source;
    const abort = new AbortController();
    let drawn: { look: Look; pixels: ImageData } | null = null;
    let drawing = false;
    let hurry = () => {};

    const put = (pixels: ImageData) => {
      const { width, height } = pixels;
      if (target.width !== width || target.height !== height) [target.width, target.height] = [width, height];
      pen.putImageData(pixels, 0, 0);
      setRatio(whole.width / whole.height);
    };

    // One look after the other, and always the latest: a slider that is dragged shows where it is, as fast as it can.
    const draw = async () => {
      if (drawing) return;
      drawing = true;
      while (!abort.signal.aborted && (drawn?.look !== wish.current || drawn.pixels !== whole)) {
        const look = wish.current;
        const settled = drawn?.look === look;
        if (settled) {
          await new Promise<void>((resolve) => {
            hurry = resolve;
            setTimeout(resolve, REST_MS);
          });
          if (wish.current !== look) continue;
        }
        // The first picture is drawn whole: nobody waits for a slider yet.
        const from = settled || !drawn ? whole : quick;
        const shown = new ImageData(from.width, from.height);
        applyTone(from.data, shown.data, look);
        if (look.filter !== "none" || look.contrast !== 1) {
          try {
            const { nodes, grain } = await cube(look, abort.signal);
            applyCube(shown.data, shown.data, from.width, nodes, grain);
          } catch {
            // Without a server there are no filters, but the colours are here.
          }
        }
        if (abort.signal.aborted) break;
        put(shown);
        drawn = { look, pixels: from };
      }
      drawing = false;
    };
    wake.current = () => {
      hurry();
      draw();
    };
    draw();
    return () => abort.abort();
  }, [canvas, source]);

  useEffect(() => {
    if (look) wake.current();
  }, [look]);

  return ratio;
}

function pixels(bitmap: ImageBitmap, scale: number): ImageData | null {
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(scale * side))) as [number, number];
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  if (!pen) return null;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}
