/** What it is, with pictures that can be touched. */
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { colorize } from "../api/client";
import { GrainBand } from "../ui/grain-band";
import { Develop } from "../ui/develop";
import { fetchSample, SAMPLES, type Sample } from "../ui/samples";

export function Home() {
  return (
    <>
      <section className="grid items-center gap-x-16 gap-y-10 pt-8 pb-20 lg:grid-cols-[5fr_6fr] lg:pt-16 lg:pb-28">
        <div>
          <h1 className="text-5xl leading-[1.04] sm:text-6xl xl:text-7xl">Colour for photographs that never had any</h1>
          <p className="mt-7 max-w-[46ch] text-lg leading-relaxed text-quiet">
            A network that has looked at many colour pictures says which colours are likely. Brightness, detail and
            resolution stay exactly those of your photograph.
          </p>
          <div className="mt-9 flex flex-wrap gap-3">
            <Link to="/studio" className="button button-strong">
              Open a photograph
            </Link>
            <Link to="/instructions" className="button">
              How it works
            </Link>
          </div>
          <p className="mt-9 max-w-[46ch] border-l-2 border-leaf pl-4 text-[15px] leading-relaxed">
            <strong className="font-semibold">Your pictures stay yours.</strong> They are coloured by the program that
            served this page. No account, no upload to anybody else, and nothing stays on the server.
          </p>
        </div>
        {SAMPLES[0] && <SamplePicture sample={SAMPLES[0]} className="aspect-[5/4]" />}
      </section>
      <GrainBand className="h-3 w-full" />
      <section aria-labelledby="samples" className="pt-12">
        <h2 id="samples" className="text-3xl">
          Touch one to develop it
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
  const [colored, setColored] = useState<Blob | null>(null);
  const [state, setState] = useState<"gray" | "working" | "done" | string>("gray");
  const navigate = useNavigate();

  async function touch() {
    if (state === "done") {
      navigate(`/studio?sample=${sample.id}`);
      return;
    }
    setState("working");
    try {
      const file = await fetchSample(sample.id);
      if (!file) return;
      const answer = await colorize(file, {});
      setColored(answer.blob);
      setState("done");
    } catch (error) {
      setState(error instanceof Error ? error.message : String(error));
    }
  }

  const label = { gray: "Develop", working: "Developing", done: "Open in the studio" }[state] ?? "Try again";
  return (
    <figure>
      <button
        type="button"
        onClick={touch}
        disabled={state === "working"}
        className={`group relative block w-full overflow-hidden rounded-sm bg-line shadow-[0_24px_60px_-30px_rgb(0_0_0/0.5)] ${className}`}
      >
        <Develop gray={sample.file} colored={colored} alt={sample.alt} />
        {state === "working" && <span className="developing absolute inset-x-0 bottom-0 h-1" />}
        <span className="absolute right-4 bottom-4 rounded-full bg-black/75 px-4 py-2 text-sm font-medium text-white transition-colors group-hover:bg-black">
          {label}
        </span>
      </button>
      <figcaption className="mt-3 text-sm text-quiet" aria-live="polite">
        {["gray", "working", "done"].includes(state) ? sample.title : state}
      </figcaption>
    </figure>
  );
}
