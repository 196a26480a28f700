/** How to use it, in six steps with pictures. */
import { useText } from "../i18n/text";

const STEPS = [
  ["bring", "/samples/camera.jpg"],
  ["compare", "/steps/compare.jpg"],
  ["adjust", "/steps/adjust.jpg"],
  ["hand", "/steps/hand.jpg"],
  ["choose", "/steps/choose.jpg"],
  ["take", "/steps/take.jpg"],
] as const;

export function Instructions() {
  const t = useText().instructions;
  return (
    <div className="prose-page pt-8">
      <h1 className="text-4xl sm:text-5xl">{t.title}</h1>
      <ol className="mt-12 grid gap-y-12">
        {STEPS.map(([step, picture]) => (
          <li key={step} className="grid gap-x-12 gap-y-5 border-t border-line pt-6 md:grid-cols-[1fr_22rem]">
            <div>
              <h2 className="text-2xl">{t.steps[step].title}</h2>
              <p className="mt-3">{t.steps[step].text}</p>
            </div>
            <img src={picture} alt={t.steps[step].alt} loading="lazy" className="w-full rounded-sm bg-line" />
          </li>
        ))}
      </ol>
      <h2 className="mt-20 text-3xl">{t.more.title}</h2>
      <p className="mt-4">{t.more.text}</p>
      <h2 className="mt-20 text-3xl">{t.troubleTitle}</h2>
      <dl className="mt-6 grid gap-y-6">
        {t.troubles.map(([title, text]) => (
          <div key={title} className="grid gap-x-12 gap-y-1 md:grid-cols-[16rem_1fr]">
            <dt className="font-medium">{title}</dt>
            <dd className="max-w-[64ch] leading-relaxed">{text}</dd>
          </div>
        ))}
      </dl>
      <h2 className="mt-20 text-3xl">{t.terminalTitle}</h2>
      <p className="mt-4">{t.terminal}</p>
      <pre className="mt-4 overflow-x-auto rounded-lg bg-card p-4 text-sm" tabIndex={0}>
        autochrome colorize album --recursive --out-dir done
      </pre>
    </div>
  );
}
