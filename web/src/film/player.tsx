/** Before and after in one player: two films that run together, and a line between them. */
import { useEffect, useRef, useState } from "react";
import { useText } from "../i18n/text";
import { Divider } from "../studio/divider";
import { moment } from "./time";

/** Seconds by which the films may be apart: less than a frame of most. */
const APART_S = 0.04;
/** Seconds behind from which on the other film waits. */
const BEHIND_S = 0.2;
/** How often they are looked at, in milliseconds. */
const LOOK_MS = 200;

interface Props {
  before: string;
  after: string;
}

export function Player({ before, after }: Props) {
  const t = useText();
  const first = useRef<HTMLVideoElement>(null);
  const second = useRef<HTMLVideoElement>(null);
  const [share, setShare] = useState(50);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  // A browser may not play what FFmpeg reads. The result without its colours is the same picture: luma is kept.
  const [washed, setWashed] = useState(false);

  useEffect(() => {
    const follow = setInterval(() => {
      const [leader, follower] = [second.current, first.current];
      if (!leader || !follower) return;
      setAt(leader.currentTime);
      const behind = leader.currentTime - follower.currentTime;
      if (Math.abs(behind) <= APART_S || follower.seeking) return;
      // A machine that decodes slowly would never catch up with a film that runs on.
      if (behind > BEHIND_S) {
        leader.playbackRate = 0;
        follower.addEventListener("seeked", () => Object.assign(leader, { playbackRate: 1 }), { once: true });
      }
      follower.currentTime = leader.currentTime;
    }, LOOK_MS);
    return () => clearInterval(follow);
  }, []);

  function toggle() {
    const films = [first.current, second.current];
    // What is refused, as before it is loaded, shows as a pause.
    for (const film of films) playing ? film?.pause() : film?.play().catch(() => {});
  }

  function seek(to: number) {
    for (const film of [first.current, second.current]) if (film) film.currentTime = to;
    setAt(to);
  }

  return (
    <div>
      <div className="relative overflow-hidden rounded-sm bg-black">
        <video
          ref={first}
          src={washed ? after : before}
          muted
          playsInline
          preload="auto"
          tabIndex={-1}
          aria-label={t.stage.before}
          className={`block max-h-[75dvh] w-full object-contain ${washed ? "grayscale" : ""}`}
          onError={() => setWashed(true)}
        />
        {/* biome-ignore lint/a11y/useMediaCaption: the film has the subtitles that it came with, if any. */}
        <video
          ref={second}
          src={after}
          playsInline
          preload="auto"
          tabIndex={-1}
          aria-label={t.stage.after}
          className="absolute inset-0 size-full object-contain"
          style={{ clipPath: `inset(0 0 0 ${share}%)` }}
          onLoadedMetadata={(event) => setLength(event.currentTarget.duration)}
          onPlay={() => setPlaying(true)}
          onPause={() => {
            first.current?.pause();
            setPlaying(false);
          }}
        />
        <Divider share={share} anywhere onShare={setShare} />
      </div>
      <div className="mt-2 flex items-center gap-4">
        <button type="button" className="button" onClick={toggle}>
          {playing ? t.film.pause : t.film.play}
        </button>
        <input
          type="range"
          className="min-w-0 grow"
          aria-label={t.film.position}
          aria-valuetext={moment(at, 1)}
          min={0}
          max={length || 1}
          step={0.05}
          value={Math.min(at, length || 1)}
          onChange={(event) => seek(Number(event.target.value))}
        />
        <span className="shrink-0 text-sm text-quiet tabular-nums">
          {moment(at)} / {moment(length)}
        </span>
      </div>
    </div>
  );
}
