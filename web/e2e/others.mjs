// The other pages, and the app as something that is installed and works without its server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { axe, decoded, downloadBy, fits, loadPage, openPhoto, shot, want } from "./page.mjs";
import { photo } from "./program.mjs";

const PAGES = ["/", "/studio", "/batch", "/film", "/history", "/instructions", "/about"];

export async function home(page, address) {
  await loadPage(page, address);
  await page
    .getByRole("button", { name: /Develop/ })
    .first()
    .click();
  await page
    .getByRole("button", { name: /Open in the studio/ })
    .first()
    .waitFor({ timeout: 60_000 });
  await page.waitForTimeout(300);
  await shot(page, "home-developed");
}

export async function batch(page, address) {
  await loadPage(page, `${address}/batch`);
  const bytes = readFileSync(photo);
  await page.setInputFiles('input[type="file"]', [
    { name: "one.png", mimeType: "image/png", buffer: bytes },
    { name: "two.png", mimeType: "image/png", buffer: bytes },
    { name: "broken.png", mimeType: "image/png", buffer: bytes.subarray(0, 2000) },
  ]);
  // What waits for a hand is not for many pictures; what waits for a reference says so.
  await page.getByRole("radio", { name: "Automatic" }).waitFor();
  assert.equal(await page.getByRole("radio", { name: /Paint|drawing/ }).count(), 0);
  await want(page, "Like another picture");
  assert.ok(await page.getByRole("button", { name: "Colour all" }).isDisabled());
  await want(page, "Automatic");
  await page.getByLabel("Colours in words").fill("red coat");
  await axe(page, "a batch that is prepared");
  await fits(page, "a batch that is prepared");
  await shot(page, "batch-prepared");
  await page.getByRole("button", { name: "Colour all" }).click();
  await page.getByText("2 of 3 done · 1 could not be coloured").waitFor({ timeout: 60_000 });
  const zip = await downloadBy(page, "Download all");
  assert.equal(zip.name, "autochrome.zip");
  const names = zip.bytes.toString("latin1");
  for (const name of ["one.color.png", "two.color.png", "failed.json"]) assert.ok(names.includes(name), `the ZIP holds ${name}`);
  const one = await downloadBy(page, "Download one.png");
  assert.equal((await decoded(page, one.bytes, "image/png")).width, 512);
  await axe(page, "a batch that is over");
  await fits(page, "a batch that is over");
  await shot(page, "batch-done");

  // Another tab, another day: the server knows it, and so does the history.
  const address_of = page.url();
  assert.match(address_of, /\/batch\/[0-9a-f]{32}$/);
  await loadPage(page, `${address}/history`);
  await page
    .getByRole("link", { name: /^3 photographs/ })
    .first()
    .click();
  await page.getByText("2 of 3 done · 1 could not be coloured").waitFor();
  assert.equal(page.url(), address_of);
}

/** Every page, light and dark. */
export async function everyPage(page, address, size) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const suffix = scheme === "dark" ? "-dark" : "";
    for (const path of PAGES) {
      await loadPage(page, address + path);
      if (path === "/history")
        await page
          .getByRole("link", { name: /^Open / })
          .first()
          .waitFor();
      await fits(page, path);
      await axe(page, `${path}, ${size}, ${scheme}`);
      if (scheme === "light" || path === "/") await shot(page, `${path === "/" ? "home" : path.slice(1)}${suffix}`);
    }
    await openPhoto(page, address);
    await fits(page, "an open picture");
    await axe(page, `an open picture, ${size}, ${scheme}`);
    await shot(page, `picture${suffix}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  return 2 * (PAGES.length + 1);
}

/** A link to another page puts the focus on its heading, and its title is announced. */
export async function focusFollows(page, address) {
  await loadPage(page, `${address}/about`);
  await page.getByRole("link", { name: "History", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1" && document.activeElement.textContent === "History");
  await page.locator('[aria-live="polite"]', { hasText: "History · Autochrome" }).waitFor({ state: "attached" });
}

export async function inGerman(page, address) {
  await loadPage(page, address);
  await page.getByRole("button", { name: "auf Deutsch" }).click();
  await page.getByText("Verlauf", { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  for (const path of PAGES) {
    await loadPage(page, address + path);
    await fits(page, `${path} in German`);
  }
  await page.getByRole("button", { name: "in English" }).click();
}

/** The browser would offer to install it. */
export async function canBeInstalled(page, address) {
  await loadPage(page, address);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const session = await page.context().newCDPSession(page);
  const { manifest } = await session.send("Page.getAppManifest");
  assert.equal(manifest?.display ?? "kStandalone", "kStandalone");
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // A window without a profile of its own never installs anything.
  const told = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito");
  assert.deepEqual(told, []);
}

/** Exported, one picture erased, then everything. */
export async function historyCanBeErased(page, address) {
  await loadPage(page, `${address}/history`);
  const links = page.getByRole("link", { name: /^Open / });
  await links.first().waitFor();
  const before = await links.count();
  const zip = await downloadBy(page, "Export as ZIP");
  assert.equal(zip.bytes.subarray(0, 2).toString(), "PK");
  assert.ok(zip.bytes.includes("settings.json"));
  await page
    .getByRole("button", { name: /^Erase camera.png/ })
    .first()
    .click();
  const left = (n) => page.waitForFunction((n) => document.querySelectorAll("main li a[href^='/studio/'] img").length === n, n);
  await left(before - 1);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Undo", "the focus is where it can be taken back");
  await page.keyboard.press("Enter");
  await left(before);
  await page
    .getByRole("button", { name: /^Erase camera.png/ })
    .first()
    .click();
  await left(before - 1);
  await page.getByRole("button", { name: "Erase everything", exact: true }).click();
  await page.getByRole("button", { name: "Yes, erase everything" }).click();
  await page.getByText("Nothing yet.").waitFor();
  await page.reload();
  await page.getByText("Nothing yet.").waitFor();
  await axe(page, "an empty history");
  await shot(page, "history-empty");
}

/** Without its server the app opens, says so, and shows what the history keeps. */
export async function offline(page, address, stop) {
  await loadPage(page, address);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await stop();
  await page.goto(`${address}/history`);
  await page.getByText("camera.png").first().waitFor();
  await page.goto(`${address}/studio`);
  await page.getByText("Autochrome does not answer.", { exact: false }).first().waitFor();
}
