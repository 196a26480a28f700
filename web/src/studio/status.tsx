/** The line below the picture: what goes on, what is missing, what kind of picture it is. */
import { useText } from "../i18n/text";
import type { Change } from "../session/change";
import type { Session } from "../session/session";
import { meansOf, type Way } from "../session/ways";
import { offerFor } from "./offer";
import type { PictureWork } from "./use-picture-work";

interface Props {
  work: PictureWork;
  session: Session;
  way: Way;
  onWay: (way: Way) => void;
  onChange: (change: Change) => void;
}

export function Status({ work, session, way, onWay, onChange }: Props) {
  const t = useText();
  const { doing, need, source, note, cancelled, drawn, kind } = work;
  const gray = need?.of_picture ?? false;
  const needed = need ? (gray ? t.recolor.gray : source === "alone" ? need.remedy : t.method.needs[source]) : "";
  const said = doing ? `${doing} …` : needed || (cancelled ? t.studio.cancelled : note) || (drawn ? t.studio.simulated : "");
  const offer = kind && offerFor(kind, session, way);
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
      {offer && (
        <p className="basis-full text-base">
          {t.studio.kinds[offer.remark].text}
          {offer.way && meansOf(offer.way, work.methods) && (
            <button type="button" className="button ml-3" onClick={() => offer.way && onWay(offer.way)}>
              {t.ways[offer.way]}
            </button>
          )}
          {offer.change && (
            <button
              type="button"
              className="button ml-3"
              aria-pressed={offer.accepted}
              onClick={() => offer.change && onChange(offer.change)}
            >
              {t.studio.kinds[offer.remark].offer}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
