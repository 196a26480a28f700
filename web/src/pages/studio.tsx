/** One picture: colour it, compare, adjust, take it home. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { asCurl, type ColorizeOptions, colorize, type Recolor } from "../api/colorize";
import { type Look, PLAIN, takes, useRegistry, type Value } from "../api/registry";
import { entry, keep } from "../history/store";
import { tell, useText } from "../i18n/text";
import { marked, nameOf, save, stem } from "../studio/download";
import { DropZone } from "../studio/drop-zone";
import { BLANK, change, isEmpty } from "../studio/hints/hints";
import { type Brush, HintLayer } from "../studio/hints/layer";
import { HintTools, SWATCHES } from "../studio/hints/tools";
import { LookControls } from "../studio/look-controls";
import { MethodControls } from "../studio/method-controls";
import { AreaLayer } from "../studio/parts/area-layer";
import { PartTools } from "../studio/parts/part-tools";
import { change as changePart, NO_PARTS } from "../studio/parts/parts";
import { RecolorTools } from "../studio/recolor/recolor-tools";
import { References } from "../studio/references";
import { Stage, type View } from "../studio/stage";
import { useBefore, useColors } from "../studio/use-colors";
import { usePreview } from "../studio/use-preview";
import { Variants } from "../studio/variants";
import { Choice } from "../ui/choice";
import { fetchSample, isSample } from "../ui/samples";

/** How many answers of a method are shown. */
const SEVERAL = 4;

interface Work {
  id: string;
  file: File;
  /** What the history keeps of it, shown until the server has answered. */
  kept: Blob | null;
}

const NO_FILES: File[] = [];
const NO_RECOLORS: Recolor[] = [];

export function Studio() {
  const t = useText();
  const registry = useRegistry();
  const [work, setWork] = useState<Work | null>(null);
  const [look, setLook] = useState<Look>(PLAIN);
  const [methodId, setMethodId] = useState("");
  const [settings, setSettings] = useState<Record<string, Value>>({});
  const [sketch, changeSketch] = useReducer(change, BLANK);
  const [brush, setBrush] = useState<Brush>({ color: SWATCHES.grass, width: 0.02, tool: "paint" });
  const [references, setReferences] = useState<File[]>(NO_FILES);
  const [parts, changeParts] = useReducer(changePart, NO_PARTS);
  const [recolors, setRecolors] = useState<Recolor[]>(NO_RECOLORS);
  const [several, setSeveral] = useState(false);
  const [chosen, setChosen] = useState(0);
  const [view, setView] = useState<View>("compare");
  const [mark, setMark] = useState(false);
  const [making, setMaking] = useState("");
  const [note, setNote] = useState("");
  const [query, setQuery] = useSearchParams();
  const download = useRef<AbortController | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);

  const methods = registry?.methods ?? [];
  const method = methods.find(({ id }) => id === methodId) ?? methods.find((method) => method.default);
  const [hinted, referred, seeded] = [takes(method, "hints"), takes(method, "references"), takes(method, "seed")];
  const [matched, recolored] = [referred && takes(method, "parts"), takes(method, "recolors")];

  // What decides about the colours. Without seeds more answers cost nothing, so they are always asked for.
  const variants = seeded && !several ? 1 : SEVERAL;
  const asked = useMemo<ColorizeOptions | null>(
    () =>
      method
        ? {
            method: method.id,
            settings,
            ...(hinted && !isEmpty(sketch.now) ? sketch.now : {}),
            ...(matched && parts.pairs.length > 0 ? { swatches: parts.pairs } : {}),
            ...(recolored && recolors.length > 0 ? { recolors } : {}),
            variants,
          }
        : null,
    [method, settings, hinted, sketch.now, matched, parts.pairs, recolored, recolors, variants],
  );
  const given = referred ? references : NO_FILES;
  const { answers, busy, error, cancel } = useColors(work?.file ?? null, asked, given);
  const before = useBefore(work?.file ?? null);
  const answer = answers[chosen] ?? answers[0];
  const colored = answer?.picture ?? work?.kept ?? null;
  const ratio = usePreview(canvas, colored, look);

  const open = useCallback((file: File) => {
    setWork({ id: crypto.randomUUID(), file, kept: null });
    setLook(PLAIN);
    setChosen(0);
    changeSketch({ do: "forget" });
    changeParts({ do: "clear" });
    setRecolors(NO_RECOLORS);
    setNote("");
  }, []);

  // A sample or a picture of the history that another page sent here.
  useEffect(() => {
    const [sample, kept] = [query.get("sample"), query.get("kept")];
    if (!sample && !kept) return;
    setQuery({}, { replace: true });
    if (isSample(sample)) fetchSample(sample).then(open, () => {});
    if (kept) {
      entry(kept).then((found) => {
        if (!found) return setNote(t.studio.notKept);
        setMethodId(found.method);
        setSettings(found.settings);
        setLook(found.look);
        setReferences(found.references ?? NO_FILES);
        changeSketch({ do: "forget" });
        if (found.hints && !isEmpty(found.hints)) changeSketch({ do: "load", hints: found.hints });
        changeParts({ do: "load", pairs: found.parts ?? [] });
        setRecolors(found.recolors ?? NO_RECOLORS);
        setSeveral((found.answer ?? 0) > 0);
        setChosen(found.answer ?? 0);
        setWork({ id: found.id, file: new File([found.original], found.name, { type: found.original.type }), kept: found.preview });
      });
    }
  }, [query, setQuery, open, t]);

  // What is seen is what is kept: half a second after the last change.
  useEffect(() => {
    if (!work || !answer || !method || busy) return;
    const timer = setTimeout(() => {
      keep({
        id: work.id,
        name: work.file.name,
        whenMs: Date.now(),
        original: work.file,
        preview: answer.picture,
        method: method.id,
        settings,
        look,
        hints: hinted ? sketch.now : undefined,
        references: given,
        parts: matched ? parts.pairs : undefined,
        recolors: recolored ? recolors : undefined,
        answer: chosen,
      }).catch(() => setNote(t.studio.noRoom));
    }, 500);
    return () => clearTimeout(timer);
  }, [work, answer, method, busy, settings, look, hinted, sketch.now, given, matched, parts.pairs, recolored, recolors, chosen, t]);

  useEffect(() => {
    if ((!hinted && view === "hints") || (!matched && view === "parts")) setView("compare");
  }, [hinted, matched, view]);

  if (!work) {
    return (
      <div className="pt-8">
        <h1 className="mb-8 text-4xl sm:text-5xl">{t.studio.title}</h1>
        <DropZone onFile={open} />
        <p role="status" className="mt-6 text-ember">
          {note}
        </p>
      </div>
    );
  }

  const options: ColorizeOptions = {
    ...asked,
    variants: undefined,
    seed: answer?.seed ?? undefined,
    answer: answer?.answer || undefined,
    look,
  };

  async function take(work: Work, collage: boolean) {
    const abort = new AbortController();
    download.current = abort;
    setNote("");
    setMaking(collage ? t.studio.makingCollage : t.studio.makingPicture);
    try {
      const made = await colorize(work.file, { ...options, collage }, given, abort.signal);
      const picture = mark ? await marked(made, t.studio.markText) : made;
      save(picture, nameOf(work.file.name, picture.type, collage ? "collage" : "color"));
    } catch (error) {
      setNote(abort.signal.aborted ? t.studio.cancelled : tell(t, error));
    }
    setMaking("");
  }

  async function copy(work: Work) {
    const command = asCurl(work.file.name, options, given);
    try {
      await navigator.clipboard.writeText(command);
      setNote(t.studio.curlDone);
    } catch {
      setNote(`${t.studio.curlFailed} ${command}`);
    }
  }

  const failed = error ? (error instanceof DOMException ? t.studio.cancelled : tell(t, error)) : note;
  const doing = busy ? t.studio.finding : making;
  const ready = answer !== undefined && !busy && !making;
  return (
    <div className="pt-4">
      <div className="mb-5 flex flex-wrap items-center gap-3">
        <h1 className="min-w-0 truncate text-2xl sm:text-3xl">{work.file.name}</h1>
        <button type="button" className="button ml-auto" onClick={() => setWork(null)}>
          {t.studio.another}
        </button>
      </div>
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="min-w-0 self-start lg:sticky lg:top-4">
          <Stage
            key={work.id}
            view={view}
            before={before?.url ?? null}
            after={canvas}
            ratio={ratio ?? before?.ratio ?? 1.5}
            drawn={ratio !== null}
            busy={doing !== ""}
            overlay={
              view === "hints" ? (
                <HintLayer hints={sketch.now} brush={brush} ratio={ratio ?? 1} onChange={changeSketch} />
              ) : (
                <AreaLayer
                  label={t.parts.onPicture}
                  describedBy="part-keys"
                  areas={[
                    ...parts.pairs.map(({ picture }, i) => ({ area: picture, number: i + 1 })),
                    ...(parts.open ? [{ area: parts.open, number: null }] : []),
                  ]}
                  onArea={(area) => changeParts({ do: "here", area })}
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
                ...(hinted ? [["hints", t.stage.hints] as const] : []),
                ...(matched ? [["parts", t.stage.parts] as const] : []),
              ]}
              onChange={setView}
            />
          </Stage>
          <div className="mt-3 flex min-h-11 flex-wrap items-center gap-3 text-sm">
            <p role="status" className={`min-w-0 break-words ${failed ? "text-ember" : "text-quiet"}`}>
              {doing ? `${doing} …` : failed || (ratio !== null ? t.studio.simulated : "")}
            </p>
            {doing && (
              <button type="button" className="button" onClick={() => (busy ? cancel() : download.current?.abort())}>
                {t.studio.cancel}
              </button>
            )}
          </div>
          {answers.length > 1 && <Variants answers={answers} chosen={chosen} onChoose={setChosen} />}
        </div>
        <aside aria-label={t.studio.adjustments} className="space-y-8">
          {view === "hints" && (
            <HintTools sketch={sketch} brush={brush} name={stem(work.file.name)} onBrush={setBrush} onChange={changeSketch} />
          )}
          {referred && (
            <References
              files={references}
              onAdd={(more) => setReferences([...references, ...more])}
              onRemove={(number) => {
                setReferences(references.filter((_, i) => i !== number));
                changeParts({ do: "forget-reference", reference: number });
              }}
            />
          )}
          {view === "parts" && <PartTools parts={parts} references={references} onChange={changeParts} />}
          {recolored && <RecolorTools file={work.file} recolors={recolors} onChange={setRecolors} />}
          <LookControls look={look} filters={registry?.filters ?? []} onChange={setLook} />
          <MethodControls
            methods={methods}
            method={method?.id ?? ""}
            settings={settings}
            onMethod={(id) => {
              setMethodId(id);
              setSettings({});
              setChosen(0);
            }}
            onSettings={setSettings}
          />
          {seeded && (
            <label className="check">
              <input type="checkbox" checked={several} onChange={(event) => setSeveral(event.target.checked)} />
              {t.method.several}
            </label>
          )}
          <div className="grid gap-3 border-t border-line pt-6">
            <button type="button" className="button button-strong" disabled={!ready} onClick={() => take(work, false)}>
              {t.studio.download}
            </button>
            <button type="button" className="button" disabled={!ready} onClick={() => take(work, true)}>
              {t.studio.downloadCollage}
            </button>
            <label className="check">
              <input type="checkbox" checked={mark} onChange={(event) => setMark(event.target.checked)} />
              <span>
                {t.studio.mark}
                {mark && <span className="mt-1 block text-quiet">{t.studio.markNote}</span>}
              </span>
            </label>
            <button type="button" className="button" onClick={() => copy(work)}>
              {t.studio.curl}
            </button>
            <button type="button" className="min-h-11 text-sm text-quiet underline underline-offset-4 hover:text-ink" onClick={() => setLook(PLAIN)}>
              {t.studio.undoAll}
            </button>
          </div>
        </aside>
      </div>
    </div>
  );
}
