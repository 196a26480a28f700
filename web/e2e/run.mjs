// The app in a real browser: upload → colour → filter → compare → collage → download → history, axe on every page, and
// screenshots with --shots FOLDER. AUTOCHROME names the program (default: target/debug/autochrome), CHROMIUM the browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const photo = join(root, "examples/photos/camera.png");
const program = process.env.AUTOCHROME ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/autochrome");
const shots = process.argv.includes("--shots") ? process.argv[process.argv.indexOf("--shots") + 1] : null;
const PAGES = ["/", "/studio", "/history", "/instructions", "/about"];
const more = (process.env.AUTOCHROME_ARGS ?? "").split(" ").filter(Boolean);

async function startServer(folder) {
  const child = spawn(program, ["serve", "--bind", "127.0.0.1:0", "--data-dir", folder, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const address = await new Promise((resolve, reject) => {
    let text = "";
    const read = (chunk) => {
      text += chunk;
      const found = text.match(/http:\/\/[\d.:]+/);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
    child.on("error", reject);
  });
  return { child, address };
}

async function loadPage(page, url) {
  await page.goto(url, { waitUntil: "networkidle" });
}

async function openPhoto(page, address) {
  await loadPage(page, `${address}/studio`);
  await page.setInputFiles('input[type="file"]', photo);
  await page.getByRole("slider", { name: "Divide between before and after" }).waitFor({ timeout: 60_000 });
  await page.getByText("Colours are simulated.").waitFor({ timeout: 60_000 });
}

const pixels = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return Array.from(data.subarray(0, 40_000));
  });

/** Width, height and the first pixels of a file, as the browser decodes it. */
const decoded = (page, bytes, type) =>
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

async function downloadBy(page, name) {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name, exact: true }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function theWholeWay(page, address) {
  await openPhoto(page, address);
  const plain = await pixels(page);

  await page.getByLabel("Filter", { exact: true }).selectOption("sepia");
  await page.waitForFunction(
    (before) => {
      const canvas = document.querySelector("canvas");
      return canvas.getContext("2d").getImageData(0, 0, 1, 1).data[2] !== before;
    },
    plain[2],
  );
  const sepia = await pixels(page);
  assert.ok(sepia[0] > sepia[2] + 5, "sepia is brown");

  const divide = page.getByRole("slider", { name: "Divide between before and after" });
  await divide.focus();
  await page.keyboard.press("End");
  assert.equal(await divide.getAttribute("aria-valuenow"), "100");
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+ArrowRight");
  assert.equal(await divide.getAttribute("aria-valuenow"), "10");

  const picture = await downloadBy(page, "Download");
  assert.equal(picture.name, "camera.color.png");
  const full = await decoded(page, picture.bytes, "image/png");
  assert.deepEqual([full.width, full.height], [512, 512]);
  // The preview went through JPEG; the filter is the same table on both sides.
  const difference = full.data.reduce((sum, v, i) => sum + Math.abs(v - sepia[i]), 0) / full.data.length;
  assert.ok(difference < 3, `what is downloaded is what was shown (mean difference ${difference})`);

  const collage = await downloadBy(page, "Download the collage");
  const both = await decoded(page, collage.bytes, "image/png");
  assert.deepEqual([both.width, both.height], [512 + 10 + 512, 512]);

  await page.waitForTimeout(700);
  await loadPage(page, `${address}/history`);
  await page.getByText("camera.png").waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Open camera.png" }).click();
  await divide.waitFor();
  assert.equal(await page.getByLabel("Filter", { exact: true }).inputValue(), "sepia");
}

async function badFiles(page, address) {
  await loadPage(page, `${address}/studio`);
  await page.setInputFiles('input[type="file"]', { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("hello") });
  await page.getByText("this is not a picture").waitFor();
}

async function filtersAreQuick(page, address) {
  await loadPage(page, `${address}/studio`);
  // Two megapixels: 1700 × 1176.
  const big = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1700, 1176);
    const pen = canvas.getContext("2d");
    for (let i = 0; i < 4000; i++) {
      pen.fillStyle = `rgb(${(i * 37) % 256} ${(i * 37) % 256} ${(i * 37) % 256})`;
      pen.fillRect((i * 97) % 1700, (i * 61) % 1176, 60, 40);
    }
    return Array.from(new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer()));
  });
  await page.setInputFiles('input[type="file"]', { name: "big.jpg", mimeType: "image/jpeg", buffer: Buffer.from(big) });
  await page.getByText("Colours are simulated.").waitFor({ timeout: 120_000 });
  const times = [];
  for (const filter of ["warm", "cool", "vivid", "sepia", "vintage", "muted", "natural"]) {
    times.push(
      await page.evaluate(async (filter) => {
        const canvas = document.querySelector("canvas");
        const select = [...document.querySelectorAll("select")][0];
        const original = CanvasRenderingContext2D.prototype.putImageData;
        return new Promise((resolve) => {
          const start = performance.now();
          CanvasRenderingContext2D.prototype.putImageData = function (...args) {
            original.apply(this, args);
            CanvasRenderingContext2D.prototype.putImageData = original;
            if (this.canvas === canvas) resolve(performance.now() - start);
          };
          Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(select, filter);
          select.dispatchEvent(new Event("change", { bubbles: true }));
        });
      }, filter),
    );
  }
  times.sort((a, b) => a - b);
  console.log(`filter on 1700 × 1176: ${times.map((ms) => ms.toFixed(0)).join(", ")} ms`);
}

async function axe(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`);
  assert.deepEqual(told, [], `axe on ${where}`);
}

const folder = mkdtempSync(join(tmpdir(), "autochrome-e2e-"));
const { child, address } = await startServer(join(folder, "data"));
let browser;
try {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  for (const [size, width, height] of [["wide", 1440, 900], ["phone", 360, 740]]) {
    const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true, reducedMotion: "reduce" });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && !message.text().includes("415") && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));

    await theWholeWay(page, address);
    console.log(`${size}: upload, colour, filter, compare, download, collage, history`);
    await badFiles(page, address);
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      for (const path of PAGES) {
        await loadPage(page, address + path);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wider <= 0, `${path} is ${wider} px wider than ${width}`);
        await axe(page, `${path}, ${size}, ${scheme}`);
        if (shots && (scheme === "light" || path === "/")) {
          mkdirSync(shots, { recursive: true });
          const name = path === "/" ? "home" : path.slice(1);
          const suffix = scheme === "dark" ? "-dark" : "";
          await page.screenshot({ path: join(shots, `${name}-${width}${suffix}.png`), fullPage: true });
        }
      }
      await openPhoto(page, address);
      await axe(page, `an open picture, ${size}, ${scheme}`);
      if (shots) await page.screenshot({ path: join(shots, `picture-${width}-${scheme}.png`), fullPage: true });
    }
    console.log(`${size}: axe found nothing on ${PAGES.length + 1} pages, light and dark`);
    if (size === "wide") await filtersAreQuick(page, address);
    assert.deepEqual(complaints, [], "the browser complained");
    await context.close();
  }
} finally {
  await browser?.close();
  child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
