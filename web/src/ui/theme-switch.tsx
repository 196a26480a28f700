/** Light or dark: as the system says until a person says otherwise. */
import { useEffect, useState } from "react";
import { useText } from "../i18n/text";

const KEY = "theme";

function initial(): boolean {
  const saved = localStorage.getItem(KEY);
  return saved ? saved === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function ThemeSwitch() {
  const t = useText();
  const [dark, setDark] = useState(initial);

  useEffect(() => {
    document.documentElement.classList.toggle("dark", dark);
  }, [dark]);

  return (
    <button
      type="button"
      aria-pressed={dark}
      aria-label={t.frame.dark}
      title={t.frame.dark}
      className="grid size-11 place-items-center rounded-full text-quiet hover:text-ink"
      onClick={() => {
        localStorage.setItem(KEY, dark ? "light" : "dark");
        setDark(!dark);
      }}
    >
      <svg viewBox="0 0 24 24" className="size-5" aria-hidden="true">
        <circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
        <path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor" />
      </svg>
    </button>
  );
}
