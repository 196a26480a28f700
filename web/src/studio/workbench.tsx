/** The picture that is open, with everything that can be done to it. */
import { type Dispatch, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useRegistry } from "../api/registry";
import { type ColorizeOptions, sourceFor, takes } from "../api/types";
import { tell, useText } from "../i18n/text";
import { keptOf, kindsOf, methodOf, missing, referencesFor, requestOf } from "../session/request";
import type { Session } from "../session/session";
import type { Action, Timeline } from "../session/timeline";
import { Choice } from "../ui/choice";
import { stem } from "./download";
import { type Brush, HintLayer } from "./hints/layer";
import { HintTools, SWATCHES } from "./hints/tools";
import { LookControls } from "./look-controls";
import { MethodControls } from "./method-controls";
import { AreaLayer } from "./parts/area-layer";
import { PartTools } from "./parts/part-tools";
import { RecolorTools } from "./recolor/recolor-tools";
import { usePalette } from "./recolor/use-palette";
import { References } from "./references";
import { Stage, type View } from "./stage";
import { TakeHome } from "./take-home";
import { useBefore, useColors } from "./use-colors";
import { useKeep } from "./use-keep";
import { usePreview } from "./use-preview";
import { useStable } from "./use-stable";
import { useTakeHome } from "./use-take-home";
import { Variants } from "./variants";

interface Props {
  timeline: Timeline;
  session: Session;
  dispatch: Dispatch<Action>;
}

export function Workbench({ timeline, session, dispatch }: Props) {
  const t = useText();
  const registry = useRegistry();
  const [view, setView] = useState<View>("compare");
  const [brush, setBrush] = useState<Brush>({ color: SWATCHES.grass, width: 0.02, tool: "paint" });
  const canvas = useRef<HTMLCanvasElement>(null);

  const file = session.original;
  const method = methodOf(session, registry?.methods ?? []);
  const painted = takes(method, "points") || takes(method, "strokes");
  const referred = takes(method, "references");
  const matched = referred && takes(method, "swatches");
  const recolored = takes(method, "recolors");

  const palette = usePalette(recolored ? file : null);
  const isGray = palette?.is_gray ?? null;
  const need = method ? missing(method, kindsOf(session, isGray)) : null;
  const source = sourceFor(need ?? undefined);
  const references = referencesFor(session, method);
  const request = useStable(method && !need ? requestOf(session, method) : null);
  const { answers, busy, error, cancel } = useColors(file, request, references);
  const before = useBefore(file, takes(method, "colors"));
  const answer = answers[session.answer] ?? answers[0];
  const ratio = usePreview(canvas, answer?.picture ?? (need ? null : session.preview), session.look);
  const takeHome = useTakeHome(file, references);

  const settled = method && answer && !busy && !error;
  const kept = useMemo(() => (settled ? keptOf(session, method, answer.picture) : null), [settled, session, method, answer]);
  const { setNote } = takeHome;
  useKeep(
    kept,
    useCallback(() => setNote(t.studio.noRoom), [setNote, t]),
  );

  useEffect(() => {
    if ((!painted && view === "hints") || (!matched && view === "parts")) setView("compare");
  }, [painted, matched, view]);

  // A method that waits for a hand gets the brush out.
  useEffect(() => {
    if (source === "hand") setView("hints");
  }, [source]);

  const finished: ColorizeOptions = {
    ...request,
    variants: undefined,
    seed: answer?.seed ?? undefined,
    answer: answer?.answer || undefined,
    look: session.look,
  };
  const gray = need?.of_picture ?? false;
  const needed = need ? (gray ? t.recolor.gray : source === "alone" ? need.remedy : t.method.needs[source]) : "";
  const failed = needed ? "" : error ? (error instanceof DOMException ? t.studio.cancelled : tell(t, error)) : takeHome.note;
  const doing = busy ? t.studio.finding : takeHome.making;
  const shownRatio = ratio ?? before?.ratio;
  return (
    <div className="pt-4">
      <div className="mb-5 flex flex-wrap items-center gap-3">
        <h1 className="min-w-0 truncate text-2xl sm:text-3xl">{session.name}</h1>
        <div className="ml-auto flex flex-wrap gap-2">
          <button
            type="button"
            className="button max-sm:px-4"
            disabled={timeline.past.length === 0}
            onClick={() => dispatch({ type: "undo" })}
          >
            {t.studio.undo}
          </button>
          <button
            type="button"
            className="button max-sm:px-4"
            disabled={timeline.future.length === 0}
            onClick={() => dispatch({ type: "redo" })}
          >
            {t.studio.redo}
          </button>
          <button type="button" className="button max-sm:px-4" onClick={() => dispatch({ type: "close" })}>
            {t.studio.another}
          </button>
        </div>
      </div>
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="min-w-0 self-start lg:sticky lg:top-4">
          <Stage
            view={view}
            before={before?.url ?? null}
            after={canvas}
            ratio={shownRatio ?? 1.5}
            drawn={ratio !== null}
            busy={doing !== ""}
            overlay={
              view === "hints" ? (
                <HintLayer hints={session.hints} brush={brush} ratio={shownRatio ?? 1} onChange={dispatch} />
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
              onChange={setView}
            />
          </Stage>
          <div className="mt-3 flex min-h-11 flex-wrap items-center gap-3 text-sm">
            <p role="status" className={`min-w-0 break-words first-letter:uppercase ${failed ? "text-ember" : needed ? "" : "text-quiet"}`}>
              {doing ? `${doing} …` : needed || failed || (ratio !== null ? t.studio.simulated : "")}
            </p>
            {doing && (
              <button type="button" className="button" onClick={() => (busy ? cancel() : takeHome.cancel())}>
                {t.studio.cancel}
              </button>
            )}
          </div>
          {answers.length > 1 && (
            <Variants answers={answers} chosen={session.answer} onChoose={(answer) => dispatch({ type: "choose-answer", answer })} />
          )}
        </div>
        <aside aria-label={t.studio.adjustments} className="flex flex-col gap-8">
          <MethodControls
            methods={registry?.methods ?? []}
            method={method?.id ?? ""}
            settings={session.settings}
            onMethod={(id) => dispatch({ type: "set-method", id })}
            onOption={(id, value) => dispatch({ type: "set-option", id, value })}
          />
          {takes(method, "seed") && (
            <label className="check">
              <input
                type="checkbox"
                checked={session.several}
                onChange={(event) => dispatch({ type: "set-several", several: event.target.checked })}
              />
              {t.method.several}
            </label>
          )}
          {view === "hints" && (
            <HintTools
              hints={session.hints}
              brush={brush}
              drawing={session.settings.sketch === true}
              name={stem(session.name)}
              onBrush={setBrush}
              onChange={dispatch}
            />
          )}
          {referred && (
            <References
              files={session.references}
              onAdd={(files) => dispatch({ type: "add-references", files })}
              onRemove={(number) => dispatch({ type: "remove-reference", number })}
            />
          )}
          {view === "parts" && <PartTools parts={session.parts} references={session.references} onChange={dispatch} />}
          {recolored && !gray && <RecolorTools palette={palette} recolors={session.recolors} onChange={dispatch} />}
          <LookControls look={session.look} registry={registry} onChange={(look) => dispatch({ type: "set-look", look })} />
          <TakeHome
            ready={answer !== undefined && doing === ""}
            waits={need !== null}
            onTake={(collage, mark) => takeHome.picture({ ...finished, collage }, mark)}
            onCurl={() => takeHome.curl(finished)}
            onReset={() => dispatch({ type: "reset-look" })}
          />
        </aside>
      </div>
    </div>
  );
}
