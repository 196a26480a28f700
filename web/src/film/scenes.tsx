/** The contact sheet of a film: every scene in colour, to be clicked where something is to be said about it. */
import { useEffect, useRef, useState } from "react";
import { colorFilm, NOTHING_SAID, NOTHING_WHOLE, scenes as readScenes, type Said, type Scene, type Whole } from "../api/films";
import type { Film } from "../api/types";
import { tell, useText } from "../i18n/text";
import { MemoryChoice } from "../studio/memory/memory-choice";
import { MoodControls } from "../studio/mood";
import { SceneEditor } from "./scene-editor";
import { moment } from "./time";

interface Props {
  film: Film;
  onStart: (job: string) => void;
}

export function Scenes({ film, onStart }: Props) {
  const t = useText();
  const [scenes, setScenes] = useState<Scene[]>([]);
  const [looking, setLooking] = useState(true);
  const [said, setSaid] = useState(new Map<number, Said>());
  const [looks, setLooks] = useState(new Map<number, string>());
  const [whole, setWhole] = useState<Whole>(NOTHING_WHOLE);
  const [open, setOpen] = useState<number | null>(null);
  const [starting, setStarting] = useState(false);
  const [note, setNote] = useState("");
  const text = useRef(t);
  text.current = t;

  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      setScenes([]);
      setLooks(new Map());
      setNote("");
      setLooking(true);
      for await (const scene of readScenes(film.id, whole, abort.signal)) setScenes((scenes) => [...scenes, scene]);
      setLooking(false);
    };
    read().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      setLooking(false);
      setNote(tell(text.current, error));
    });
    return () => abort.abort();
  }, [film.id, whole]);

  async function start() {
    setStarting(true);
    setNote("");
    try {
      onStart((await colorFilm(film.id, scenes, said, whole, crypto.randomUUID())).id);
    } catch (error) {
      setNote(tell(t, error));
      setStarting(false);
    }
  }

  const chosen = scenes.find(({ number }) => number === open);
  return (
    <div>
      <p role="status" className="text-sm text-quiet">
        {film.name} · {film.width} × {film.height}
        {film.duration_s ? ` · ${moment(film.duration_s)}` : ""} · {t.film.count(scenes.length)}
        {looking && ` · ${t.film.looking} …`}
      </p>
      {film.notes.map((note) => (
        <p key={note} className="mt-1 text-sm text-quiet">
          {note}
        </p>
      ))}
      {looking && <div className="developing mt-3 h-1" />}
      <p className="mt-5 max-w-[60ch] text-quiet">{t.film.sheetHow}</p>
      <ol className="mt-4 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4 xl:grid-cols-5">
        {scenes.map((scene) => {
          const { way, points } = said.get(scene.number) ?? NOTHING_SAID;
          const name = t.film.scene(scene.number, moment(scene.at_s, 1));
          return (
            <li key={scene.number}>
              <button
                type="button"
                aria-pressed={open === scene.number}
                className="block w-full rounded-sm text-left aria-pressed:outline-2 aria-pressed:outline-offset-2 aria-pressed:outline-ember"
                onClick={() => setOpen(open === scene.number ? null : scene.number)}
              >
                <img src={looks.get(scene.number) ?? scene.image} alt="" className="w-full rounded-sm border border-line" />
                <span className="mt-1 block text-sm">{name}</span>
                <span className="block text-sm text-quiet">
                  {way === "auto" ? (scene.kept ? t.film.kept : t.film.ways.auto) : t.film.ways[way]}
                  {way === "spots" && ` (${points.length})`}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {chosen && (
        <SceneEditor
          key={chosen.number}
          film={film.id}
          scene={chosen}
          said={said.get(chosen.number) ?? NOTHING_SAID}
          whole={whole}
          onSay={(what) => setSaid((said) => new Map(said).set(chosen.number, what))}
          onLook={(picture) => {
            const url = URL.createObjectURL(picture);
            setLooks((looks) => {
              const before = looks.get(chosen.number);
              if (before) URL.revokeObjectURL(before);
              return new Map(looks).set(chosen.number, url);
            });
          }}
          onClose={() => setOpen(null)}
        />
      )}
      <details className="mt-6 max-w-xl border-t border-line pt-4">
        <summary className="min-h-11 cursor-pointer text-xl">{t.film.whole}</summary>
        <div className="mt-3 space-y-6">
          <MemoryChoice chosen={whole.memory} onChoose={(memory) => setWhole((whole) => ({ ...whole, memory }))} />
          <MoodControls
            words={whole.mood}
            picture={whole.moodPicture}
            onWords={(mood) => setWhole((whole) => (mood === whole.mood ? whole : { ...whole, mood }))}
            onPicture={(moodPicture) => setWhole((whole) => ({ ...whole, moodPicture }))}
          />
        </div>
      </details>
      <div className="mt-6 flex flex-wrap items-center gap-4">
        <button type="button" className="button button-strong" disabled={starting || looking || scenes.length === 0} onClick={start}>
          {t.film.start}
        </button>
        {note && (
          <p role="alert" className="text-sm text-ember">
            {note}
          </p>
        )}
      </div>
    </div>
  );
}
