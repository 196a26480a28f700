/** Frame and pages. */
import { useEffect, useRef, useState } from "react";
import { NavLink, Route, Routes, useLocation } from "react-router";
import { useSpeech, useText } from "./i18n/text";
import { About } from "./pages/about";
import { Batch } from "./pages/batch";
import { Film } from "./pages/film";
import { History } from "./pages/history";
import { Home } from "./pages/home";
import { Instructions } from "./pages/instructions";
import { OpenPicture, Studio } from "./pages/studio";
import { focusHeading } from "./ui/focus";
import { GrainMark } from "./ui/grain-mark";
import { IncomingProvider } from "./ui/incoming";
import { ServerState } from "./ui/server-state";
import { ThemeSwitch } from "./ui/theme-switch";

const PAGES = ["studio", "batch", "film", "history", "instructions", "about"] as const;

export function App() {
  const { t, language, speak } = useSpeech();
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  const [announced, setAnnounced] = useState("");

  useEffect(() => {
    const page = PAGES.find((page) => pathname.split("/")[1] === page);
    document.title = page ? `${t.frame[page]} · Autochrome` : "Autochrome";
  }, [pathname, t]);

  useEffect(() => {
    // A new page begins at its heading, for eyes and for screen readers; the first one is where the browser put it.
    if (shown.current === pathname) return;
    shown.current = pathname;
    window.scrollTo(0, 0);
    focusHeading();
    setAnnounced(document.title);
  }, [pathname]);

  return (
    <IncomingProvider>
      <div className="flex min-h-dvh flex-col">
        <a href="#main" className="button sr-only z-20 focus:not-sr-only focus:absolute focus:m-3">
          {t.frame.skip}
        </a>
        <header className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-4 px-5 pt-4 pb-3 sm:px-8">
          <NavLink to="/" className="flex min-h-11 items-center gap-3 font-serif text-2xl tracking-tight">
            <GrainMark className="size-7" />
            Autochrome
          </NavLink>
          <div className="ml-auto flex sm:order-last sm:ml-0">
            <button
              type="button"
              lang={language === "en" ? "de" : "en"}
              aria-label={t.switchTo}
              title={t.switchTo}
              className="grid size-11 place-items-center rounded-full text-sm text-quiet hover:text-ink"
              onClick={() => speak(language === "en" ? "de" : "en")}
            >
              {language === "en" ? "DE" : "EN"}
            </button>
            <ThemeSwitch />
          </div>
          <nav aria-label={t.frame.pages} className="-mx-1 flex w-full flex-wrap justify-between sm:mr-0 sm:ml-auto sm:w-auto">
            {PAGES.map((page) => (
              <NavLink
                key={page}
                to={`/${page}`}
                className={({ isActive }) =>
                  `flex min-h-11 items-center px-1 text-[0.8125rem] sm:px-3 sm:text-[0.9375rem] ${
                    isActive ? "text-ink underline decoration-ember decoration-2 underline-offset-8" : "text-quiet hover:text-ink"
                  }`
                }
              >
                {t.frame[page]}
              </NavLink>
            ))}
          </nav>
        </header>
        <p aria-live="polite" className="sr-only">
          {announced}
        </p>
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-7xl grow px-5 outline-none sm:px-8">
          <ServerState />
          <Routes>
            <Route path="/" element={<Home />} />
            <Route path="/studio" element={<Studio />} />
            <Route path="/studio/:id" element={<OpenPicture />} />
            <Route path="/batch" element={<Batch />} />
            <Route path="/batch/:id" element={<Batch />} />
            <Route path="/film" element={<Film />} />
            <Route path="/film/:id" element={<Film />} />
            <Route path="/history" element={<History />} />
            <Route path="/instructions" element={<Instructions />} />
            <Route path="/about" element={<About />} />
            <Route path="*" element={<Lost />} />
          </Routes>
        </main>
        <footer className="mx-auto w-full max-w-7xl px-5 pt-24 pb-8 text-sm text-quiet sm:px-8">{t.privacy}</footer>
      </div>
    </IncomingProvider>
  );
}

function Lost() {
  const t = useText();
  return (
    <div className="py-24">
      <h1 className="text-5xl">{t.frame.lost}</h1>
      <p className="mt-6">
        <NavLink to="/" className="button">
          {t.frame.toBeginning}
        </NavLink>
      </p>
    </div>
  );
}
