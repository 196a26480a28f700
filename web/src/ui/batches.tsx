/** The batches, or the films, that the server keeps, beyond the tab that sent them. */
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { jobs } from "../api/jobs";
import type { Job } from "../api/types";
import { useSpeech } from "../i18n/text";
import { when } from "./when";

/** Where a job is shown; nowhere, for a film that no worker has looked at. */
function addressOf(job: Job): string | null {
  if (job.kind !== "video") return `/batch/${job.id}`;
  return job.film?.film ? `/film/${job.film.film}?job=${job.id}` : null;
}

/** Those of this device's owner; `except` is the one that is shown already. */
export function Batches({ title, films = false, except }: { title: string; films?: boolean; except?: string }) {
  const { t, language } = useSpeech();
  const [all, setAll] = useState<Job[]>([]);
  useEffect(() => {
    let current = true;
    const load = () =>
      jobs().then(
        (jobs) => current && setAll(jobs),
        () => {},
      );
    load();
    window.addEventListener("server-here", load);
    return () => {
      current = false;
      window.removeEventListener("server-here", load);
    };
  }, []);
  const shown = all.filter((job) => job.id !== except && (job.kind === "video") === films && addressOf(job) !== null);
  if (shown.length === 0) return null;
  return (
    <section className="mt-16">
      <h2 className="text-2xl">{title}</h2>
      <ul className="mt-4 max-w-3xl divide-y divide-line border-y border-line text-sm">
        {shown.map((job) => (
          <li key={job.id}>
            <Link to={addressOf(job) ?? ""} className="flex min-h-12 flex-wrap items-center gap-x-4 underline-offset-4 hover:underline">
              <span>
                {films
                  ? t.film.earlierOne(job.film?.frames ?? 0, when(job.created_ms, language))
                  : t.batch.open(job.pictures, when(job.created_ms, language))}
              </span>
              <span className="ml-auto text-quiet">{t.batch.state[job.state === "queued" ? "waiting" : job.state]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
