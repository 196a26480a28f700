/** One picture: colour it, compare, adjust, take it home. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { asCurl, colorize, type Filter, filters as fetchFilters, type Look, type Method, methods as fetchMethods, PLAIN, type Value } from "../api/client";
import { entry, keep } from "../history/store";
import { Compare } from "../studio/compare";
import { LookControls, MethodControls } from "../studio/controls";
import { DropZone } from "../studio/drop-zone";
import { usePreview } from "../studio/use-preview";
import { fetchSample } from "../ui/samples";

/** Longer side of previews: about two megapixels. */
const PREVIEW_SIDE_PX = 1700;
const PREVIEW = { max_side_px: PREVIEW_SIDE_PX, format: "jpeg", quality: 95 };

interface Work {
  id: string;
  file: File;
}

export function Studio() {
  const [work, setWork] = useState<Work | null>(null);
  const [look, setLook] = useState<Look>(PLAIN);
  const [methods, setMethods] = useState<Method[]>([]);
  const [filters, setFilters] = useState<Filter[]>([]);
  const [method, setMethod] = useState("");
  const [settings, setSettings] = useState<Record<string, Value>>({});
  const [before, setBefore] = useState<string | null>(null);
  const [colored, setColored] = useState<Blob | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [query, setQuery] = useSearchParams();
  const running = useRef<AbortController | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const tookMs = usePreview(canvas, colored, look);

  const open = useCallback((file: File) => {
    setWork({ id: crypto.randomUUID(), file });
    setColored(null);
    setBefore(null);
    setLook(PLAIN);
    setNote("");
  }, []);

  useEffect(() => {
    Promise.all([fetchMethods(), fetchFilters()])
      .then(([methods, filters]) => {
        setMethods(methods);
        setFilters(filters);
        setMethod((chosen) => chosen || (methods.find((method) => method.default)?.id ?? ""));
      })
      .catch((error: Error) => setNote(`The server does not answer: ${error.message}`));
  }, []);

  // A sample or a picture of the history that another page sent here.
  useEffect(() => {
    const [sample, kept] = [query.get("sample"), query.get("kept")];
    if (!sample && !kept) return;
    setQuery({}, { replace: true });
    if (sample) fetchSample(sample).then((file) => file && open(file));
    if (kept) {
      entry(kept).then((found) => {
        if (!found) return;
        setWork({ id: found.id, file: new File([found.original], found.name, { type: found.original.type }) });
        setMethod(found.method);
        setSettings(found.settings);
        setLook(found.look);
      });
    }
  }, [query, setQuery, open]);

  // The picture as it was, in gray: also of formats that browsers cannot show.
  useEffect(() => {
    if (!work) return;
    const abort = new AbortController();
    let url: string | null = null;
    colorize(work.file, { ...PREVIEW, method: "gray" }, abort.signal)
      .then(({ blob }) => {
        url = URL.createObjectURL(blob);
        setBefore(url);
      })
      .catch(() => {
        // The colouring below meets the same problem and tells it.
      });
    return () => {
      abort.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [work]);

  useEffect(() => {
    if (!work || !method) return;
    const abort = new AbortController();
    running.current = abort;
    setBusy("Finding colours");
    setNote("");
    colorize(work.file, { ...PREVIEW, method, settings }, abort.signal)
      .then(({ blob }) => {
        setColored(blob);
        setBusy(null);
      })
      .catch((error: Error) => {
        if (abort.signal.reason === "replaced") return;
        setNote(abort.signal.aborted ? "Cancelled." : error.message);
        setBusy(null);
      });
    return () => abort.abort("replaced");
  }, [work, method, settings]);

  // What is seen is what is kept: half a second after the last change.
  useEffect(() => {
    if (!work || !colored) return;
    const timer = setTimeout(() => {
      keep({ id: work.id, name: work.file.name, whenMs: Date.now(), original: work.file, preview: colored, method, settings, look }).catch(
        () => setNote("This browser gives no room for the history; the picture itself is not affected."),
      );
    }, 500);
    return () => clearTimeout(timer);
  }, [work, colored, method, settings, look]);

  async function download(collage: boolean) {
    if (!work) return;
    const abort = new AbortController();
    running.current = abort;
    setBusy(collage ? "Making the collage" : "Making the full picture");
    try {
      const { blob } = await colorize(work.file, { method, settings, look, collage }, abort.signal);
      save(blob, nameOf(work.file.name, blob.type, collage ? "collage" : "color"));
    } catch (error) {
      setNote(abort.signal.aborted ? "Cancelled." : (error as Error).message);
    }
    setBusy(null);
  }

  if (!work) {
    return (
      <div className="pt-8">
        <h1 className="mb-8 text-4xl sm:text-5xl">Studio</h1>
        <DropZone onFile={open} />
        <p role="status" className="mt-6 text-ember">
          {note}
        </p>
      </div>
    );
  }

  return (
    <div className="pt-4">
      <div className="mb-5 flex flex-wrap items-center gap-3">
        <h1 className="min-w-0 truncate text-2xl sm:text-3xl">{work.file.name}</h1>
        <button type="button" className="button ml-auto" onClick={() => setWork(null)}>
          Another picture
        </button>
      </div>
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div>
          {colored ? (
            <Compare before={before} after={canvas} busy={busy !== null} />
          ) : (
            <div className="relative grid aspect-[3/2] place-items-center overflow-hidden rounded-sm bg-line text-ink">
              {before && <img src={before} alt="The picture as it was" className="absolute inset-0 size-full object-contain" />}
              {busy && <span className="developing absolute inset-x-0 bottom-0 h-1" />}
            </div>
          )}
          <div className="mt-3 flex min-h-11 flex-wrap items-center gap-3 text-sm">
            <p role="status" className={note ? "text-ember" : "text-quiet"}>
              {note || (busy ? `${busy} …` : tookMs !== null ? "Colours are simulated." : "")}
            </p>
            {busy && (
              <button type="button" className="button" onClick={() => running.current?.abort()}>
                Cancel
              </button>
            )}
          </div>
        </div>
        <aside aria-label="Adjustments" className="space-y-8">
          <LookControls look={look} filters={filters} onChange={setLook} />
          <MethodControls
            methods={methods}
            method={method}
            settings={settings}
            onMethod={(id) => {
              setMethod(id);
              setSettings({});
            }}
            onSettings={setSettings}
          />
          <div className="grid gap-3 border-t border-line pt-6">
            <button type="button" className="button button-strong" disabled={!colored || busy !== null} onClick={() => download(false)}>
              Download
            </button>
            <button type="button" className="button" disabled={!colored || busy !== null} onClick={() => download(true)}>
              Download the collage
            </button>
            <button
              type="button"
              className="button"
              onClick={() =>
                navigator.clipboard
                  .writeText(asCurl(work.file.name, { method, settings, look }))
                  .then(() => setNote("The command is in the clipboard."))
                  .catch(() => setNote("This browser does not let pages write to the clipboard."))
              }
            >
              Copy as curl
            </button>
            <button type="button" className="min-h-11 text-sm text-quiet underline underline-offset-4 hover:text-ink" onClick={() => setLook(PLAIN)}>
              Undo all adjustments
            </button>
          </div>
        </aside>
      </div>
    </div>
  );
}

function nameOf(original: string, type: string, what: string): string {
  const extension = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/tiff": "tif" }[type] ?? "png";
  return `${original.replace(/\.[^.]+$/, "")}.${what}.${extension}`;
}

function save(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
