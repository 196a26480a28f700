/** The words of the app in the language of whoever reads it. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { Problem } from "../api/client";
import { de } from "./de";
import { type Catalogue, en } from "./en";

/** Name and explanation of something that the server offers. */
export interface Named {
  name: string;
  summary: string;
}

const LANGUAGES = { en, de };
export type Language = keyof typeof LANGUAGES;
const KEY = "language";

function initial(): Language {
  const wished = [localStorage.getItem(KEY), ...navigator.languages];
  for (const wish of wished) {
    const language = wish?.slice(0, 2);
    if (language === "en" || language === "de") return language;
  }
  return "en";
}

interface Speech {
  t: Catalogue;
  language: Language;
  speak: (language: Language) => void;
}

const SpeechContext = createContext<Speech>({ t: en, language: "en", speak: () => {} });

export function TextProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(initial);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const speech = useMemo(
    () => ({
      t: LANGUAGES[language],
      language,
      speak: (language: Language) => {
        localStorage.setItem(KEY, language);
        setLanguage(language);
      },
    }),
    [language],
  );
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}

/** The catalogue alone, which is what most components need. */
export function useText(): Catalogue {
  return useContext(SpeechContext).t;
}

/** An error in words: those of the catalogue if it has any, else the server's own. */
export function tell(t: Catalogue, error: unknown): string {
  if (error instanceof Problem) {
    if (error.code === "unreachable") return t.unreachable;
    return t.problems[error.code] ?? error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
