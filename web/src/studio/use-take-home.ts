/** The picture in full size, as a file or as a command for a terminal. */
import { useRef, useState } from "react";
import { asCurl, colorize } from "../api/colorize";
import type { ColorizeOptions } from "../api/types";
import { tell, useText } from "../i18n/text";
import { marked, nameOf, save } from "./download";

interface TakeHome {
  /** What is being made, in words; empty when nothing is. */
  making: string;
  /** What came of it, where that needs saying. */
  note: string;
  setNote: (note: string) => void;
  picture: (options: ColorizeOptions, mark: boolean) => Promise<void>;
  curl: (options: ColorizeOptions) => Promise<void>;
  cancel: () => void;
}

export function useTakeHome(file: File, references: File[]): TakeHome {
  const t = useText();
  const [making, setMaking] = useState("");
  const [note, setNote] = useState("");
  const running = useRef<AbortController | null>(null);

  async function picture(options: ColorizeOptions, mark: boolean) {
    const abort = new AbortController();
    running.current = abort;
    setNote("");
    setMaking(options.collage ? t.studio.makingCollage : t.studio.makingPicture);
    try {
      const made = await colorize(file, options, references, abort.signal);
      const picture = mark ? await marked(made, t.studio.markText) : made;
      save(picture, nameOf(file.name, picture.type, options.collage ? "collage" : "color"));
    } catch (error) {
      setNote(abort.signal.aborted ? t.studio.cancelled : tell(t, error));
    }
    setMaking("");
  }

  async function curl(options: ColorizeOptions) {
    const command = asCurl(file.name, options, references);
    try {
      await navigator.clipboard.writeText(command);
      setNote(t.studio.curlDone);
    } catch {
      setNote(`${t.studio.curlFailed} ${command}`);
    }
  }

  return { making, note, setNote, picture, curl, cancel: () => running.current?.abort() };
}
