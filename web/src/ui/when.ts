import type { Language } from "../i18n/text";

/** A time in the language of the app, as the reader's country writes it where the browser tells which. */
export function when(ms: number, language: Language): string {
  const local = navigator.languages.find((one) => one.slice(0, 2) === language) ?? language;
  return new Date(ms).toLocaleString(local, { dateStyle: "medium", timeStyle: "short" });
}
