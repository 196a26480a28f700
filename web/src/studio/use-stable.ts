import { useRef } from "react";

/** `value`, or the earlier one while it says the same as JSON: so that effects run when something changed, and not more often. */
export function useStable<T>(value: T): T {
  const kept = useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}
