// What every part of the test does with a page: open it, take a download, ask axe, keep a screenshot, look at pixels.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { photo } from "./program.mjs";

const shots = process.argv.includes("--shots") ? process.argv[process.argv.indexOf("--shots") + 1] : null;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function loadPage(page, url) {
  await page.goto(url);
  await page.locator("main h1").first().waitFor();
}

export const divider = (page) => page.getByRole("slider", { name: "Divide between before and after" });

export async function colored(page) {
  await divider(page).waitFor({ timeout: 60_000 });
  await page.getByText("Colours are simulated.").waitFor({ timeout: 60_000 });
}

export async function openPhoto(page, address, file = photo) {
  await loadPage(page, `${address}/studio`);
  await page.setInputFiles('input[type="file"]', file);
  await colored(page);
}

/** Opens what stands under More: methods with their options, curl. */
export const openMore = (page) =>
  page.locator("summary", { hasText: /^More$/ }).evaluate((summary) => summary.parentElement.setAttribute("open", ""));

/** Chooses what is wanted: one of the ways above the picture. */
export const want = (page, way) => page.getByText(way, { exact: true }).first().click();

export async function downloadBy(page, name) {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name, exact: true }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

export async function axe(page, where) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run());
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
  assert.deepEqual(told, [], `axe on ${where}`);
}

/** Nothing lies outside of the window to the right. */
export async function fits(page, where) {
  // Phones widen their window to what lies in it, so it is the screen that counts.
  const wider = await page.evaluate((screen) => document.documentElement.scrollWidth - screen, page.viewportSize().width);
  assert.ok(wider <= 0, `${where} is ${wider} px wider than the window`);
}

export async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  const { width } = page.viewportSize();
  // What moves along with a page that is scrolled is seen in its place.
  await page.evaluate(() => window.scrollTo(0, 0));
  // What stays at the bottom of a phone would lie across the middle of a whole page.
  const fullPage = width >= 640 || (await page.locator(".take").count()) === 0;
  await page.screenshot({ path: join(shots, `${name}-${width}.jpg`), type: "jpeg", quality: 60, fullPage });
}

/** The first pixels of the preview. */
export const pixels = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return Array.from(data.subarray(0, 40_000));
  });

/** Width, height and the first pixels of a file, as the browser decodes it. */
export const decoded = (page, bytes, type) =>
  page.evaluate(
    async ([base64, type]) => {
      const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([raw], { type }), { colorSpaceConversion: "none" });
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      pen.drawImage(bitmap, 0, 0);
      const data = pen.getImageData(0, 0, bitmap.width, bitmap.height).data;
      return { width: bitmap.width, height: bitmap.height, data: Array.from(data.subarray(0, 40_000)) };
    },
    [bytes.toString("base64"), type],
  );

/** The largest difference between the luminances (Rec. 709, linear light, to the power 1/2.4) of two files, in 0..255. */
export const lightnessApart = (page, one, two) =>
  page.evaluate(
    async (files) => {
      const [a, b] = await Promise.all(
        files.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
          const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
          pen.drawImage(bitmap, 0, 0);
          return pen.getImageData(0, 0, bitmap.width, bitmap.height).data;
        }),
      );
      const linear = Float64Array.from({ length: 256 }, (_, v) =>
        v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
      );
      const gray = (data, i) => {
        const y = 0.2126 * linear[data[i]] + 0.7152 * linear[data[i + 1]] + 0.0722 * linear[data[i + 2]];
        return 255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055);
      };
      let most = 0;
      for (let i = 0; i < a.length; i += 4) most = Math.max(most, Math.abs(gray(a, i) - gray(b, i)));
      return most;
    },
    [one.toString("base64"), two.toString("base64")],
  );
