// How soon a spot shows: from the finger's leaving the picture to the frame that has its colour, 20 times each at 1 and 12 megapixels.
// `--bar MS` fails when the median is above it, which a release build on a quiet machine is asked for.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { colored, loadPage, want } from "./page.mjs";
import { launch, startServer } from "./program.mjs";

const TIMES = 20;
const bar_ms = process.argv.includes("--bar") ? Number(process.argv[process.argv.indexOf("--bar") + 1]) : Number.POSITIVE_INFINITY;

/** A JPEG of this size, as smooth as photographs are. */
const made = (page, width, height) =>
  page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#777";
      pen.fillRect(0, 0, width, height);
      for (let i = 0; i < 400; i++) {
        const [x, y, gray, reach] = [(i * 997) % width, (i * 613) % height, (i * 37) % 256, width / 6];
        const shade = pen.createRadialGradient(x, y, 0, x, y, reach);
        shade.addColorStop(0, `rgb(${gray} ${gray} ${gray} / 0.5)`);
        shade.addColorStop(1, "rgb(0 0 0 / 0)");
        pen.fillStyle = shade;
        pen.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      const reader = new FileReader();
      const read = new Promise((resolve) => {
        reader.onload = () => resolve(reader.result.split(",")[1]);
      });
      reader.readAsDataURL(blob);
      return read;
    },
    [width, height],
  );

/** Milliseconds from the pointer's leaving to the frame after the canvas was drawn with new colours. */
async function spot(page, box, x, y) {
  await page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const original = CanvasRenderingContext2D.prototype.putImageData;
    window.shown = new Promise((resolve) => {
      let up = 0;
      window.addEventListener(
        "pointerup",
        () => {
          up = performance.now();
        },
        { capture: true, once: true },
      );
      CanvasRenderingContext2D.prototype.putImageData = function (...args) {
        original.apply(this, args);
        if (this.canvas !== canvas || up === 0) return;
        CanvasRenderingContext2D.prototype.putImageData = original;
        // The task after the next frame begins when that is painted.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - up);
          port2.postMessage(null);
        });
      };
    });
  });
  await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
  return page.evaluate(() => window.shown);
}

const folder = mkdtempSync(join(tmpdir(), "autochrome-spots-"));
const { child, address } = await startServer(join(folder, "data"));
const browser = await launch();
try {
  for (const [megapixels, width, height] of [
    [1, 1155, 866],
    [12, 4000, 3000],
  ]) {
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await loadPage(page, `${address}/studio`);
    const bytes = await made(page, width, height);
    await page.setInputFiles('input[type="file"]', { name: "made.jpg", mimeType: "image/jpeg", buffer: Buffer.from(bytes, "base64") });
    await colored(page);
    await want(page, "Paint it myself");
    await page.getByRole("button", { name: "Blue", exact: true }).click();
    const area = page.getByRole("application", { name: "Area to paint on" });
    await area.scrollIntoViewIfNeeded();
    const box = await area.boundingBox();
    const times = [];
    for (let i = 0; i < TIMES; i++) {
      times.push(await spot(page, box, 0.1 + 0.2 * (i % 5), 0.15 + 0.2 * Math.floor(i / 5)));
      // The whole preview follows when the hand rests; the next spot is painted after that.
      await page.waitForTimeout(1000);
      await page.getByText("Colours are simulated.").waitFor();
      await page.waitForTimeout(1500);
    }
    await page.getByText(`${TIMES} spots, 0 strokes`).waitFor();
    times.sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)];
    console.log(`${megapixels} MP: a spot shows after ${at(0.5).toFixed(0)} ms (median), ${at(0.95).toFixed(0)} ms (p95), n = ${TIMES}`);
    assert.ok(at(0.5) < bar_ms, `more than ${bar_ms} ms`);
    await context.close();
  }
} finally {
  await browser.close();
  child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
