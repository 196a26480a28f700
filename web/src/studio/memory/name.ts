/** Most characters of a name. */
const MOST = 64;

/** What a memory is called at the server when a person types this: letters, digits, - and _; empty where nothing is left. */
export function memoryName(typed: string): string {
  const kept = typed
    .trim()
    .replaceAll(/\s+/g, "-")
    .replaceAll(/[^\p{Alphabetic}\p{Number}_-]/gu, "");
  return [...kept].slice(0, MOST).join("");
}
