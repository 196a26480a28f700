/** What the server remembers for whoever asks. */
import { useCallback, useEffect, useState } from "react";
import { memories, memoryLimits } from "../../api/memories";
import type { Memory, MemoryLimits } from "../../api/types";

export interface Memories {
  /** By name; null before the server has told them. */
  all: Memory[] | null;
  limits: MemoryLimits | null;
  /** Asks again, after one was made or removed. */
  reload: () => Promise<void>;
}

export function useMemories(): Memories {
  const [all, setAll] = useState<Memory[] | null>(null);
  const [limits, setLimits] = useState<MemoryLimits | null>(null);
  const reload = useCallback(async () => setAll(await memories()), []);
  useEffect(() => {
    // While the server is away there is nothing to choose; it is asked again when it is back.
    const ask = () => {
      reload().catch(() => {});
      memoryLimits().then(setLimits, () => {});
    };
    ask();
    window.addEventListener("server-here", ask, { once: true });
    return () => window.removeEventListener("server-here", ask);
  }, [reload]);
  return { all, limits, reload };
}
