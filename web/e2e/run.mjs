// The app in a real browser: upload → colour → filter → compare → hints → collage → download → history → batch → offline, axe on
// every page, and screenshots with --shots FOLDER. AUTOCHROME names the program (default: target/debug/autochrome), CHROMIUM the browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const photo = join(root, "examples/photos/camera.png");
const program = process.env.AUTOCHROME ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/autochrome");
const shots = process.argv.includes("--shots") ? process.argv[process.argv.indexOf("--shots") + 1] : null;
const PAGES = ["/", "/studio", "/batch", "/history", "/instructions", "/about"];
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
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

/** The largest difference between the luminances (Rec. 709, linear light, to the power 1/2.4) of two files, in 0..255. */
const lightnessApart = (page, one, two) =>
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
      const linear = Float64Array.from({ length: 256 }, (_, v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
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

async function downloadBy(page, name) {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name, exact: true }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function theWholeWay(page, address) {
  await openPhoto(page, address);
  const plain = await pixels(page);
  const colored = await downloadBy(page, "Download");
  const apart = await lightnessApart(page, readFileSync(photo), colored.bytes);
  assert.ok(apart < 1.5, `lightness is that of the file (at most ${apart} of 255 apart)`);

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

  const hold = page.getByRole("button", { name: "Hold to see the original" });
  await hold.focus();
  await page.keyboard.down(" ");
  assert.equal(await divide.count(), 0, "while it is held, the original alone is seen");
  await page.keyboard.up(" ");
  await divide.waitFor();

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

async function handAndZoom(page, address) {
  await openPhoto(page, address);
  await page.getByText("Colour by hand", { exact: true }).click();
  const area = page.getByRole("application", { name: "Area to paint on" });
  const before = await pixels(page);
  await page.getByRole("button", { name: "Red", exact: true }).click();
  await area.scrollIntoViewIfNeeded();
  const box = await area.boundingBox();
  await page.mouse.click(box.x + 0.05 * box.width, box.y + 0.02 * box.height);
  await page.getByText("1 spot, 0 strokes").waitFor();
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 30, { steps: 8 });
  await page.mouse.up();
  await page.getByText("1 spot, 1 stroke", { exact: true }).waitFor();
  await area.focus();
  for (const key of ["ArrowLeft", "Enter", "Control+z", "Control+z"]) await page.keyboard.press(key);
  await page.getByText("1 spot, 0 strokes").waitFor();
  await page.waitForFunction(
    (before) => {
      const data = document.querySelector("canvas").getContext("2d").getImageData(0, 0, 100, 100).data;
      return data.some((v, i) => Math.abs(v - before[i]) > 8);
    },
    before.slice(0, 400),
    { timeout: 30_000 },
  );
  const saved = await downloadBy(page, "Save");
  assert.equal(JSON.parse(saved.bytes.toString()).points[0].color, "#b3202a");
  await page.getByRole("button", { name: "Remove all" }).click();
  await page.setInputFiles('[data-testid="hints-file"]', { name: "hints.json", mimeType: "application/json", buffer: saved.bytes });
  await page.getByText("1 spot, 0 strokes").waitFor();
  await axe(page, "hints");
  if (shots) await page.screenshot({ path: join(shots, `hints-${page.viewportSize().width}.jpg`), type: "jpeg", quality: 60 });

  // Zoom by keys keeps the divider reachable.
  await page.getByText("Compare", { exact: true }).click();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("group", { name: "Picture" }).focus();
  await page.keyboard.press("+");
  await page.getByText("2×", { exact: true }).waitFor();
  await page.keyboard.press("0");
  await page.getByText("1×", { exact: true }).waitFor();
}

async function batch(page, address) {
  await loadPage(page, `${address}/batch`);
  const bytes = readFileSync(photo);
  await page.setInputFiles('input[type="file"]', [
    { name: "one.png", mimeType: "image/png", buffer: bytes },
    { name: "two.png", mimeType: "image/png", buffer: bytes },
    { name: "broken.png", mimeType: "image/png", buffer: bytes.subarray(0, 2000) },
  ]);
  await page.getByRole("button", { name: "Colour all" }).click();
  await page.getByText("2 of 3 done · 1 could not be coloured").waitFor({ timeout: 60_000 });
  const zip = await downloadBy(page, "Download all");
  assert.equal(zip.name, "autochrome.zip");
  const names = zip.bytes.toString("latin1");
  for (const name of ["one", "two", "failed.json"]) assert.ok(names.includes(name), `the ZIP holds ${name}`);
  const one = await downloadBy(page, "Download one.png");
  assert.equal((await decoded(page, one.bytes, "image/png")).width, 512);
  await axe(page, "a batch that is over");
  if (shots) await page.screenshot({ path: join(shots, `batch-done-${page.viewportSize().width}.jpg`), type: "jpeg", quality: 60 });
}

/** Without its server the app opens, says so, and shows what the history keeps. */
async function offline(page, address, stop) {
  await loadPage(page, address);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await stop();
  await page.goto(`${address}/history`);
  await page.getByText("camera.png").first().waitFor();
  await page.goto(`${address}/studio`);
  await page.getByText("The server does not answer.", { exact: false }).waitFor();
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
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run());
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
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
    const context = await browser.newContext({ locale: "en-GB", viewport: { width, height }, acceptDownloads: true, reducedMotion: "reduce" });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && !message.text().includes("415") && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));

    await theWholeWay(page, address);
    console.log(`${size}: upload, colour, filter, compare, download, collage, history`);
    await handAndZoom(page, address);
    await batch(page, address);
    console.log(`${size}: hints painted, undone, saved and loaded; zoom; batch with ZIP`);
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
          await page.screenshot({ path: join(shots, `${name}-${width}${suffix}.jpg`), type: "jpeg", quality: 60, fullPage: true });
        }
      }
      await openPhoto(page, address);
      await axe(page, `an open picture, ${size}, ${scheme}`);
      if (shots) await page.screenshot({ path: join(shots, `picture-${width}-${scheme}.jpg`), type: "jpeg", quality: 60, fullPage: true });
    }
    console.log(`${size}: axe found nothing on ${PAGES.length + 1} pages, light and dark`);
    if (size === "wide") await filtersAreQuick(page, address);
    await page.getByRole("button", { name: "auf Deutsch" }).click();
    await page.getByText("Verlauf", { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
    await loadPage(page, `${address}/instructions`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `German is ${wider} px wider than ${width}`);
    await page.getByRole("button", { name: "in English" }).click();
    assert.deepEqual(complaints, [], "the browser complained");
    if (size === "phone") {
      const stop = async () => {
        child.kill("SIGTERM");
        await once(child, "exit");
      };
      await offline(page, address, stop);
      console.log("without the server: the shell opens, the history is there");
    }
    await context.close();
  }
} finally {
  await browser?.close();
  child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
