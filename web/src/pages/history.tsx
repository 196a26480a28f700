/** What was coloured on this device. */
import { useCallback, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { colorize } from "../api/colorize";
import { useRegistry } from "../api/registry";
import { exportZip } from "../history/export";
import { erase, eraseAll, keep, sessions } from "../history/store";
import { tell, useSpeech, useText } from "../i18n/text";
import { forget } from "../session/open";
import { filesFor, kindsOf, methodOf, missing, requestOf } from "../session/request";
import { bytesOf, type Session } from "../session/session";
import { nameOf, save } from "../studio/download";
import { Batches } from "../ui/batches";
import { readableBytes } from "../ui/bytes";
import { useObjectUrl } from "../ui/object-url";
import { when } from "../ui/when";

export function History() {
  const t = useText();
  const [all, setAll] = useState<Session[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [sure, setSure] = useState(false);
  // What was erased last, until something else is or the page is left.
  const [erased, setErased] = useState<Session[]>([]);
  const undo = useRef<HTMLButtonElement>(null);
  const load = useCallback(() => sessions().then(setAll, () => setFailed(true)), []);

  useEffect(() => {
    load();
  }, [load]);

  // What had the focus is gone with what was erased.
  useEffect(() => {
    if (erased.length > 0) undo.current?.focus();
  }, [erased]);

  async function take(gone: Session[]) {
    if (gone.length === 1 && gone[0]) await erase(gone[0].id);
    else await eraseAll();
    for (const { id } of gone) forget(id);
    setErased(gone);
    await load();
  }

  async function bringBack() {
    await Promise.all(erased.map(keep));
    setErased([]);
    await load();
    document.querySelector<HTMLElement>("main h1")?.focus();
  }

  const bytes = (all ?? []).reduce((sum, session) => sum + bytesOf(session), 0);
  return (
    <div className="pt-6 sm:pt-8">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-4">
        <h1 tabIndex={-1} className="mr-auto text-4xl max-sm:w-full sm:text-5xl">
          {t.history.title}
        </h1>
        {all && all.length > 0 && (
          <div className="flex flex-wrap gap-3">
            <button type="button" className="button" onClick={() => exportZip(all).then((zip) => save(zip, "autochrome-history.zip"))}>
              {t.history.export}
            </button>
            <button
              type="button"
              className="button"
              onBlur={() => setSure(false)}
              onClick={() => {
                if (sure) take(all);
                setSure(!sure);
              }}
            >
              {sure ? t.history.sure : t.history.eraseAll}
            </button>
          </div>
        )}
      </div>
      <p className="mt-4 max-w-[60ch] text-quiet">
        {t.history.lead}
        {all && all.length > 0 && ` ${t.history.size(all.length, readableBytes(bytes))}.`}
      </p>
      {erased.length > 0 && (
        <p role="status" className="notice flex flex-wrap items-center gap-4">
          {erased.length === 1 && erased[0] ? t.history.erased(erased[0].name) : t.history.erasedAll}
          <button ref={undo} type="button" className="button" onClick={bringBack}>
            {t.history.undo}
          </button>
        </p>
      )}
      {failed && <p className="mt-6 text-ember">{t.history.failed}</p>}
      {all?.length === 0 && (
        <div className="mt-12 border-t border-line pt-10">
          <p className="font-serif text-2xl">{t.history.empty}</p>
          <p className="mt-5">
            <Link to="/studio" className="button button-strong">
              {t.home.open}
            </Link>
          </p>
        </div>
      )}
      <ul className="mt-10 grid gap-x-6 gap-y-10 sm:grid-cols-2 lg:grid-cols-3">
        {all?.map((session) => (
          <Kept key={session.id} session={session} onErase={() => take([session])} />
        ))}
      </ul>
      <Batches title={t.history.batches} />
    </div>
  );
}

function Kept({ session, onErase }: { session: Session; onErase: () => void }) {
  const { t, language } = useSpeech();
  const url = useObjectUrl(session.tile ?? session.preview ?? session.original);
  const registry = useRegistry();
  const [making, setMaking] = useState(false);
  const [note, setNote] = useState("");
  const method = methodOf(session, registry?.methods ?? []);
  const ready = method !== undefined && session.preview !== null && !making && !missing(method, kindsOf(session, null));

  async function download() {
    if (!method) return;
    setMaking(true);
    setNote("");
    try {
      const request = requestOf(session, method);
      const options = { ...request, variants: undefined, answer: session.answer || undefined, look: session.look };
      const picture = await colorize(session.original, options, filesFor(session, method));
      save(picture, nameOf(session.name, picture.type, "color"));
    } catch (error) {
      setNote(tell(t, error));
    }
    setMaking(false);
  }

  return (
    <li>
      <Link to={`/studio/${session.id}`} className="block aspect-[3/2] overflow-hidden rounded-sm bg-line">
        {url && <img src={url} alt={t.history.open(session.name)} className="tile size-full object-cover" />}
      </Link>
      <p className="mt-3 truncate font-medium">{session.name}</p>
      <p className="text-sm text-quiet">
        {when(session.whenMs, language)} · {readableBytes(bytesOf(session))}
      </p>
      <div className="flex flex-wrap gap-x-5">
        <button
          type="button"
          aria-label={t.history.downloadOne(session.name)}
          className="min-h-11 text-sm underline underline-offset-4 hover:text-ember disabled:opacity-45"
          disabled={!ready}
          onClick={download}
        >
          {making ? `${t.history.making} …` : t.history.download}
        </button>
        <button
          type="button"
          aria-label={t.history.eraseOne(session.name)}
          className="min-h-11 text-sm text-quiet underline underline-offset-4 hover:text-ember"
          onClick={onErase}
        >
          {t.history.erase}
        </button>
      </div>
      <p role="status" className="text-sm text-ember">
        {note}
      </p>
    </li>
  );
}
