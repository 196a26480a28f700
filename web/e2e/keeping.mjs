// Work that is never lost: addresses, Back, reload, a second tab, a server that goes away for a while.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { colored, divider, downloadBy, loadPage, openPhoto, want } from "./page.mjs";
import { photo } from "./program.mjs";

/** A picture has an address that finds it again with what was done to it. */
export async function addresses(page, address) {
  await openPhoto(page, address);
  const place = page.url();
  assert.match(place, /\/studio\/[0-9a-f-]{36}$/);
  await page.getByLabel("Filter", { exact: true }).selectOption("vivid");
  await page.getByRole("button", { name: "Another picture" }).click();
  await page.getByRole("heading", { level: 1, name: "Studio" }).waitFor();
  await page.goBack();
  await divider(page).waitFor();
  const filter = page.getByLabel("Filter", { exact: true });
  assert.equal(await filter.inputValue(), "vivid", "Back finds it");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  assert.equal(await filter.inputValue(), "none", "with the steps that can be undone");
  await page.getByRole("button", { name: "Redo", exact: true }).click();

  await page.waitForTimeout(900);
  await page.reload();
  await colored(page);
  assert.equal(page.url(), place);
  assert.equal(await filter.inputValue(), "vivid", "a reload finds it");

  const second = await page.context().newPage();
  await second.goto(place);
  await second.getByText("open in another tab too").waitFor();
  await divider(second).waitFor({ timeout: 60_000 });
  assert.equal(await second.getByLabel("Filter", { exact: true }).inputValue(), "vivid", "a second tab finds it, and says so");
  assert.equal(await page.getByText("open in another tab too").count(), 0, "the first one need not");
  await second.close();

  // Another picture starts clean.
  await want(page, "Like another picture");
  await page.getByRole("button", { name: "Another picture" }).click();
  await page.getByRole("heading", { level: 1, name: "Studio" }).waitFor();
  await page.setInputFiles('input[type="file"]', photo);
  await colored(page);
  assert.equal(await filter.inputValue(), "none");
  assert.ok(await page.getByRole("radio", { name: "Automatic" }).isChecked());

  await page.goto(`${address}/studio/00000000-0000-4000-8000-000000000000`);
  await page.getByRole("heading", { level: 1, name: "This picture is not here" }).waitFor();
}

/** The picture stands there before the server has it, and the words say how far it is. */
export async function atOnce(browser, address) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
  const page = await context.newPage();
  await loadPage(page, `${address}/studio`);
  let release = () => {};
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route("**/v1/pictures", async (route) => {
    await held;
    await route.continue();
  });
  // In colour, and shown so.
  const red = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(300, 200);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#a03020";
    pen.fillRect(0, 0, 300, 200);
    pen.fillStyle = "#3050a0";
    pen.fillRect(0, 0, 150, 200);
    return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
  });
  const begun = Date.now();
  await page.setInputFiles('input[type="file"]', { name: "red.png", mimeType: "image/png", buffer: Buffer.from(red) });
  const before = page.getByAltText("The picture as it was");
  await before.waitFor();
  const ms = Date.now() - begun;
  assert.ok(ms < 1500, `the picture is seen after ${ms} ms`);
  assert.match(await before.getAttribute("src"), /^blob:/);
  await page.getByText(/Sending the picture|Finding colours/i).waitFor();
  release();
  await page.getByText("This picture is in colour already.").waitFor();
  await page.getByRole("button", { name: "Change colours" }).click();
  await page.getByText("Choose what a colour is to become, or add a reference.").waitFor();
  await context.close();
  return ms;
}

/** Several files go to the batch, wherever they are dropped. */
export async function severalAreABatch(page, address) {
  await loadPage(page, `${address}/studio`);
  const bytes = readFileSync(photo);
  await page.setInputFiles('input[type="file"]', [
    { name: "one.png", mimeType: "image/png", buffer: bytes },
    { name: "two.png", mimeType: "image/png", buffer: bytes },
  ]);
  await page.getByRole("heading", { level: 1, name: "Batch" }).waitFor();
  await page.getByText("2 photographs").waitFor();
}

/** What a server that is away keeps waiting goes on by itself. */
export async function goesOn(browser, address) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 }, serviceWorkers: "block" });
  const page = await context.newPage();
  await openPhoto(page, address);
  let away = true;
  for (const path of ["**/v1/**", "**/healthz"]) await page.route(path, (route) => (away ? route.abort() : route.continue()));
  await want(page, "Paint it myself");
  await page.getByRole("button", { name: "Blue", exact: true }).click();
  const area = page.getByRole("application", { name: "Area to paint on" });
  await area.click({ position: { x: 100, y: 100 } });
  await page.getByText("This goes on by itself when it is back.").waitFor();
  away = false;
  await page.getByText("Colours are simulated.").waitFor({ timeout: 20_000 });
  assert.equal(await page.getByText("Autochrome does not answer").count(), 0);
  await context.close();
}

/** The history gives the picture in full size, as it was left. */
export async function historyGivesPictures(page, address) {
  await openPhoto(page, address);
  await page.getByLabel("Filter", { exact: true }).selectOption("sepia");
  await page.waitForTimeout(1200);
  const wanted = await downloadBy(page, "Download");
  await loadPage(page, `${address}/history`);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download camera.png in full size" }).first().click();
  const download = await waiting;
  assert.equal(download.suggestedFilename(), "camera.color.png");
  assert.ok(readFileSync(await download.path()).equals(wanted.bytes), "the same picture");
  // The filter is seen in the tile: sepia is brown.
  const brown = await page
    .getByRole("link", { name: "Open camera.png" })
    .first()
    .locator("img")
    .evaluate(async (image) => {
      await image.decode();
      const pen = new OffscreenCanvas(1, 1).getContext("2d");
      pen.drawImage(image, 0, 0, 1, 1);
      const [red, , blue] = pen.getImageData(0, 0, 1, 1).data;
      return red - blue;
    });
  assert.ok(brown > 5, `the tile is ${brown} warmer than cold`);
}

/** Shared through the device, and as a page of its own. */
export async function sharing(browser, address) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 }, acceptDownloads: true });
  await context.addInitScript(() => {
    navigator.canShare = () => true;
    navigator.share = async (data) => {
      window.shared = { name: data.files[0].name, type: data.files[0].type, bytes: data.files[0].size };
    };
  });
  const page = await context.newPage();
  await openPhoto(page, address);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.waitForFunction(() => window.shared);
  const shared = await page.evaluate(() => window.shared);
  assert.deepEqual([shared.name, shared.type, shared.bytes > 10_000], ["camera.color.jpg", "image/jpeg", true]);
  const file = await downloadBy(page, "Before and after as a page");
  assert.equal(file.name, "camera.html");
  const alone = await context.newPage();
  const asked = [];
  alone.on("request", (request) => /^https?:/.test(request.url()) && asked.push(request.url()));
  await alone.setContent(file.bytes.toString());
  const clip = () =>
    alone
      .locator("img")
      .nth(1)
      .evaluate((image) => getComputedStyle(image).clipPath);
  const before = await clip();
  await alone.getByRole("slider").focus();
  await alone.keyboard.press("End");
  assert.notEqual(await clip(), before, "the line moves");
  assert.ok(
    await alone
      .locator("img")
      .first()
      .evaluate((image) => image.naturalWidth === 512),
  );
  assert.deepEqual(asked, [], "it asks nobody for anything");
  await context.close();
}
