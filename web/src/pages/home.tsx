/** What it is, with pictures that can be touched. */
import { useState } from "react";
import { Link } from "react-router";
import { colorize } from "../api/colorize";
import { tell, useText } from "../i18n/text";
import { Develop } from "../ui/develop";
import { GrainBand } from "../ui/grain-band";
import { useIncoming } from "../ui/incoming";
import { fetchSample, SAMPLES, type Sample } from "../ui/samples";

export function Home() {
  const t = useText();
  return (
    <>
      <section className="grid items-center gap-x-16 gap-y-10 pt-8 pb-20 lg:grid-cols-[5fr_6fr] lg:pt-16 lg:pb-28">
        <div>
          <h1 className="text-5xl leading-[1.04] sm:text-6xl xl:text-7xl">{t.home.title}</h1>
          <p className="mt-7 max-w-[46ch] text-lg leading-relaxed text-quiet">{t.home.lead}</p>
          <div className="mt-9 flex flex-wrap gap-3">
            <Link to="/studio" className="button button-strong">
              {t.home.open}
            </Link>
            <Link to="/instructions" className="button">
              {t.home.how}
            </Link>
          </div>
          <p className="mt-9 max-w-[46ch] border-l-2 border-leaf pl-4 text-[0.9375rem] leading-relaxed">
            <strong className="font-semibold">{t.home.privacyTitle}</strong> {t.privacy}
          </p>
        </div>
        {SAMPLES[0] && <SamplePicture sample={SAMPLES[0]} className="aspect-[5/4]" />}
      </section>
      <GrainBand className="h-3 w-full" />
      <section aria-labelledby="samples" className="pt-12">
        <h2 id="samples" className="text-3xl">
          {t.home.touch}
        </h2>
        <div className="mt-8 grid gap-6 sm:grid-cols-2">
          {SAMPLES.slice(1).map((sample) => (
            <SamplePicture key={sample.id} sample={sample} className="aspect-[3/2]" />
          ))}
        </div>
      </section>
    </>
  );
}

/** A sample that takes colour when it is touched, and opens in the studio when it has. */
function SamplePicture({ sample, className }: { sample: Sample; className: string }) {
  const t = useText();
  const { bring } = useIncoming();
  const [colored, setColored] = useState<Blob | null>(null);
  const [state, setState] = useState<"gray" | "working" | "done" | "failed">("gray");
  const [problem, setProblem] = useState("");

  async function touch() {
    if (state === "done") {
      fetchSample(sample.id).then(
        (file) => bring([file]),
        () => {},
      );
      return;
    }
    setState("working");
    try {
      const file = await fetchSample(sample.id);
      setColored(await colorize(file, {}));
      setState("done");
    } catch (error) {
      setProblem(tell(t, error));
      setState("failed");
    }
  }

  const label = { gray: t.home.develop, working: t.home.developing, done: t.home.toStudio, failed: t.home.again }[state];
  return (
    <figure>
      <button
        type="button"
        onClick={touch}
        disabled={state === "working"}
        className={`group relative block w-full overflow-hidden rounded-sm bg-line shadow-[0_24px_60px_-30px_rgb(0_0_0/0.5)] ${className}`}
      >
        <Develop gray={sample.file} colored={colored} alt={t.samples[sample.id].alt} />
        {state === "working" && <span className="developing absolute inset-x-0 bottom-0 h-1" />}
        <span className="absolute right-4 bottom-4 rounded-full bg-black/75 px-4 py-2 text-sm font-medium text-white transition-colors group-hover:bg-black">
          {label}
        </span>
      </button>
      <figcaption className="mt-3 text-sm text-quiet" aria-live="polite">
        {state === "failed" ? problem : t.samples[sample.id].title}
      </figcaption>
    </figure>
  );
}
