/** One picture: colour it, compare, adjust, take it home. Every picture has an address of its own. */
import { useEffect, useReducer, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useRegistry } from "../api/registry";
import { useText } from "../i18n/text";
import { begin, found, remember } from "../session/open";
import { CLOSED, reduce } from "../session/timeline";
import { DropZone } from "../studio/drop-zone";
import { Workbench } from "../studio/workbench";
import { focusHeading } from "../ui/focus";
import { fetchSample, isSample } from "../ui/samples";

/** Where a picture is brought to. */
export function Studio() {
  const t = useText();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  // Asked before there is a picture, so that the page says at once when the server is away, and the picture need not wait.
  useRegistry();

  // A sample, or a picture of the history at its old address.
  useEffect(() => {
    const [sample, kept] = [query.get("sample"), query.get("kept")];
    if (isSample(sample))
      fetchSample(sample).then(
        (file) => navigate(begin(file), { replace: true }),
        () => {},
      );
    else if (kept) navigate(`/studio/${kept}`, { replace: true });
  }, [query, navigate]);

  return (
    <div className="pt-6 sm:pt-8">
      <h1 className="mb-6 text-4xl sm:mb-8 sm:text-5xl">{t.studio.title}</h1>
      <DropZone />
    </div>
  );
}

/** A picture that is open. */
export function OpenPicture() {
  const t = useText();
  const { id = "" } = useParams();
  const [timeline, dispatch] = useReducer(reduce, CLOSED);
  const [lost, setLost] = useState(false);

  useEffect(() => {
    let current = true;
    setLost(false);
    found(id).then((timeline) => {
      if (!current) return;
      if (timeline) dispatch({ type: "resume", timeline });
      else setLost(true);
    });
    return () => {
      current = false;
    };
  }, [id]);

  useEffect(() => remember(timeline), [timeline]);

  // What had the focus goes with the picture that is opened.
  const shown = timeline.now?.id;
  useEffect(() => {
    if (shown === id || lost) focusHeading();
  }, [shown, id, lost]);

  if (lost) {
    return (
      <div className="pt-8">
        <h1 className="mb-4 text-4xl">{t.studio.lost}</h1>
        <p className="mb-8 max-w-[60ch] text-quiet">{t.studio.notKept}</p>
        <DropZone />
      </div>
    );
  }
  if (!timeline.now || timeline.now.id !== id) return <h1 className="pt-8 text-4xl">{t.studio.title}</h1>;
  return <Workbench key={id} timeline={timeline} session={timeline.now} dispatch={dispatch} />;
}
