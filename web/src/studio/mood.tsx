/** What the picture looks like as a whole: in words, or as another picture does. */
import { useText } from "../i18n/text";
import { DropArea } from "../ui/drop-area";
import { Thumbs } from "./references";
import { Words } from "./words";

interface Props {
  words: string;
  picture: File | null;
  onWords: (words: string) => void;
  onPicture: (picture: File | null) => void;
}

export function MoodControls({ words, picture, onWords, onPicture }: Props) {
  const t = useText();
  return (
    <div className="space-y-3">
      <Words labels={t.mend.mood} words={words} onWords={onWords} />
      <DropArea label={t.mend.moodInput} button={t.mend.moodChoose} className="p-4" onFiles={([picture]) => onPicture(picture ?? null)}>
        <p className="mb-3 text-sm text-quiet">{picture ? t.mend.moodHolds : t.mend.moodDrop}</p>
      </DropArea>
      <Thumbs files={picture ? [picture] : []} onRemove={() => onPicture(null)} />
    </div>
  );
}
