/** A film that is being coloured, and how it came out. */
import { useEffect, useRef, useState } from "react";
import { playable } from "../api/films";
import { cancel, events, fetched, job as readJob } from "../api/jobs";
import type { Film, FilmProgress, Job } from "../api/types";
import { tell, useText } from "../i18n/text";
import { save } from "../studio/download";
import { useObjectUrl } from "../ui/object-url";
import { Player } from "./player";
import { moment } from "./time";

interface Props {
  film: Film | null;
  /** The film itself, where it was chosen in this tab. */
  file: File | null;
  id: string;
  onAgain: () => void;
}

export function Making({ film, file, id, onAgain }: Props) {
  const t = useText();
  const [job, setJob] = useState<Job | null>(null);
  const [progress, setProgress] = useState<FilmProgress | null>(null);
  const [preview, setPreview] = useState("");
  const [note, setNote] = useState("");
  const [films, setFilms] = useState<{ before: string; after: string } | null>(null);
  const own = useObjectUrl(file);
  const text = useRef(t);
  text.current = t;

  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      const job = await readJob(id);
      if (abort.signal.aborted) return;
      setJob(job);
      if (job.film) setProgress(job.film);
    };
    const follow = async () => {
      await read();
      for await (const event of events(id, abort.signal)) {
        const told = JSON.parse(event.data);
        if (event.event === "progress" && told.film) setProgress(told.film);
        if (event.event === "preview") setPreview(told.image);
      }
      await read();
    };
    follow().catch((error: unknown) => {
      if (!abort.signal.aborted) setNote(tell(text.current, error));
    });
    return () => abort.abort();
  }, [id]);

  const href = job?.result?.href;
  const source = film?.href;
  useEffect(() => {
    if (!href) return;
    let current = true;
    const load = async () => {
      const after = await playable(href);
      const before = own || (source ? await playable(source) : after);
      if (current) setFilms({ before, after });
    };
    load().catch((error: unknown) => setNote(tell(text.current, error)));
    return () => {
      current = false;
    };
  }, [href, own, source]);

  const over = job !== null && !["queued", "running"].includes(job.state);
  const name = job?.files?.[0]?.name ?? "film.color.mp4";
  const share = progress?.total ? progress.frames / progress.total : 0;
  const act = (action: Promise<unknown>) => action.catch((error: unknown) => setNote(tell(t, error)));

  return (
    <div className="max-w-5xl">
      {!over && (
        <>
          {preview && <img src={preview} alt={t.film.preview} className="mb-4 w-full max-w-xl rounded-sm border border-line" />}
          <progress className="batch" aria-label={t.film.progress} max={1} value={share} />
          <p className="mt-2 text-sm text-quiet tabular-nums">
            {progress ? t.film.frames(progress.frames, progress.total ?? null) : t.film.waiting}
            {progress?.fps ? ` · ${t.film.fps(progress.fps)}` : ""}
            {progress?.eta_s ? ` · ${t.film.left(moment(progress.eta_s))}` : ""}
          </p>
        </>
      )}
      {films && <Player before={films.before} after={films.after} />}
      <p role="status" className="mt-3 text-sm text-quiet">
        {job?.state === "done" && t.film.done(progress?.frames ?? 0, progress?.scenes ?? 0)}
        {job?.state === "cancelled" && t.film.cancelled}
      </p>
      {(job?.state === "done" ? (progress?.notes ?? []) : []).map((note) => (
        <p key={note} className="mt-1 text-sm text-quiet">
          {note}
        </p>
      ))}
      {(note || job?.error) && (
        <p role="alert" className="mt-2 text-sm text-ember">
          {note || (t.problems[job?.error?.code ?? ""] ?? job?.error?.detail)}
        </p>
      )}
      <div className="mt-5 flex flex-wrap gap-3">
        {href && films && (
          <button
            type="button"
            className="button button-strong"
            onClick={() => act(films.after === href ? Promise.resolve(give(href, name)) : fetched(href).then((blob) => save(blob, name)))}
          >
            {t.film.download}
          </button>
        )}
        {!over && (
          <button type="button" className="button" onClick={() => act(cancel(id))}>
            {t.film.cancel}
          </button>
        )}
        {over && (
          <button type="button" className="button" onClick={onAgain}>
            {t.film.again}
          </button>
        )}
      </div>
    </div>
  );
}

/** Lets the browser fetch a film of any size itself. */
function give(href: string, name: string) {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}
