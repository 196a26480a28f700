import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./app";
import { TextProvider } from "./i18n/text";
import "./styles.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <TextProvider>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </TextProvider>
    </StrictMode>,
  );
}

// Only browsers that trust the address (localhost, or TLS) have service workers; the app does without.
if (import.meta.env.PROD) navigator.serviceWorker?.register("/sw.js").catch(() => {});
