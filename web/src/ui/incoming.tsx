/** Pictures that come in anywhere in the app: chosen, dropped or pasted. One opens in the studio, several go to the batch. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { useText } from "../i18n/text";
import { begin } from "../session/open";

interface Incoming {
  /** Opens one picture, or takes several to the batch. */
  bring: (files: File[]) => void;
  /** What waits for the batch; taken once. */
  take: () => File[];
  /** How many wait. */
  waiting: number;
}

const IncomingContext = createContext<Incoming>({ bring: () => {}, take: () => [], waiting: 0 });

/** Whether a file may be a picture; what it really is, the server says. */
const mayBePicture = (file: File) => file.type.startsWith("image/") || file.type === "" || /\.(tiff?|p[gpn]m)$/i.test(file.name);

export function IncomingProvider({ children }: { children: ReactNode }) {
  const t = useText();
  const navigate = useNavigate();
  const [waiting, setWaiting] = useState<File[]>([]);
  const [over, setOver] = useState(false);

  const bring = useCallback(
    (files: File[]) => {
      const [first, ...more] = files;
      if (!first) return;
      if (more.length === 0) {
        navigate(begin(first));
      } else {
        setWaiting((before) => [...before, ...files]);
        navigate("/batch");
      }
    },
    [navigate],
  );
  const take = useCallback(() => {
    setWaiting([]);
    return waiting;
  }, [waiting]);

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const drag = (event: DragEvent) => {
      // A place that takes pictures for itself has said so.
      if (!hasFiles(event) || event.defaultPrevented) {
        setOver(false);
        return;
      }
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      bring([...(event.dataTransfer?.files ?? [])]);
    };
    const paste = (event: ClipboardEvent) => bring([...(event.clipboardData?.files ?? [])].filter(mayBePicture));
    window.addEventListener("dragover", drag);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragover", drag);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, [bring]);

  const incoming = useMemo(() => ({ bring, take, waiting: waiting.length }), [bring, take, waiting]);
  return (
    <IncomingContext value={incoming}>
      {children}
      {over && (
        <div className="pointer-events-none fixed inset-3 z-30 grid place-items-center rounded-lg border-2 border-dashed border-ember bg-paper/85">
          <p className="font-serif text-3xl">{t.drop.anywhere}</p>
        </div>
      )}
    </IncomingContext>
  );
}

export function useIncoming(): Incoming {
  return useContext(IncomingContext);
}
