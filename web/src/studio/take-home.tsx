/** Buttons that hand the finished picture over. */
import { useState } from "react";
import { useText } from "../i18n/text";
import { canShare } from "./share";

interface Props {
  /** Whether there is a picture to take. */
  ready: boolean;
  onTake: (collage: boolean, mark: boolean) => void;
  onShare: (mark: boolean) => void;
  onPage: () => void;
  onReset: () => void;
}

export function TakeHome({ ready, onTake, onShare, onPage, onReset }: Props) {
  const t = useText();
  const [mark, setMark] = useState(false);
  return (
    <div className="grid gap-3 border-t border-line pt-6">
      {/* On a phone they stay where the thumb is. */}
      <div className="take">
        <button type="button" className="button button-strong grow" disabled={!ready} onClick={() => onTake(false, mark)}>
          {t.studio.download}
        </button>
        {canShare() && (
          <button type="button" className="button" disabled={!ready} onClick={() => onShare(mark)}>
            {t.studio.share}
          </button>
        )}
      </div>
      <button type="button" className="button" disabled={!ready} onClick={() => onTake(true, mark)}>
        {t.studio.downloadCollage}
      </button>
      <button type="button" className="button" disabled={!ready} onClick={onPage}>
        {t.studio.downloadPage}
      </button>
      <label className="check">
        <input type="checkbox" checked={mark} onChange={(event) => setMark(event.target.checked)} />
        <span>
          {t.studio.mark}
          {mark && <span className="mt-1 block text-quiet">{t.studio.markNote}</span>}
        </span>
      </label>
      <button type="button" className="min-h-11 text-sm text-quiet underline underline-offset-4 hover:text-ink" onClick={onReset}>
        {t.studio.undoAll}
      </button>
    </div>
  );
}
