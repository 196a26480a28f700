/** The picture in full size, as a file or as a command for a terminal. */
import { useRef, useState } from "react";
import { asCurl, colorize, type Image } from "../api/colorize";
import type { ColorizeOptions, Files } from "../api/types";
import { tell, useSpeech } from "../i18n/text";
import { marked, nameOf, save, stem } from "./download";
import { beforeAndAfter, share } from "./share";

export interface TakeHome {
  /** What is being made, in words; empty when nothing is. */
  making: string;
  /** What came of it, where that needs saying. */
  note: string;
  setNote: (note: string) => void;
  picture: (options: ColorizeOptions, mark: boolean) => Promise<void>;
  /** Through the share menu of the device. */
  share: (options: ColorizeOptions, mark: boolean) => Promise<void>;
  /** A page with before and after. */
  page: (options: ColorizeOptions, before: Blob) => Promise<void>;
  curl: (options: ColorizeOptions) => Promise<void>;
  cancel: () => void;
}

export function useTakeHome(file: File, image: Image | null, files: Files): TakeHome {
  const { t, language } = useSpeech();
  const [making, setMaking] = useState("");
  const [note, setNote] = useState("");
  const running = useRef<AbortController | null>(null);

  /** Does something with the picture in full size, and says what became of it. */
  async function make(what: string, work: (image: Image, signal: AbortSignal) => Promise<void>) {
    const abort = new AbortController();
    running.current = abort;
    setNote("");
    setMaking(what);
    try {
      await work(image ?? file, abort.signal);
    } catch (error) {
      setNote(abort.signal.aborted ? t.studio.cancelled : tell(t, error));
    }
    setMaking("");
  }

  const whole = async (image: Image, options: ColorizeOptions, mark: boolean, signal: AbortSignal) => {
    const made = await colorize(image, options, files, signal);
    return mark ? marked(made, t.studio.markText) : made;
  };

  const picture = (options: ColorizeOptions, mark: boolean) =>
    make(options.collage ? t.studio.makingCollage : t.studio.makingPicture, async (image, signal) => {
      const picture = await whole(image, options, mark, signal);
      save(picture, nameOf(file.name, picture.type, options.collage ? "collage" : "color"));
    });

  const shared = (options: ColorizeOptions, mark: boolean) =>
    make(t.studio.makingPicture, async (image, signal) => {
      // Not every app that takes pictures takes a TIFF.
      const picture = await whole(image, { ...options, format: "jpeg" }, mark, signal);
      await share(picture, nameOf(file.name, picture.type, "color"), t.studio.simulated);
    });

  const page = (options: ColorizeOptions, before: Blob) =>
    make(t.studio.makingPicture, async (image, signal) => {
      const after = await colorize(image, { ...options, format: "jpeg", max_side_px: 1600 }, files, signal);
      const words = {
        title: stem(file.name),
        before: t.stage.before,
        after: t.stage.after,
        divide: t.stage.divide,
        note: t.studio.simulated,
        language,
      };
      save(await beforeAndAfter(before, after, words), `${stem(file.name)}.html`);
    });

  async function curl(options: ColorizeOptions) {
    const command = asCurl(file.name, options, files);
    try {
      await navigator.clipboard.writeText(command);
      setNote(t.studio.curlDone);
    } catch {
      setNote(`${t.studio.curlFailed} ${command}`);
    }
  }

  return { making, note, setNote, picture, share: shared, page, curl, cancel: () => running.current?.abort() };
}
