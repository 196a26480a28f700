/** What was coloured on this device. */
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { bytesOf, type Entry, entries, erase, eraseAll, readableBytes } from "../history/store";

export function History() {
  const [all, setAll] = useState<Entry[] | null>(null);
  const [sure, setSure] = useState(false);
  const load = () => entries().then(setAll, () => setAll([]));

  useEffect(() => {
    load();
  }, []);

  const bytes = (all ?? []).reduce((sum, entry) => sum + bytesOf(entry), 0);
  return (
    <div className="pt-8">
      <div className="flex flex-wrap items-end gap-x-6 gap-y-4">
        <h1 className="text-4xl sm:text-5xl">History</h1>
        {all && all.length > 0 && (
          <button
            type="button"
            className="button ml-auto"
            onBlur={() => setSure(false)}
            onClick={() => {
              if (sure) eraseAll().then(load);
              setSure(!sure);
            }}
          >
            {sure ? "Yes, erase everything" : "Erase everything"}
          </button>
        )}
      </div>
      <p className="mt-4 max-w-[60ch] text-quiet">
        Originals, previews and settings, kept by this browser on this device alone
        {bytes > 0 && `: ${readableBytes(bytes)}`}.
      </p>
      {all?.length === 0 && (
        <div className="mt-16 border-t border-line pt-12">
          <p className="font-serif text-2xl">Nothing yet.</p>
          <p className="mt-5">
            <Link to="/studio" className="button button-strong">
              Open a photograph
            </Link>
          </p>
        </div>
      )}
      <ul className="mt-10 grid gap-x-6 gap-y-10 sm:grid-cols-2 lg:grid-cols-3">
        {all?.map((entry) => (
          <Kept key={entry.id} entry={entry} onErase={() => erase(entry.id).then(load)} />
        ))}
      </ul>
    </div>
  );
}

function Kept({ entry, onErase }: { entry: Entry; onErase: () => void }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const url = URL.createObjectURL(entry.preview);
    setUrl(url);
    return () => URL.revokeObjectURL(url);
  }, [entry.preview]);

  return (
    <li>
      <Link to={`/studio?kept=${entry.id}`} className="block aspect-[3/2] overflow-hidden rounded-sm bg-line">
        {url && <img src={url} alt={`Open ${entry.name}`} className="size-full object-cover" />}
      </Link>
      <div className="mt-3 flex items-start gap-3">
        <div className="min-w-0">
          <p className="truncate font-medium">{entry.name}</p>
          <p className="text-sm text-quiet">
            {new Date(entry.whenMs).toLocaleString()} · {readableBytes(bytesOf(entry))}
            {entry.look.filter !== "none" && ` · ${entry.look.filter}`}
          </p>
        </div>
        <button type="button" aria-label={`Erase ${entry.name}`} className="ml-auto min-h-11 text-sm text-quiet underline underline-offset-4 hover:text-ember" onClick={onErase}>
          Erase
        </button>
      </div>
    </li>
  );
}
