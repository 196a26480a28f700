/** One picture: colour it, compare, adjust, take it home. */
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useRegistry } from "../api/registry";
import { sessionOf } from "../history/store";
import { useText } from "../i18n/text";
import { newSession } from "../session/session";
import { CLOSED, reduce } from "../session/timeline";
import { DropZone } from "../studio/drop-zone";
import { Workbench } from "../studio/workbench";
import { focusHeading } from "../ui/focus";
import { fetchSample, isSample } from "../ui/samples";

export function Studio() {
  const t = useText();
  const [timeline, dispatch] = useReducer(reduce, CLOSED);
  const [note, setNote] = useState("");
  const [query, setQuery] = useSearchParams();
  // Asked before there is a picture, so that the page says at once when the server is away, and the picture need not wait.
  useRegistry();
  const open = useCallback((file: File) => {
    dispatch({ type: "open", session: newSession(file) });
    setNote("");
  }, []);

  // A sample or a picture of the history that another page sent here.
  useEffect(() => {
    const [sample, kept] = [query.get("sample"), query.get("kept")];
    if (!sample && !kept) return;
    setQuery({}, { replace: true });
    if (isSample(sample)) fetchSample(sample).then(open, () => {});
    if (kept) {
      sessionOf(kept).then((session) => {
        if (session) dispatch({ type: "open", session });
        else setNote(t.studio.notKept);
      });
    }
  }, [query, setQuery, open, t]);

  // What had the focus goes with the picture that is opened or closed.
  const id = timeline.now?.id;
  const shown = useRef(id);
  useEffect(() => {
    if (shown.current === id) return;
    shown.current = id;
    focusHeading();
  }, [id]);

  if (timeline.now) return <Workbench key={id} timeline={timeline} session={timeline.now} dispatch={dispatch} />;
  return (
    <div className="pt-8">
      <h1 className="mb-8 text-4xl sm:text-5xl">{t.studio.title}</h1>
      <DropZone onFile={open} />
      <p role="status" className="mt-6 text-ember">
        {note}
      </p>
    </div>
  );
}
