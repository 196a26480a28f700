/** The batches that the server keeps, beyond the tab that sent them. */
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { jobs } from "../api/jobs";
import type { Job } from "../api/types";
import { useSpeech } from "../i18n/text";
import { when } from "./when";

/** Those of this device's owner; `except` is the one that is shown already. */
export function Batches({ title, except }: { title: string; except?: string }) {
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
  const shown = all.filter(({ id }) => id !== except);
  if (shown.length === 0) return null;
  return (
    <section className="mt-16">
      <h2 className="text-2xl">{title}</h2>
      <ul className="mt-4 max-w-3xl divide-y divide-line border-y border-line text-sm">
        {shown.map((job) => (
          <li key={job.id}>
            <Link to={`/batch/${job.id}`} className="flex min-h-12 flex-wrap items-center gap-x-4 underline-offset-4 hover:underline">
              <span>{t.batch.open(job.pictures, when(job.created_ms, language))}</span>
              <span className="ml-auto text-quiet">{t.batch.state[job.state === "queued" ? "waiting" : job.state]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
