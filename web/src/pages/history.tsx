/** What was coloured on this device. */
import { useCallback, useEffect, useState } from "react";
import { Link } from "react-router";
import { useRegistry } from "../api/registry";
import { exportZip } from "../history/export";
import { erase, eraseAll, sessions } from "../history/store";
import { useSpeech, useText } from "../i18n/text";
import { bytesOf, type Session } from "../session/session";
import { save } from "../studio/download";
import { readableBytes } from "../ui/bytes";
import { useObjectUrl } from "../ui/object-url";

export function History() {
  const t = useText();
  const [all, setAll] = useState<Session[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [sure, setSure] = useState(false);
  const load = useCallback(() => sessions().then(setAll, () => setFailed(true)), []);

  useEffect(() => {
    load();
  }, [load]);

  const bytes = (all ?? []).reduce((sum, session) => sum + bytesOf(session), 0);
  return (
    <div className="pt-8">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-4">
        <h1 className="mr-auto text-4xl max-sm:w-full sm:text-5xl">{t.history.title}</h1>
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
                if (sure) eraseAll().then(load);
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
      {failed && <p className="mt-6 text-ember">{t.history.failed}</p>}
      {all?.length === 0 && (
        <div className="mt-16 border-t border-line pt-12">
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
          <Kept key={session.id} session={session} onErase={() => erase(session.id).then(load)} />
        ))}
      </ul>
    </div>
  );
}

function Kept({ session, onErase }: { session: Session; onErase: () => void }) {
  const { t, language } = useSpeech();
  const url = useObjectUrl(session.preview);
  const { filter } = session.look;
  const filters = useRegistry()?.filters;
  const named = t.filters[filter]?.name ?? filters?.find(({ id }) => id === filter)?.name ?? filter;
  return (
    <li>
      <Link to={`/studio?kept=${session.id}`} className="block aspect-[3/2] overflow-hidden rounded-sm bg-line">
        {url && <img src={url} alt={t.history.open(session.name)} className="size-full object-cover" />}
      </Link>
      <div className="mt-3 flex items-start gap-3">
        <div className="min-w-0">
          <p className="truncate font-medium">{session.name}</p>
          <p className="text-sm text-quiet">
            {new Date(session.whenMs).toLocaleString(language)} · {readableBytes(bytesOf(session))}
            {filter !== "none" && ` · ${named}`}
          </p>
        </div>
        <button
          type="button"
          aria-label={t.history.eraseOne(session.name)}
          className="ml-auto min-h-11 text-sm text-quiet underline underline-offset-4 hover:text-ember"
          onClick={onErase}
        >
          {t.history.erase}
        </button>
      </div>
    </li>
  );
}
