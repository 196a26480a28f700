/** Beside the picture: what was painted, references, colours, looks, the way home; methods and options under More. */
import type { Dispatch } from "react";
import { type Suggestions, takes } from "../api/types";
import { useText } from "../i18n/text";
import type { Session } from "../session/session";
import type { Action } from "../session/timeline";
import { stem } from "./download";
import type { HintPlace } from "./hints/hints";
import { HintTools } from "./hints/tools";
import { LookControls } from "./look-controls";
import { MemoryChoice } from "./memory/memory-choice";
import { MethodControls } from "./method-controls";
import { MoodControls } from "./mood";
import { PartTools } from "./parts/part-tools";
import { RecolorTools } from "./recolor/recolor-tools";
import { References } from "./references";
import type { View } from "./stage";
import { TakeHome } from "./take-home";
import type { PictureWork } from "./use-picture-work";
import { Words } from "./words";

interface Props {
  session: Session;
  work: PictureWork;
  view: View;
  selected: HintPlace | null;
  /** What is known of the spot that is chosen. */
  suggestions: Suggestions | null;
  /** Whether the method waits for something. */
  waits: boolean;
  onSelect: (hint: HintPlace | null) => void;
  dispatch: Dispatch<Action>;
}

export function Adjustments({ session, work, view, selected, suggestions, waits, onSelect, dispatch }: Props) {
  const t = useText();
  const { method, methods, registry, takeHome, finished, palette, need } = work;
  return (
    <aside aria-label={t.studio.adjustments} className="flex flex-col gap-8">
      {work.referred && (
        <References
          files={session.references}
          onAdd={(files) => dispatch({ type: "add-references", files })}
          onRemove={(number) => dispatch({ type: "remove-reference", number })}
        />
      )}
      {view === "parts" && <PartTools parts={session.parts} references={session.references} onChange={dispatch} />}
      {work.recolored && !need?.of_picture && <RecolorTools palette={palette} recolors={session.recolors} onChange={dispatch} />}
      {takes(method, "words") && (
        <Words labels={t.words} words={session.words} onWords={(words) => dispatch({ type: "say", text: { words } })} />
      )}
      {takes(method, "memory") && <MemoryChoice chosen={session.memory} onChoose={(name) => dispatch({ type: "set-memory", name })} />}
      {view === "hints" && (
        <HintTools
          hints={session.hints}
          selected={selected}
          suggestions={suggestions}
          drawing={session.settings.sketch === true}
          name={stem(session.name)}
          onSelect={onSelect}
          onChange={dispatch}
        />
      )}
      <LookControls look={session.look} registry={registry} onChange={(look) => dispatch({ type: "set-look", look })} />
      <details className="border-t border-line pt-4">
        <summary className="min-h-11 cursor-pointer text-xl">{t.mend.title}</summary>
        <div className="mt-3 space-y-6">
          <Words labels={t.mend.fix} words={session.fix} onWords={(fix) => dispatch({ type: "say", text: { fix } })} />
          {takes(method, "words") && (
            <label className="check">
              <input
                type="checkbox"
                checked={session.protectSkin}
                onChange={(event) => dispatch({ type: "protect-skin", protectSkin: event.target.checked })}
              />
              {t.mend.protectSkin}
            </label>
          )}
          {takes(method, "mood") && (
            <MoodControls
              words={session.mood}
              picture={session.moodPicture}
              onWords={(mood) => dispatch({ type: "say", text: { mood } })}
              onPicture={(picture) => dispatch({ type: "set-mood-picture", picture })}
            />
          )}
        </div>
      </details>
      <TakeHome
        ready={work.ready}
        onTake={(collage, mark) => takeHome.picture({ ...finished, collage }, mark)}
        onShare={(mark) => takeHome.share(finished, mark)}
        onPage={() => takeHome.page(finished, session.original)}
        onReset={() => dispatch({ type: "reset-look" })}
      />
      <details className="border-t border-line pt-4">
        <summary className="min-h-11 cursor-pointer text-xl">{t.studio.more}</summary>
        <div className="mt-3 space-y-6">
          <MethodControls
            methods={methods}
            method={method?.id ?? ""}
            settings={session.settings}
            onMethod={(id) => dispatch({ type: "set-method", id })}
            onOption={(id, value) => dispatch({ type: "set-option", id, value })}
          />
          {takes(method, "seed") && (
            <label className="check">
              <input
                type="checkbox"
                checked={session.several}
                onChange={(event) => dispatch({ type: "set-several", several: event.target.checked })}
              />
              {t.method.several}
            </label>
          )}
          <button type="button" className="button w-full" disabled={waits} onClick={() => takeHome.curl(finished)}>
            {t.studio.curl}
          </button>
        </div>
      </details>
    </aside>
  );
}
