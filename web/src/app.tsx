/** Frame and pages. */
import { useEffect, useRef } from "react";
import { NavLink, Route, Routes, useLocation } from "react-router";
import { About } from "./pages/about";
import { History } from "./pages/history";
import { Home } from "./pages/home";
import { Instructions } from "./pages/instructions";
import { Studio } from "./pages/studio";
import { GrainMark } from "./ui/grain-mark";
import { ThemeSwitch } from "./ui/theme-switch";

const PAGES = [
  ["/studio", "Studio"],
  ["/history", "History"],
  ["/instructions", "Instructions"],
  ["/about", "About"],
] as const;

export function App() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  useEffect(() => {
    const page = PAGES.find(([path]) => path === pathname)?.[1];
    document.title = page ? `${page} · Autochrome` : "Autochrome";
    // A new page begins at its top, for eyes and for screen readers; the first one is where the browser put it.
    if (!first.current) {
      window.scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [pathname]);

  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="button sr-only z-20 focus:not-sr-only focus:absolute focus:m-3">
        Skip to content
      </a>
      <header className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-4 px-5 pt-4 pb-3 sm:px-8">
        <NavLink to="/" className="flex min-h-11 items-center gap-3 font-serif text-2xl tracking-tight">
          <GrainMark className="size-7" />
          Autochrome
        </NavLink>
        <div className="ml-auto sm:order-last sm:ml-0">
          <ThemeSwitch />
        </div>
        <nav aria-label="Pages" className="-mx-2 flex w-full flex-wrap sm:mr-0 sm:ml-auto sm:w-auto">
          {PAGES.map(([path, name]) => (
            <NavLink
              key={path}
              to={path}
              className={({ isActive }) =>
                `flex min-h-11 items-center px-2 text-[15px] sm:px-3 ${
                  isActive
                    ? "text-ink underline decoration-ember decoration-2 underline-offset-8"
                    : "text-quiet hover:text-ink"
                }`
              }
            >
              {name}
            </NavLink>
          ))}
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1} className="mx-auto w-full max-w-7xl grow px-5 outline-none sm:px-8">
        <Routes>
          <Route path="/" element={<Home />} />
          <Route path="/studio" element={<Studio />} />
          <Route path="/history" element={<History />} />
          <Route path="/instructions" element={<Instructions />} />
          <Route path="/about" element={<About />} />
          <Route path="*" element={<Lost />} />
        </Routes>
      </main>
      <footer className="mx-auto w-full max-w-7xl px-5 pt-24 pb-8 text-sm text-quiet sm:px-8">
        Pictures go to the Autochrome that served this page, and nowhere else. Colours are plausible, not remembered.
      </footer>
    </div>
  );
}

function Lost() {
  return (
    <div className="py-24">
      <h1 className="text-5xl">There is no such page</h1>
      <p className="mt-6">
        <NavLink to="/" className="button">
          To the beginning
        </NavLink>
      </p>
    </div>
  );
}
