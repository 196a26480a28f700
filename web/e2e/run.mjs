// The app in a real browser, served by the program. `--shots FOLDER` keeps screenshots, `--timed` wants filters to answer in 100 ms,
// which a release build on a quiet machine is asked for.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aFilm, makeFilm, noFilm } from "./film.mjs";
import { everyKindOfGuidance } from "./guidance.mjs";
import { addresses, atOnce, goesOn, historyGivesPictures, severalAreABatch, sharing } from "./keeping.mjs";
import { memory, memoryForMany, memoryOnFilm } from "./memory.mjs";
import { ownMethods } from "./methods.mjs";
import { batch, canBeInstalled, everyPage, focusFollows, historyCanBeErased, home, inGerman, offline } from "./others.mjs";
import { blueDress, smallLargeAndPlain, thumbs } from "./phone.mjs";
import { launch, startServer } from "./program.mjs";
import { badFiles, byHand, filtersAreQuick, smallThings, theWholeWay } from "./studio.mjs";

const bar_ms = process.argv.includes("--timed") ? 100 : 1000;
const folder = mkdtempSync(join(tmpdir(), "autochrome-e2e-"));
const { child, address } = await startServer(join(folder, "data"));
const film = makeFilm();
if (!film) console.log("skipped: films, ffmpeg is not installed (sudo apt install ffmpeg)");
const begun = performance.now();
const tell = (text) => console.log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${text}`);
let browser;
try {
  browser = await launch();
  for (const [size, width, height] of [
    ["wide", 1440, 900],
    ["small", 320, 640],
    ["phone", 390, 844],
  ]) {
    const viewport = { width, height };
    const context = await browser.newContext({ locale: "en-GB", viewport, acceptDownloads: true, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const complaints = [];
    page.on(
      "console",
      (message) => message.type() === "error" && !/\b(404|415|422)\b/.test(message.text()) && complaints.push(message.text()),
    );
    page.on("pageerror", (error) => complaints.push(String(error)));

    await theWholeWay(page, address);
    tell(`${size}: upload, colour, filter, compare, download, collage, history`);
    await byHand(page, address);
    tell(`${size}: hints painted, undone, redone, saved and loaded; zoom`);
    await addresses(page, address);
    await severalAreABatch(page, address);
    await historyGivesPictures(page, address);
    tell(`${size}: addresses, Back, reload, a second tab, several files, downloads from the history`);
    await ownMethods(page, address);
    tell(`${size}: scribbles, a drawing, a reference, other colours`);
    await memory(page, address);
    tell(`${size}: a memory made, used, undone and removed; a mood from a picture`);
    await everyKindOfGuidance(browser, address, viewport);
    tell(`${size}: options, references, parts, changes of colour, variants, cancel`);
    await home(page, address);
    await batch(page, address);
    await badFiles(page, address);
    tell(`${size}: samples, batch with ZIP, files that are no pictures`);
    if (size === "wide") {
      await memoryForMany(page, address);
      if (film) await memoryOnFilm(page, address);
      tell("a memory for many pictures, and for a film");
    }
    if (film && size !== "small") {
      await aFilm(page, address, film);
      await noFilm(page, address);
      tell(`${size}: a film by scenes, a spot that follows, before and after in one player`);
    }
    const pages = await everyPage(page, address, size);
    await inGerman(page, address);
    tell(`${size}: axe found nothing on ${pages} pages, and nothing is too wide, in German neither`);
    if (size === "wide") {
      const ms = await atOnce(browser, address);
      tell(`the picture stands there ${ms} ms after it was chosen`);
      await goesOn(browser, address);
      await sharing(browser, address);
      tell("without its server it waits and goes on by itself; shared, and as a page");
      await thumbs(browser, address);
      const { taps, seconds } = await blueDress(browser, address);
      tell(`palette, fingers, pinch at 360 to 430 px; a blue spot after ${taps} taps and ${seconds.toFixed(1)} s`);
      await smallLargeAndPlain(browser, address);
      tell("nothing is cut off at 320 px and with text of 200 %; high contrast shows what is chosen");
      await focusFollows(page, address);
      await smallThings(page, address);
      tell("focus follows pages; dropped, pasted, curl, mark, dark mode");
      await filtersAreQuick(page, address, bar_ms);
      await canBeInstalled(page, address);
      await historyCanBeErased(page, address);
      tell("it can be installed; the history can be exported and erased");
    }
    assert.deepEqual(complaints, [], "the browser complained");
    if (size === "phone") {
      const stop = async () => {
        child.kill("SIGTERM");
        await once(child, "exit");
      };
      await offline(page, address, stop);
      tell("without the server: the shell opens, the history is there");
    }
    await context.close();
  }
} finally {
  await browser?.close();
  child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
