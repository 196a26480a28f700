/** A gray photograph that takes its colours grain by grain. */
import { useEffect, useRef } from "react";

const CELL = 5;
const DURATION_MS = 1400;

export function Develop({ gray, colored, alt }: { gray: string; colored: Blob | null; alt: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const target = canvas.current;
    if (!colored || !target) return;
    let frame = 0;
    let stopped = false;
    createImageBitmap(colored).then((bitmap) => {
      if (stopped) return;
      const pen = target.getContext("2d");
      if (!pen) return;
      [target.width, target.height] = [bitmap.width, bitmap.height];
      const columns = Math.ceil(bitmap.width / CELL);
      const cells = shuffled(columns * Math.ceil(bitmap.height / CELL));
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      let done = 0;
      let start: number | null = null;
      const step = (now: number) => {
        start ??= now;
        const share = still ? 1 : Math.min(1, (now - start) / DURATION_MS);
        for (const end = Math.round(cells.length * share * share); done < end; done++) {
          const cell = cells[done] ?? 0;
          const [x, y] = [(cell % columns) * CELL, Math.floor(cell / columns) * CELL];
          pen.drawImage(bitmap, x, y, CELL, CELL, x, y, CELL, CELL);
        }
        if (share < 1) frame = requestAnimationFrame(step);
      };
      frame = requestAnimationFrame(step);
    });
    return () => {
      stopped = true;
      cancelAnimationFrame(frame);
    };
  }, [colored]);

  return (
    <span className="relative block size-full overflow-hidden">
      <img src={gray} alt={alt} className="size-full object-cover" />
      <canvas ref={canvas} aria-hidden="true" className="absolute inset-0 size-full object-cover" />
    </span>
  );
}

function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}
