/** The line below the picture: what goes on, what is missing, what kind of picture it is. */
import { useText } from "../i18n/text";
import type { Way } from "../session/ways";
import type { PictureWork } from "./use-picture-work";

interface Props {
  work: PictureWork;
  way: Way;
  onWay: (way: Way) => void;
}

export function Status({ work, way, onWay }: Props) {
  const t = useText();
  const { doing, need, source, note, cancelled, drawn, tint } = work;
  const gray = need?.of_picture ?? false;
  const needed = need ? (gray ? t.recolor.gray : source === "alone" ? need.remedy : t.method.needs[source]) : "";
  const said = doing ? `${doing} …` : needed || (cancelled ? t.studio.cancelled : note) || (drawn ? t.studio.simulated : "");
  const kind = tint && tint !== "gray" && way === "automatic" ? t.studio.kinds[tint] : "";
  return (
    <div className="mt-3 flex min-h-11 flex-wrap items-center gap-3 text-sm">
      <p
        role="status"
        className={`min-w-0 break-words first-letter:uppercase ${!doing && !needed && note ? "text-base text-ember" : needed ? "text-base" : "text-quiet"}`}
      >
        {said}
      </p>
      {doing && (
        <button type="button" className="button" onClick={work.cancel}>
          {t.studio.cancel}
        </button>
      )}
      {cancelled && !doing && (
        <button type="button" className="button" onClick={work.goOn}>
          {t.studio.goOn}
        </button>
      )}
      {kind && (
        <p className="basis-full text-base">
          {kind}
          {tint === "color" && (
            <button type="button" className="button ml-3" onClick={() => onWay("change")}>
              {t.ways.change}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
