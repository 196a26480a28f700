/** Choose a picture, or take a sample; dropping and pasting work everywhere. */
import { useText } from "../i18n/text";
import { DropArea } from "../ui/drop-area";
import { useIncoming } from "../ui/incoming";
import { fetchSample, SAMPLES } from "../ui/samples";

export function DropZone() {
  const t = useText();
  const { bring } = useIncoming();
  return (
    <div>
      <DropArea
        many
        strong
        label={t.drop.input}
        button={t.drop.choose}
        className="grid min-h-[40vh] place-items-center p-6 sm:min-h-[46vh] sm:p-8"
        onFiles={bring}
      >
        <p className="font-serif text-3xl sm:text-4xl">{t.drop.title}</p>
        <p className="mx-auto mt-3 mb-7 max-w-[44ch] text-quiet">{t.drop.text}</p>
      </DropArea>
      <div className="mt-8 flex flex-wrap items-center gap-4">
        <span className="w-full text-sm text-quiet sm:w-auto">{t.samples.begin}</span>
        {SAMPLES.map((sample) => (
          <button
            key={sample.id}
            type="button"
            aria-label={t.samples.label(t.samples[sample.id].title)}
            className="size-16 overflow-hidden rounded-sm border border-line hover:border-ink"
            onClick={() =>
              fetchSample(sample.id).then(
                (file) => bring([file]),
                () => {},
              )
            }
          >
            <img src={sample.file} alt="" className="size-full object-cover" />
          </button>
        ))}
      </div>
    </div>
  );
}
