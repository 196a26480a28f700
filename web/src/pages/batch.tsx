/** Several pictures with one set of settings, as a job of the server. */
import { useEffect, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Problem } from "../api/client";
import { cancel, events, fetched, forget, job as readJob, submit } from "../api/jobs";
import { useRegistry } from "../api/registry";
import { type Job, type Kind, type Look, PLAIN, takes, type Value } from "../api/types";
import { tell, useText } from "../i18n/text";
import { filesFor, missing } from "../session/request";
import { isForMany, meansOf, type Way, waysOf } from "../session/ways";
import { nameOf, save, stem } from "../studio/download";
import { LookControls } from "../studio/look-controls";
import { MemoryChoice } from "../studio/memory/memory-choice";
import { MethodControls } from "../studio/method-controls";
import { MoodControls } from "../studio/mood";
import { References } from "../studio/references";
import { WayChoice } from "../studio/way-choice";
import { Words } from "../studio/words";
import { Batches } from "../ui/batches";
import { readableBytes } from "../ui/bytes";
import { DropArea } from "../ui/drop-area";
import { focusHeading } from "../ui/focus";
import { useIncoming } from "../ui/incoming";

/** Where the names of a batch's files are, as they were sent: the server tells them only when they are done. */
const NAMES = "batch ";

function rememberNames(id: string, names: string[]) {
  localStorage.setItem(NAMES + id, JSON.stringify(names));
  // A job is forgotten after a day, and so are its names, some batches later.
  const all = Object.keys(localStorage).filter((key) => key.startsWith(NAMES));
  for (const key of all.filter((key) => key !== NAMES + id).slice(0, -20)) localStorage.removeItem(key);
}

function namesOf(id: string): string[] {
  return JSON.parse(localStorage.getItem(NAMES + id) ?? "[]");
}

export function Batch() {
  const t = useText();
  const navigate = useNavigate();
  const { id } = useParams();
  const { take, waiting } = useIncoming();
  const [files, setFiles] = useState<File[]>([]);

  // What was dropped or pasted somewhere in the app.
  useEffect(() => {
    if (waiting > 0) setFiles((files) => [...files, ...take()]);
  }, [waiting, take]);

  // The heading of what is shown now.
  const shown = id ?? (files.length > 0 ? "prepare" : "choose");
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    focusHeading();
  }, [shown]);

  return (
    <div className="pt-6 sm:pt-8">
      <h1 className="text-4xl sm:text-5xl">{t.batch.title}</h1>
      <p className="mt-4 mb-8 max-w-[60ch] text-quiet">{t.batch.lead}</p>
      {id ? (
        <Running key={id} id={id} onEnd={() => navigate("/batch")} />
      ) : files.length === 0 ? (
        <DropArea
          many
          strong
          label={t.drop.inputMany}
          button={t.drop.chooseMany}
          className="grid min-h-[40vh] place-items-center p-6 sm:p-8"
          onFiles={setFiles}
        >
          <p className="font-serif text-3xl sm:text-4xl">{t.drop.titleMany}</p>
          <p className="mx-auto mt-3 mb-7 max-w-[40ch] text-quiet">{t.drop.textMany}</p>
        </DropArea>
      ) : (
        <Prepare
          files={files}
          onFiles={setFiles}
          onSent={({ id, names }) => {
            rememberNames(id, names);
            setFiles([]);
            navigate(`/batch/${id}`);
          }}
        />
      )}
      {files.length === 0 && <Batches key={id} title={t.batch.earlier} except={id} />}
    </div>
  );
}

function Prepare({
  files,
  onFiles,
  onSent,
}: {
  files: File[];
  onFiles: (files: File[]) => void;
  onSent: (sent: { id: string; names: string[] }) => void;
}) {
  const t = useText();
  const registry = useRegistry();
  const [way, setWay] = useState<Way>("automatic");
  const [methodId, setMethodId] = useState("");
  const [words, setWords] = useState("");
  const [memory, setMemory] = useState("");
  const [mood, setMood] = useState("");
  const [moodPicture, setMoodPicture] = useState<File | null>(null);
  const [settings, setSettings] = useState<Record<string, Value>>({});
  const [look, setLook] = useState<Look>(PLAIN);
  const [format, setFormat] = useState("same");
  const [references, setReferences] = useState<File[]>([]);
  const [sending, setSending] = useState<AbortController | null>(null);
  const [note, setNote] = useState("");
  const methods = (registry?.methods ?? []).filter(isForMany);
  const method = methodId || (methods.find((method) => method.default)?.id ?? "");
  const chosen = methods.find(({ id }) => id === method);
  const referred = takes(chosen, "references");
  const spoken = takes(chosen, "words");
  const remembers = takes(chosen, "memory");
  const moody = takes(chosen, "mood");
  // References are all that can be given to many pictures at once; whether each has colours is told by its result.
  const given = new Set<Kind>(references.length > 0 ? ["colors", "references"] : ["colors"]);
  const waits = chosen !== undefined && missing(chosen, given) !== null;

  function choose(way: Way) {
    const means = meansOf(way, methods);
    setWay(way);
    setMethodId(means?.method.id ?? "");
    setSettings(means?.settings ?? {});
  }

  async function start() {
    const abort = new AbortController();
    setSending(abort);
    setNote("");
    try {
      const options = {
        method,
        settings,
        look,
        format,
        ...(spoken && words ? { text: words } : {}),
        ...(remembers && memory ? { memory } : {}),
        ...(moody && mood && !moodPicture ? { mood } : {}),
      };
      const beside = filesFor({ references, moodPicture }, chosen);
      const job = await submit(files, options, beside, crypto.randomUUID(), abort.signal);
      onSent({ id: job.id, names: files.map((file) => file.name) });
    } catch (error) {
      setNote(abort.signal.aborted ? t.studio.cancelled : tell(t, error));
      setSending(null);
    }
  }

  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0">
        <p className="text-sm text-quiet">{t.batch.files(files.length, readableBytes(files.reduce((sum, file) => sum + file.size, 0)))}</p>
        <ul className="mt-3 divide-y divide-line border-y border-line">
          {files.map((file, i) => (
            <li key={`${i} ${file.name}`} className="flex min-h-11 items-center gap-3 text-sm">
              <span className="min-w-0 truncate">{file.name}</span>
              <span className="ml-auto text-quiet">{readableBytes(file.size)}</span>
              <button
                type="button"
                aria-label={t.batch.remove(file.name)}
                className="size-11"
                onClick={() => onFiles(files.filter((other) => other !== file))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
        <DropArea
          many
          label={t.drop.inputMany}
          button={t.batch.add}
          className="mt-5 p-5"
          onFiles={(more) => onFiles([...files, ...more])}
        />
      </div>
      <aside aria-label={t.batch.settings} className="min-w-0 space-y-8">
        <WayChoice ways={waysOf(methods).filter((way) => way !== "paint")} way={way} onWay={choose} />
        {referred && (
          <References
            files={references}
            onAdd={(more) => setReferences([...references, ...more])}
            onRemove={(number) => setReferences(references.filter((_, i) => i !== number))}
          />
        )}
        {spoken && <Words labels={t.words} words={words} onWords={setWords} />}
        {remembers && <MemoryChoice chosen={memory} onChoose={setMemory} />}
        {moody && (
          <details className="border-t border-line pt-4">
            <summary className="min-h-11 cursor-pointer text-xl">{t.mend.whole}</summary>
            <div className="mt-3">
              <MoodControls words={mood} picture={moodPicture} onWords={setMood} onPicture={setMoodPicture} />
            </div>
          </details>
        )}
        <LookControls look={look} registry={registry} onChange={(change) => setLook({ ...look, ...change })} />
        <label className="block text-sm font-medium">
          {t.look.format}
          <select className="field mt-1.5 font-normal" value={format} onChange={(event) => setFormat(event.target.value)}>
            <option value="same">{t.look.sameFormat}</option>
            {["jpeg", "png", "webp", "tiff"].map((format) => (
              <option key={format} value={format}>
                {format.toUpperCase()}
              </option>
            ))}
          </select>
        </label>
        <details className="border-t border-line pt-4">
          <summary className="min-h-11 cursor-pointer text-xl">{t.studio.more}</summary>
          <div className="mt-3">
            <MethodControls
              methods={methods}
              method={method}
              settings={settings}
              onMethod={(id) => {
                setMethodId(id);
                setSettings({});
              }}
              onOption={(id, value) => {
                const { [id]: _, ...others } = settings;
                setSettings(value === undefined ? others : { ...others, [id]: value });
              }}
            />
          </div>
        </details>
        <div className="grid gap-3 border-t border-line pt-6">
          <button type="button" className="button button-strong" disabled={!method || waits || sending !== null} onClick={start}>
            {t.batch.start}
          </button>
          {sending && (
            <>
              <div className="developing h-1" />
              <button type="button" className="button" onClick={() => sending.abort()}>
                {t.batch.cancel}
              </button>
            </>
          )}
          <p role="status" className={`text-sm ${sending || waits ? "text-quiet" : "text-ember"}`}>
            {sending ? `${t.batch.sending} …` : waits ? t.method.needs.references : note}
          </p>
        </div>
      </aside>
    </div>
  );
}

function Running({ id, onEnd }: { id: string; onEnd: () => void }) {
  const t = useText();
  const [sentNames] = useState(() => namesOf(id));
  const [job, setJob] = useState<Job | null>(null);
  const [progress, setProgress] = useState(0);
  const [previews, setPreviews] = useState<Record<number, string>>({});
  const [note, setNote] = useState("");
  const text = useRef(t);
  text.current = t;

  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      const job = await readJob(id);
      if (abort.signal.aborted) return;
      setJob(job);
      setProgress(job.progress);
    };
    const follow = async () => {
      await read();
      for await (const event of events(id, abort.signal)) {
        if (event.event === "progress") setProgress(JSON.parse(event.data).progress);
        if (event.event === "preview") {
          const { number, image }: { number: number; image: string } = JSON.parse(event.data);
          setPreviews((previews) => ({ ...previews, [number]: image }));
          await read();
        }
      }
      await read();
    };
    follow().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const lost = error instanceof Problem && error.code === "unknown-job";
      setNote(lost ? text.current.batch.lost : tell(text.current, error));
    });
    return () => abort.abort();
  }, [id]);

  const all = job?.pictures ?? sentNames.length;
  const names = Array.from(
    { length: all },
    (_, i) => sentNames[i] ?? job?.files?.find((file) => file.number === i)?.name ?? t.batch.picture(i + 1),
  );
  const over = job !== null && !["queued", "running"].includes(job.state);
  const good = job?.files?.filter((file) => file.href).length ?? 0;
  const bad = job?.files?.filter((file) => file.error).length ?? 0;
  const act = (action: Promise<unknown>) => action.catch((error: unknown) => setNote(tell(t, error)));

  function stateOf(number: number) {
    const file = job?.files?.find((file) => file.number === number);
    if (file?.error) return { state: "failed" as const, share: 1, file };
    if (file?.href) return { state: "done" as const, share: 1, file };
    if (job?.state === "cancelled") return { state: "cancelled" as const, share: 0, file };
    if (job?.state === "failed") return { state: "failed" as const, share: 1, file };
    // Pictures are worked on in order, each of them the same share of the whole.
    const share = Math.min(1, Math.max(0, progress * all - number));
    return { state: share > 0 || previews[number] ? ("running" as const) : ("waiting" as const), share, file };
  }

  return (
    <div className="max-w-3xl">
      <progress className="batch" aria-label={t.batch.progress} max={1} value={over ? 1 : progress} />
      <p role="status" className="mt-2 text-sm text-quiet">
        {t.batch.done(good, all)}
        {bad > 0 && ` · ${t.batch.failedSome(bad)}`}
        {over && job && job.state !== "done" && ` · ${t.batch.state[job.state === "failed" ? "failed" : "cancelled"]}`}
      </p>
      {(note || job?.error) && (
        <p className="mt-2 text-sm text-ember">{note || (t.problems[job?.error?.code ?? ""] ?? job?.error?.detail)}</p>
      )}
      <ul className="mt-5 divide-y divide-line border-y border-line">
        {names.map((name, number) => {
          const { state, share, file } = stateOf(number);
          return (
            <li key={`${number} ${name}`} className="grid grid-cols-[3.5rem_minmax(0,1fr)_auto] items-center gap-4 py-2 text-sm">
              {previews[number] ? (
                <img src={previews[number]} alt="" className="h-11 w-14 rounded-sm object-cover" />
              ) : (
                <span className="h-11 w-14 rounded-sm bg-line" />
              )}
              <span className="min-w-0">
                <span className="block truncate">{name}</span>
                <span className={state === "failed" ? "text-ember" : "text-quiet"}>
                  {file?.error ? (t.problems[file.error.code] ?? file.error.detail) : t.batch.state[state]}
                </span>
                {state === "running" && <progress className="batch" aria-label={name} max={1} value={share} />}
              </span>
              {file?.href && (
                <button
                  type="button"
                  className="button"
                  aria-label={t.batch.download(name)}
                  onClick={() => act(fetched(file.href ?? "").then((blob) => save(blob, nameOf(name, blob.type, "color"))))}
                >
                  ↓
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <div className="mt-6 flex flex-wrap gap-3">
        {job?.result && (
          <button
            type="button"
            className="button button-strong"
            onClick={() =>
              act(
                fetched(job.result?.href ?? "").then((blob) =>
                  save(blob, job.kind === "batch" ? "autochrome.zip" : nameOf(stem(names[0] ?? "picture"), blob.type, "color")),
                ),
              )
            }
          >
            {t.batch.zip}
          </button>
        )}
        {job && !over && (
          <button type="button" className="button" onClick={() => act(cancel(id))}>
            {t.batch.cancel}
          </button>
        )}
        {(over || note) && (
          <>
            <button type="button" className="button" onClick={onEnd}>
              {t.batch.fresh}
            </button>
            <button type="button" className="button" onClick={() => act(forget(id)).then(onEnd)}>
              {t.batch.forget}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
