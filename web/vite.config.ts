import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import subsetFont from "subset-font";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** `sw.js`, which knows every file of this build and a name that changes with any of them. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const open = readdirSync("public", { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile() && !file.name.endsWith(".md"))
        .map((file) => `${file.parentPath}/${file.name}`);
      const hash = createHash("sha256");
      for (const name of Object.keys(bundle).sort()) hash.update(name);
      for (const file of open.sort()) hash.update(readFileSync(file));
      const built = Object.keys(bundle).filter((name) => name !== "index.html");
      const files = ["/", ...built.map((name) => `/${name}`), ...open.map((file) => file.slice("public".length))];
      const source = readFileSync("src/offline/service-worker.js", "utf8")
        .replace("__VERSION__", `autochrome-${hash.digest("hex").slice(0, 16)}`)
        .replace("__FILES__", JSON.stringify(files));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

/** Where the fonts of this app lie, as small as it needs them. */
const FONTS = resolve("node_modules/.cache/autochrome");

/** Newsreader in one weight and for one size, with the letters of western European languages: a sixth of the file that npm brings. */
async function smallFonts() {
  const letters = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)).join("");
  const text = `${letters(0x20, 0x7e)}${letters(0xa0, 0xff)}–—‘’‚“”„…‹›€×−`;
  const whole = readFileSync("node_modules/@fontsource-variable/newsreader/files/newsreader-latin-opsz-normal.woff2");
  const small = await subsetFont(whole, text, { targetFormat: "woff2", variationAxes: { wght: 400, opsz: 40 } });
  mkdirSync(FONTS, { recursive: true });
  writeFileSync(`${FONTS}/newsreader.woff2`, small);
}

const target = process.env.AUTOCHROME_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig(async () => {
  await smallFonts();
  return {
    resolve: { alias: { "@fonts": FONTS } },
    plugins: [react(), tailwindcss(), serviceWorker()],
    // Everything is a file of its own: the server's policy allows no inline code or fonts from data: URLs.
    build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    // The server refuses requests of pages of other origins, which the development server is one of.
    server: { proxy: { "/v1": { target, changeOrigin: true, headers: { origin: target } } } },
    test: { include: ["src/**/*.test.ts"] },
  };
});
