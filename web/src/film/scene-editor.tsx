/** One scene: where its colours come from, and how its first frame looks then. */
import { useEffect, useRef, useState } from "react";
import { colorize } from "../api/colorize";
import { frame, optionsOf, type Said, type Scene, type Whole } from "../api/films";
import { type ColorizeOptions, type Files, NO_FILES } from "../api/types";
import { tell, useText } from "../i18n/text";
import { SWATCHES } from "../studio/hints/palette";
import { References } from "../studio/references";
import { Choice } from "../ui/choice";
import { useObjectUrl } from "../ui/object-url";
import { Swatches } from "../ui/swatches";
import { moment } from "./time";

/** Longer side of the frame that is looked at. */
const PREVIEW_PX = 960;
/** Reach of a spot, in 0..1 of the longer side. */
const REACH = 0.02;

interface Props {
  film: string;
  scene: Scene;
  said: Said;
  whole: Whole;
  onSay: (said: Said) => void;
  /** Hears how the scene will look. */
  onLook: (picture: Blob) => void;
  onClose: () => void;
}

export function SceneEditor({ film, scene, said, whole, onSay, onLook, onClose }: Props) {
  const t = useText();
  const [gray, setGray] = useState<File | null>(null);
  const [colored, setColored] = useState<Blob | null>(null);
  const [color, setColor] = useState<string>(SWATCHES.red);
  const [busy, setBusy] = useState(true);
  const [note, setNote] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const look = useRef(onLook);
  look.current = onLook;
  const text = useRef(t);
  text.current = t;
  const shown = useObjectUrl(said.way === "gray" ? gray : (colored ?? gray));

  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: "nearest" });
    const abort = new AbortController();
    frame(film, scene.at_s, abort.signal).then(setGray, (error: unknown) => {
      if (!abort.signal.aborted) setNote(tell(text.current, error));
    });
    return () => abort.abort();
  }, [film, scene.at_s]);

  useEffect(() => {
    if (!gray) return;
    if (said.way === "gray") {
      look.current(gray);
      setBusy(false);
      return;
    }
    const abort = new AbortController();
    const options: ColorizeOptions = { format: "jpeg", max_side_px: PREVIEW_PX };
    if (said.way === "spots") options.points = said.points;
    let files: Files = { ...NO_FILES, mood: whole.moodPicture };
    if (said.way === "reference" && said.reference) files = { ...NO_FILES, references: [said.reference] };
    else Object.assign(options, optionsOf(whole));
    setBusy(true);
    setNote("");
    colorize(gray, options, files, abort.signal).then(
      (picture) => {
        setBusy(false);
        setColored(picture);
        look.current(picture);
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setBusy(false);
        setNote(tell(text.current, error));
      },
    );
    return () => abort.abort();
  }, [gray, said, whole]);

  function put(event: React.MouseEvent<HTMLButtonElement>) {
    if (said.way !== "spots") return;
    const box = event.currentTarget.getBoundingClientRect();
    // Keys press the middle.
    const keys = event.detail === 0;
    const x = keys ? 0.5 : (event.clientX - box.left) / box.width;
    const y = keys ? 0.5 : (event.clientY - box.top) / box.height;
    onSay({ ...said, points: [...said.points, { x, y, radius: REACH, color }] });
  }

  const picture = shown && <img src={shown} alt={t.film.scene(scene.number, moment(scene.at_s, 1))} className="block w-full" />;
  return (
    <section aria-labelledby="scene" className="my-6 rounded-sm border border-line bg-card p-4 sm:p-6">
      <div className="flex items-start justify-between gap-4">
        <h2 id="scene" ref={heading} tabIndex={-1} className="text-2xl outline-none">
          {t.film.scene(scene.number, moment(scene.at_s, 1))}
        </h2>
        <button type="button" className="button" onClick={onClose}>
          {t.film.close}
        </button>
      </div>
      <div className="mt-4 grid gap-6 lg:grid-cols-[minmax(0,1fr)_25rem]">
        <div className="relative min-h-40 overflow-hidden rounded-sm bg-line">
          {said.way === "spots" ? (
            <button type="button" aria-label={t.film.put} className="block w-full cursor-crosshair" onClick={put}>
              {picture}
            </button>
          ) : (
            picture
          )}
          {said.way === "spots" &&
            said.points.map((point, i) => (
              <span
                key={`${i} ${point.x} ${point.y}`}
                className="pointer-events-none absolute size-5 -translate-1/2 rounded-full border-2 border-white shadow-[0_0_4px_rgb(0_0_0/0.8)]"
                style={{ left: `${100 * point.x}%`, top: `${100 * point.y}%`, backgroundColor: point.color }}
              />
            ))}
          {busy && <div className="developing absolute inset-x-0 bottom-0 h-1" />}
        </div>
        <div className="min-w-0 space-y-5">
          <Choice
            label={t.film.way}
            value={said.way}
            options={[
              ["auto", t.film.ways.auto],
              ["spots", t.film.ways.spots],
              ["reference", t.film.ways.reference],
              ["gray", t.film.ways.gray],
            ]}
            onChange={(way) => onSay({ ...said, way })}
          />
          {said.way === "spots" && (
            <>
              <p className="text-sm text-quiet">{t.film.spotsHow}</p>
              <Swatches color={color} onColor={setColor} />
              {said.points.length > 0 && (
                <div className="flex flex-wrap gap-3">
                  <button type="button" className="button" onClick={() => onSay({ ...said, points: said.points.slice(0, -1) })}>
                    {t.film.takeBack}
                  </button>
                  <button type="button" className="button" onClick={() => onSay({ ...said, points: [] })}>
                    {t.film.takeAllBack}
                  </button>
                </div>
              )}
            </>
          )}
          {said.way === "reference" && (
            <References
              files={said.reference ? [said.reference] : []}
              onAdd={([reference]) => reference && onSay({ ...said, reference })}
              onRemove={() => onSay({ ...said, reference: null })}
            />
          )}
          {said.way === "gray" && <p className="text-sm text-quiet">{t.film.grayHow}</p>}
          <p role="status" className="text-sm text-ember">
            {note}
          </p>
        </div>
      </div>
    </section>
  );
}
