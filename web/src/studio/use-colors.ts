/** The picture in gray, and its colours, asked for again whenever what decides about them changes. */
import { useEffect, useRef, useState } from "react";
import { type Answer, colorize, colorizeSeveral } from "../api/colorize";
import type { ColorizeOptions } from "../api/types";

/** Longer side of previews: about two megapixels. */
const PREVIEW = { max_side_px: 1700, format: "jpeg", quality: 95 };

/** Rests this long after a change, so that typing a number or painting a row of spots is one question. */
const REST_MS = 250;

export interface Before {
  url: string;
  /** Width by height. */
  ratio: number;
}

/** The picture as it was: in gray, also of formats that browsers cannot show, or in the colours that are to be changed. */
export function useBefore(file: File | null, inColor: boolean): Before | null {
  const [before, setBefore] = useState<Before | null>(null);
  useEffect(() => {
    if (!file) return;
    const abort = new AbortController();
    let url = "";
    const show = async (picture: Blob) => {
      const bitmap = await createImageBitmap(picture);
      if (abort.signal.aborted) return;
      url = URL.createObjectURL(picture);
      setBefore({ url, ratio: bitmap.width / bitmap.height });
      bitmap.close();
    };
    const gray = () => colorize(file, { ...PREVIEW, method: "gray" }, [], abort.signal).then(show);
    (inColor ? show(file).catch(gray) : gray().catch(() => show(file)))
      // The colouring meets the same problem and tells it.
      .catch(() => {});
    return () => {
      abort.abort();
      if (url) URL.revokeObjectURL(url);
      setBefore(null);
    };
  }, [file, inColor]);
  return before;
}

interface Colors {
  answers: Answer[];
  busy: boolean;
  error: unknown;
  cancel: () => void;
}

/** The answers of the server to `options`, none while there is nothing to ask; those before stay until the next are there. */
export function useColors(file: File | null, options: ColorizeOptions | null, references: File[]): Colors {
  const [answers, setAnswers] = useState<Answer[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  const asked = useRef<File | null>(null);

  useEffect(() => {
    if (!file) return;
    if (!options) {
      setAnswers([]);
      setBusy(false);
      setError(null);
      return;
    }
    const abort = new AbortController();
    running.current = abort;
    // The first question about a picture need not rest.
    const rest = asked.current === file ? REST_MS : 0;
    if (asked.current !== file) setAnswers([]);
    asked.current = file;
    setBusy(true);
    setError(null);
    const timer = setTimeout(() => {
      colorizeSeveral(file, { ...PREVIEW, ...options }, references, abort.signal)
        .then(setAnswers)
        .catch((error: unknown) => abort.signal.reason !== "replaced" && setError(error))
        .finally(() => abort.signal.reason !== "replaced" && setBusy(false));
    }, rest);
    return () => {
      clearTimeout(timer);
      abort.abort("replaced");
    };
  }, [file, options, references]);

  const cancel = () => running.current?.abort(new DOMException("cancelled", "AbortError"));
  return { answers, busy, error, cancel };
}
