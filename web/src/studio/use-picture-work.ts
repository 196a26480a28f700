/** Everything that is known about the picture that is open, and everything that goes on with it. */
import { type RefObject, useCallback, useEffect, useMemo, useRef } from "react";
import { Problem } from "../api/client";
import type { Answer } from "../api/colorize";
import type { SentPicture } from "../api/pictures";
import { type Registry, useRegistry } from "../api/registry";
import { type ColorizeOptions, type Method, type Need, type Palette, type PictureKind, type Source, sourceFor, takes } from "../api/types";
import { erase } from "../history/store";
import { tell, useText } from "../i18n/text";
import { filesFor, kindsOf, methodOf, missing, requestOf } from "../session/request";
import type { Session } from "../session/session";
import { usePalette } from "./recolor/use-palette";
import { type Before, useBefore, useColors } from "./use-colors";
import { useKeep } from "./use-keep";
import { usePreview } from "./use-preview";
import { isAway, useSent } from "./use-sent";
import { useStable } from "./use-stable";
import { type TakeHome, useTakeHome } from "./use-take-home";

export interface PictureWork {
  registry: Registry | null;
  methods: Method[];
  method: Method | undefined;
  /** Whether the method takes what a hand paints, references, parts of them, changes of colour. */
  painted: boolean;
  referred: boolean;
  matched: boolean;
  recolored: boolean;
  palette: Palette | null;
  /** What the method waits for. */
  need: Need | null;
  source: Source;
  /** What kind of picture it is; null before the server has seen it. */
  kind: PictureKind | null;
  before: Before | null;
  /** The picture at the server; null before the first moment. */
  sent: SentPicture | null;
  canvas: RefObject<HTMLCanvasElement | null>;
  /** Width by height, as soon as anything is known of it. */
  ratio: number | null;
  drawn: boolean;
  answers: Answer[];
  /** What is being done, in words; empty when nothing is. */
  doing: string;
  /** Why there is nothing to show. */
  problem: string;
  /** What went wrong, or has to be said, while there is a picture. */
  note: string;
  cancelled: boolean;
  ready: boolean;
  takeHome: TakeHome;
  /** What a download asks for. */
  finished: ColorizeOptions;
  cancel: () => void;
  goOn: () => void;
}

export function usePictureWork(session: Session): PictureWork {
  const t = useText();
  const registry = useRegistry();
  const canvas = useRef<HTMLCanvasElement>(null);

  const file = session.original;
  const methods = registry?.methods ?? [];
  const method = methodOf(session, methods);
  const referred = takes(method, "references");
  const recolored = takes(method, "recolors");

  const palette = usePalette(recolored ? file : null);
  const need = method ? missing(method, kindsOf(session, palette?.is_gray ?? null)) : null;
  const { references, moodPicture } = session;
  const files = useMemo(() => filesFor({ references, moodPicture }, method), [references, moodPicture, method]);
  const request = useStable(method && !need ? requestOf(session, method) : null);
  const sent = useSent(file);
  const { answers, whole, busy, error, cancel, goOn } = useColors(sent.picture, request, files);
  const before = useBefore(file, sent.picture);
  const answer = answers[session.answer] ?? answers[0];
  const drawnRatio = usePreview(canvas, answer?.picture ?? (need ? null : session.preview), session.look);
  const takeHome = useTakeHome(file, sent.picture, files);

  const settled = whole && !busy && !error && answer !== undefined;
  const { setNote } = takeHome;
  const noRoom = useCallback(() => setNote(t.studio.noRoom), [setNote, t]);
  useKeep(session, { method, preview: settled ? answer.picture : null, canvas }, noRoom);

  // What is no picture has no place in the history.
  const hopeless = error instanceof Problem && !isAway(error) && !before && session.preview === null;
  useEffect(() => {
    if (hopeless) erase(session.id).catch(() => {});
  }, [hopeless, session.id]);

  const drawn = drawnRatio !== null;
  const cancelled = error instanceof DOMException;
  const words = error && !cancelled ? (isAway(error) ? t.studio.waitsForServer : tell(t, error)) : "";
  const sending = sent.picture !== null && sent.open === null && sent.share < 1;
  const finding = sending ? t.studio.sending(Math.round(100 * sent.share)) : t.studio.finding;
  return {
    registry,
    methods,
    method,
    painted: takes(method, "points") || takes(method, "strokes"),
    referred,
    matched: referred && takes(method, "swatches"),
    recolored,
    palette,
    need,
    source: sourceFor(need ?? undefined),
    kind: sent.open?.kind ?? null,
    before,
    sent: sent.picture,
    canvas,
    ratio: drawnRatio ?? before?.ratio ?? null,
    drawn,
    answers,
    doing: busy ? finding : takeHome.making,
    // Where nothing can be shown, the reason stands in its place.
    problem: words && !drawn && !before ? words : "",
    note: words || takeHome.note || (session.words || session.fix ? (answer?.warnings.join(" ") ?? "") : ""),
    cancelled,
    ready: answer !== undefined && !busy && takeHome.making === "",
    takeHome,
    finished: {
      ...request,
      variants: undefined,
      seed: answer?.seed ?? undefined,
      answer: answer?.answer || undefined,
      look: session.look,
    },
    cancel: () => (busy ? cancel() : takeHome.cancel()),
    goOn,
  };
}
