/** The picture that is open, with everything that can be done to it. */
import { type Dispatch, useCallback, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { useText } from "../i18n/text";
import type { Session } from "../session/session";
import { useOtherTab } from "../session/tabs";
import type { Action, Timeline } from "../session/timeline";
import { meansOf, type Way, wayOf, waysOf } from "../session/ways";
import { Choice } from "../ui/choice";
import { Adjustments } from "./adjustments";
import type { HintPlace } from "./hints/hints";
import { type Brush, HintLayer } from "./hints/layer";
import { PaintBar } from "./hints/paint-bar";
import { SWATCHES } from "./hints/palette";
import { useSuggestions } from "./hints/use-suggestions";
import { AreaLayer } from "./parts/area-layer";
import { Stage, type View } from "./stage";
import { Status } from "./status";
import { usePictureWork } from "./use-picture-work";
import { Variants } from "./variants";
import { WayChoice } from "./way-choice";

interface Props {
  timeline: Timeline;
  session: Session;
  dispatch: Dispatch<Action>;
}

export function Workbench({ timeline, session, dispatch }: Props) {
  const t = useText();
  const navigate = useNavigate();
  const work = usePictureWork(session);
  const { methods, method, painted, matched, need, source } = work;
  const way = wayOf(session, method);
  const [view, setView] = useState<View>("compare");
  const [brush, setBrush] = useState<Brush>({ color: SWATCHES.blue, width: 0.02, tool: "paint" });
  const [selected, setSelected] = useState<HintPlace | null>(null);
  const otherTab = useOtherTab(session.id);
  const chosen = selected?.kind === "point" ? (session.hints.points[selected.number] ?? null) : null;
  const suggestions = useSuggestions(work.sent, chosen);

  useEffect(() => {
    if ((!painted && view === "hints") || (!matched && view === "parts")) setView("compare");
  }, [painted, matched, view]);

  // A method that waits for a hand gets the brush out.
  useEffect(() => {
    if (source === "hand") setView("hints");
  }, [source]);

  // What was chosen may have been taken away, or undone.
  const { points, strokes } = session.hints;
  useEffect(() => {
    if (selected && selected.number >= (selected.kind === "point" ? points : strokes).length) setSelected(null);
  }, [selected, points, strokes]);

  const choose = useCallback(
    (way: Way) => {
      const means = meansOf(way, methods);
      if (!means) return;
      dispatch({ type: "choose-way", way, method: means.method.default ? "" : means.method.id, settings: means.settings });
      setView(way === "paint" || way === "drawing" ? "hints" : "compare");
    },
    [methods, dispatch],
  );

  function look(view: View) {
    setView(view);
    // The brush is for whoever paints.
    if (view === "hints" && way === "automatic") choose("paint");
  }

  return (
    <div className="pt-2 pb-20 sm:pt-4 sm:pb-0">
      <div className="mb-1 flex items-center gap-3 sm:mb-4">
        <h1 className="min-w-0 truncate text-xl sm:text-3xl">{session.name}</h1>
        <div className="ml-auto flex shrink-0 gap-2">
          {(["undo", "redo"] as const).map((type) => (
            <button
              key={type}
              type="button"
              aria-label={t.studio[type]}
              title={t.studio[type]}
              className="button max-sm:w-11 max-sm:px-0"
              disabled={(type === "undo" ? timeline.past : timeline.future).length === 0}
              onClick={() => dispatch({ type })}
            >
              <span className="max-sm:hidden">{t.studio[type]}</span>
              <svg viewBox="0 0 24 24" className={`size-5 sm:hidden ${type === "redo" ? "-scale-x-100" : ""}`} aria-hidden="true">
                <path d="M9 5 4 10l5 5M4 10h10a5 5 0 0 1 0 10h-3" fill="none" stroke="currentColor" strokeWidth="2" />
              </svg>
            </button>
          ))}
          <button
            type="button"
            aria-label={t.studio.another}
            title={t.studio.another}
            className="button max-sm:w-11 max-sm:px-0"
            onClick={() => navigate("/studio")}
          >
            <span className="max-sm:hidden">{t.studio.another}</span>
            <svg viewBox="0 0 24 24" className="size-5 sm:hidden" aria-hidden="true">
              <path d="M12 5v14M5 12h14" fill="none" stroke="currentColor" strokeWidth="2" />
            </svg>
          </button>
        </div>
      </div>
      {otherTab && (
        <p role="status" className="notice">
          {t.studio.otherTab}
        </p>
      )}
      <WayChoice ways={waysOf(methods)} way={way} onWay={choose} />
      <div className="mt-2 grid gap-x-12 gap-y-8 sm:mt-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="min-w-0 self-start lg:sticky lg:top-4">
          {work.problem ? (
            <Unshown why={work.problem} onAgain={work.goOn} onAnother={() => navigate("/studio")} />
          ) : (
            <Stage
              view={view}
              before={work.before?.url ?? null}
              after={work.canvas}
              ratio={work.ratio ?? 1.5}
              drawn={work.drawn}
              busy={work.doing !== ""}
              overlay={
                view === "hints" ? (
                  <HintLayer
                    hints={session.hints}
                    brush={brush}
                    selected={selected}
                    reach={suggestions?.reach ?? null}
                    ratio={work.ratio ?? 1}
                    canvas={work.canvas}
                    onBrush={setBrush}
                    onSelect={setSelected}
                    onChange={dispatch}
                  />
                ) : (
                  <AreaLayer
                    label={t.parts.onPicture}
                    describedBy="part-keys"
                    areas={[
                      ...session.parts.pairs.map(({ picture }, i) => ({ area: picture, number: i + 1 })),
                      ...(session.parts.open ? [{ area: session.parts.open, number: null }] : []),
                    ]}
                    onArea={(area) => dispatch({ type: "mark-part", area })}
                  />
                )
              }
              tools={
                view === "hints" && (
                  <PaintBar
                    hints={session.hints}
                    brush={brush}
                    selected={selected}
                    references={session.references}
                    onBrush={setBrush}
                    onSelect={setSelected}
                    onChange={dispatch}
                  />
                )
              }
            >
              <Choice
                label={t.stage.view}
                value={view}
                options={[
                  ["compare", t.stage.compare],
                  ["side", t.stage.side],
                  ...(painted ? [["hints", t.stage.hints] as const] : []),
                  ...(matched ? [["parts", t.stage.parts] as const] : []),
                ]}
                onChange={look}
              />
            </Stage>
          )}
          {!work.problem && <Status work={work} session={session} way={way} onWay={choose} onChange={dispatch} />}
          {work.answers.length > 1 && (
            <Variants answers={work.answers} chosen={session.answer} onChoose={(answer) => dispatch({ type: "choose-answer", answer })} />
          )}
        </div>
        {!work.problem && (
          <Adjustments
            suggestions={suggestions}
            session={session}
            work={work}
            view={view}
            selected={selected}
            waits={need !== null}
            onSelect={setSelected}
            dispatch={dispatch}
          />
        )}
      </div>
    </div>
  );
}

/** Stands where the picture would be. */
function Unshown({ why, onAgain, onAnother }: { why: string; onAgain: () => void; onAnother: () => void }) {
  const t = useText();
  return (
    <div role="alert" className="grid min-h-[40vh] content-center gap-6 rounded-sm border border-line bg-card p-6 text-lg sm:p-10">
      <p className="max-w-[60ch] first-letter:uppercase">{why}</p>
      <p className="flex flex-wrap gap-3">
        <button type="button" className="button" onClick={onAnother}>
          {t.studio.another}
        </button>
        <button type="button" className="button" onClick={onAgain}>
          {t.studio.tryAgain}
        </button>
      </p>
    </div>
  );
}
