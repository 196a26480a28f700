/** The picture as it was, and its colours, asked for again whenever what decides about them changes. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type Answer, colorize, colorizeSeveral } from "../api/colorize";
import type { SentPicture } from "../api/pictures";
import { type ColorizeOptions, type Files, NO_FILES } from "../api/types";
import { isAway } from "./use-sent";

/** Longer side of previews: about two megapixels. */
const PREVIEW = { max_side_px: 1700, format: "jpeg", quality: 95 };

/** What is shown of a spot as soon as it is painted; the preview follows when the hand rests. */
const QUICK = { max_side_px: 720, format: "jpeg", quality: 85, variants: undefined };

/** Rests this long after a change, so that typing a number is one question. */
const REST_MS = 250;

/** Rests this long after what was painted is shown, before the whole preview is asked for. */
const SETTLE_MS = 700;

export interface Before {
  url: string;
  /** Width by height. */
  ratio: number;
}

/** The person's own picture, at once where the browser can read it, else in gray as the server reads it. */
export function useBefore(file: File, sent: SentPicture | null): Before | null {
  const [before, setBefore] = useState<Before | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let url = "";
    const show = async (picture: Blob) => {
      const bitmap = await createImageBitmap(picture);
      if (!abort.signal.aborted) {
        url = URL.createObjectURL(picture);
        setBefore({ url, ratio: bitmap.width / bitmap.height });
      }
      bitmap.close();
    };
    show(file)
      .catch(() => sent && colorize(sent, { ...PREVIEW, method: "gray" }, NO_FILES, abort.signal).then(show))
      // The colouring meets the same problem and tells it.
      .catch(() => {});
    return () => {
      abort.abort();
      if (url) URL.revokeObjectURL(url);
      setBefore(null);
    };
  }, [file, sent]);
  return before;
}

interface Colors {
  answers: Answer[];
  /** Whether they are the whole preview, and not what is shown in a hurry. */
  whole: boolean;
  busy: boolean;
  error: unknown;
  cancel: () => void;
  /** Asks again, after an error or when it was cancelled. */
  goOn: () => void;
}

/** What decides about colours, but for what a hand paints. */
function unpainted({ points, strokes, ...rest }: ColorizeOptions): string {
  return JSON.stringify(rest);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** The answers of the server to `options`, none while there is nothing to ask; those before stay until the next are there. */
export function useColors(picture: SentPicture | null, options: ColorizeOptions | null, files: Files): Colors {
  const [answers, setAnswers] = useState<Answer[]>([]);
  const [whole, setWhole] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [asked, setAsked] = useState(0);
  const running = useRef<AbortController | null>(null);
  const last = useRef<{ picture: SentPicture; options: ColorizeOptions; files: Files; answers: number } | null>(null);

  useEffect(() => {
    if (!picture || !options) {
      setAnswers([]);
      setBusy(false);
      setError(null);
      return;
    }
    const abort = new AbortController();
    running.current = abort;
    const before = last.current;
    const same = before?.picture === picture;
    const painted = same && before.answers === 1 && before.files === files && unpainted(before.options) === unpainted(options);
    if (!same) setAnswers([]);
    const now = { picture, options, files, answers: same ? before.answers : 0 };
    last.current = now;
    setBusy(true);
    setError(null);

    const find = async () => {
      // The first question about a picture need not rest, and neither need a spot.
      if (same && !painted) await pause(REST_MS, abort.signal);
      if (painted) {
        const shown = await colorize(picture, { ...options, ...QUICK }, files, abort.signal);
        setAnswers([{ picture: shown, seed: null, answer: 0, warnings: [] }]);
        setWhole(false);
        setBusy(false);
        await pause(SETTLE_MS, abort.signal);
      }
      const all = await colorizeSeveral(picture, { ...PREVIEW, ...options }, files, abort.signal);
      now.answers = all.length;
      setAnswers(all);
      setWhole(true);
    };
    find()
      .catch((error: unknown) => abort.signal.reason !== "replaced" && setError(error))
      .finally(() => abort.signal.reason !== "replaced" && setBusy(false));
    return () => abort.abort("replaced");
  }, [picture, options, files, asked]);

  const cancel = useCallback(() => running.current?.abort(new DOMException("cancelled", "AbortError")), []);
  const goOn = useCallback(() => setAsked((asked) => asked + 1), []);
  // What the server was away for goes on by itself when it is back.
  const waits = isAway(error);
  useEffect(() => {
    if (!waits) return;
    window.addEventListener("server-here", goOn);
    return () => window.removeEventListener("server-here", goOn);
  }, [waits, goOn]);
  return { answers, whole, busy, error, cancel, goOn };
}
