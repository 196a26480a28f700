/** The project, the paper, the licences, and what the colours mean. */
import type { ReactNode } from "react";
import { useText } from "../i18n/text";

export function About() {
  const t = useText().about;
  return (
    <div className="prose-page pt-8">
      <h1 className="text-4xl sm:text-5xl">{t.title}</h1>
      <div className="mt-12 grid gap-y-14">
        <Section {...t.colours} />
        <Section {...t.stays} />
        <Section title={t.paper.title} text={[]}>
          <p>
            {t.paper.before}
            <cite lang="en">Coloring of Grayscale Images using Generative Adversarial Network</cite>
            {t.paper.after}
          </p>
        </Section>
        <Section {...t.origin} />
        <Section {...t.licences} />
      </div>
    </div>
  );
}

function Section({ title, text, children }: { title: string; text: string[]; children?: ReactNode }) {
  return (
    <section className="grid gap-x-12 gap-y-3 md:grid-cols-[16rem_1fr]">
      <h2 className="text-2xl">{title}</h2>
      <div className="grid gap-y-4">
        {text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        {children}
      </div>
    </section>
  );
}
