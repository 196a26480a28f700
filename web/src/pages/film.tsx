/** A film: sent, its scenes looked at and corrected, coloured by a job of the server, played before and after. */
import { useEffect, useRef, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { filmLimits, film as readFilm, sendFilm } from "../api/films";
import type { FilmLimits, Film as SentFilm } from "../api/types";
import type { Upload } from "../api/upload";
import { Making } from "../film/making";
import { Scenes } from "../film/scenes";
import { tell, useText } from "../i18n/text";
import { Batches } from "../ui/batches";
import { readableBytes } from "../ui/bytes";
import { DropArea } from "../ui/drop-area";
import { focusHeading } from "../ui/focus";

/** Names of films that browsers know no type for are among them. */
const FILMS = "video/*,.mkv,.avi,.mov,.mts,.m2ts,.mpg,.mpeg,.vob,.wmv,.flv,.mxf,.ogv,.3gp";

export function Film() {
  const t = useText();
  const navigate = useNavigate();
  const { id } = useParams();
  const [search, setSearch] = useSearchParams();
  const job = search.get("job");
  const [limits, setLimits] = useState<FilmLimits | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [film, setFilm] = useState<SentFilm | null>(null);
  const [sending, setSending] = useState<Upload<SentFilm> | null>(null);
  const [share, setShare] = useState(0);
  const [note, setNote] = useState("");
  const text = useRef(t);
  text.current = t;

  useEffect(() => {
    const ask = () => filmLimits().then(setLimits, () => {});
    ask();
    window.addEventListener("server-here", ask, { once: true });
    return () => window.removeEventListener("server-here", ask);
  }, []);

  // Another tab, another day: the server has it still, or says that it has not.
  useEffect(() => {
    if (!id || film?.id === id) return;
    let current = true;
    readFilm(id).then(
      (film) => current && setFilm(film),
      (error: unknown) => current && setNote(tell(text.current, error)),
    );
    return () => {
      current = false;
    };
  }, [id, film?.id]);

  const shown = job ?? id ?? "choose";
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    focusHeading();
  }, [shown]);

  async function take([file]: File[]) {
    if (!file) return;
    setNote("");
    setShare(0);
    setFile(file);
    const sending = sendFilm(file, setShare);
    setSending(sending);
    try {
      const film = await sending.answer;
      setFilm(film);
      navigate(`/film/${film.id}`);
    } catch (error) {
      setFile(null);
      const stopped = error instanceof DOMException && error.name === "AbortError";
      setNote(stopped ? t.film.cancelled : tell(t, error));
    }
    setSending(null);
  }

  const percent = Math.round(100 * share);
  return (
    <div className="pt-6 sm:pt-8">
      <h1 className="text-4xl sm:text-5xl">{t.film.title}</h1>
      <p className="mt-4 mb-8 max-w-[60ch] text-quiet">{t.film.lead}</p>
      {limits && !limits.possible && (
        <p role="alert" className="mb-6 max-w-[60ch] text-ember">
          {t.film.notPossible} {limits.problem?.detail}
        </p>
      )}
      {note && (
        <p role="alert" className="mb-6 text-ember">
          {note}
        </p>
      )}
      {sending ? (
        <div className="max-w-3xl">
          <progress className="batch" aria-label={t.film.sending(percent)} max={1} value={share} />
          <p role="status" className="mt-2 mb-4 text-sm text-quiet">
            {share < 1 ? t.film.sending(percent) : t.film.reading}
          </p>
          <button type="button" className="button" onClick={sending.abort}>
            {t.film.cancel}
          </button>
        </div>
      ) : id && job ? (
        <Making key={job} film={film} file={film?.id === id ? file : null} id={job} onAgain={() => setSearch({})} />
      ) : id && film?.id === id ? (
        <>
          <Scenes key={id} film={film} onStart={(job) => setSearch({ job })} />
          <button type="button" className="button mt-4" onClick={() => navigate("/film")}>
            {t.film.another}
          </button>
        </>
      ) : (
        limits?.possible !== false && (
          <DropArea
            strong
            accept={FILMS}
            label={t.film.input}
            button={t.film.choose}
            className="grid min-h-[40vh] place-items-center p-6 sm:p-8"
            onFiles={take}
          >
            <p className="font-serif text-3xl sm:text-4xl">{t.film.drop}</p>
            <p className="mx-auto mt-3 mb-7 max-w-[40ch] text-quiet">{t.film.text(limits ? readableBytes(limits.max_bytes) : "")}</p>
          </DropArea>
        )
      )}
      {!sending && !id && <Batches films title={t.film.earlier} />}
    </div>
  );
}
