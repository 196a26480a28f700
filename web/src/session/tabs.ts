/** Whether another tab has the same picture open. */
import { useEffect, useState } from "react";

interface Word {
  say: "open" | "here" | "gone";
  id: string;
  tab: string;
}

const tab = crypto.randomUUID();

/** True while another tab that was there before shows session `id`. */
export function useOtherTab(id: string): boolean {
  const [other, setOther] = useState(false);
  useEffect(() => {
    setOther(false);
    const channel = new BroadcastChannel("autochrome");
    const tell = (say: Word["say"]) => channel.postMessage({ say, id, tab } satisfies Word);
    channel.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.id !== id || data.tab === tab) return;
      if (data.say === "open") tell("here");
      if (data.say === "here") setOther(true);
      if (data.say === "gone") setOther(false);
    };
    tell("open");
    const leave = () => tell("gone");
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      tell("gone");
      channel.close();
    };
  }, [id]);
  return other;
}
