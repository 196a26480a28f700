/** Zoom of a picture in its frame: by buttons, keys, a wheel with Ctrl, and two fingers. */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

export const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];
const MOST = 8;

export interface Zoom {
  zoom: number;
  /** To a zoom; the place under the pointer, or the middle, stays where it is. */
  zoomTo: (to: number, clientX?: number, clientY?: number) => void;
  /** The next zoom of the buttons. */
  step: (by: 1 | -1) => number;
}

export function useZoom(frame: RefObject<HTMLDivElement | null>): Zoom {
  const [zoom, setZoom] = useState(1);
  // The place that stays where it is while the zoom changes: shares of the sheet, and pixels of the frame.
  const anchor = useRef<{ x: number; y: number; left: number; top: number } | null>(null);

  function zoomTo(wished: number, clientX?: number, clientY?: number) {
    const to = Math.min(MOST, Math.max(1, wished));
    const box = frame.current;
    if (!box || to === zoom) return;
    const outer = box.getBoundingClientRect();
    const left = clientX === undefined ? outer.width / 2 : clientX - outer.left;
    const top = clientY === undefined ? outer.height / 2 : clientY - outer.top;
    anchor.current = { x: (box.scrollLeft + left) / box.scrollWidth, y: (box.scrollTop + top) / box.scrollHeight, left, top };
    setZoom(to);
  }

  const step = (by: 1 | -1) => (by > 0 ? ZOOMS.find((one) => one > zoom + 0.01) : ZOOMS.findLast((one) => one < zoom - 0.01)) ?? zoom;
  const latest = useRef({ zoom, zoomTo, step });
  latest.current = { zoom, zoomTo, step };

  useLayoutEffect(() => {
    const [box, kept] = [frame.current, anchor.current];
    if (!box || !kept || zoom === 0) return;
    box.scrollLeft = kept.x * box.scrollWidth - kept.left;
    box.scrollTop = kept.y * box.scrollHeight - kept.top;
    anchor.current = null;
  }, [zoom, frame]);

  useLayoutEffect(() => {
    const box = frame.current;
    if (!box) return;
    // React listens to wheels and touches passively, where the page's own zoom cannot be kept out.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { zoomTo, step } = latest.current;
      zoomTo(step(event.deltaY < 0 ? 1 : -1), event.clientX, event.clientY);
    };
    let pinch: { apart: number; zoom: number; x: number; y: number } | null = null;
    const fingers = ({ touches: [one, two] }: TouchEvent) =>
      one &&
      two && {
        apart: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY),
        x: (one.clientX + two.clientX) / 2,
        y: (one.clientY + two.clientY) / 2,
      };
    const touch = (event: TouchEvent) => {
      const now = fingers(event);
      if (!now || event.touches.length !== 2) {
        pinch = null;
        return;
      }
      event.preventDefault();
      if (event.type === "touchstart" || !pinch) {
        pinch = { ...now, zoom: latest.current.zoom };
        return;
      }
      // Two fingers that move together move the picture.
      box.scrollBy(pinch.x - now.x, pinch.y - now.y);
      pinch = { ...pinch, x: now.x, y: now.y };
      latest.current.zoomTo((pinch.zoom * now.apart) / Math.max(1, pinch.apart), now.x, now.y);
    };
    const own = { passive: false };
    box.addEventListener("wheel", wheel, own);
    for (const type of ["touchstart", "touchmove", "touchend", "touchcancel"] as const) box.addEventListener(type, touch, own);
    return () => {
      box.removeEventListener("wheel", wheel);
      for (const type of ["touchstart", "touchmove", "touchend", "touchcancel"] as const) box.removeEventListener(type, touch);
    };
  }, [frame]);

  return { zoom, zoomTo, step };
}
