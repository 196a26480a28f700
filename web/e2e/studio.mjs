// The studio with the real program behind it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  axe,
  colored,
  decoded,
  divider,
  downloadBy,
  fits,
  lightnessApart,
  loadPage,
  openMore,
  openPhoto,
  pixels,
  shot,
  want,
} from "./page.mjs";
import { photo } from "./program.mjs";

/** Upload → colour → filter → compare → download → collage → history after reload. */
export async function theWholeWay(page, address) {
  await openPhoto(page, address);
  const plain = await pixels(page);
  const file = await downloadBy(page, "Download");
  const apart = await lightnessApart(page, readFileSync(photo), file.bytes);
  assert.ok(apart < 1.5, `lightness is that of the file (at most ${apart} of 255 apart)`);
  assert.ok(file.bytes.includes("compositeWithTrainedAlgorithmicMedia"), "the metadata say that software added the colours");

  await page.getByLabel("Filter", { exact: true }).selectOption("sepia");
  await page.waitForFunction(
    (before) => document.querySelector("canvas").getContext("2d").getImageData(0, 0, 1, 1).data[2] !== before,
    plain[2],
  );
  const sepia = await pixels(page);
  assert.ok(sepia[0] > sepia[2] + 5, "sepia is brown");

  const divide = divider(page);
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
  await hold.scrollIntoViewIfNeeded();
  await hold.hover();
  await page.mouse.down();
  assert.equal(await divide.count(), 0, "a pointer that is held does the same");
  await page.mouse.up();
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

/** Spots and strokes by pointer and keys, undone, redone, saved, loaded; then zoom by keys. */
export async function byHand(page, address) {
  await openPhoto(page, address);
  await want(page, "Paint it myself");
  const area = page.getByRole("application", { name: "Area to paint on" });
  const before = await page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const data = canvas.getContext("2d").getImageData(0.6 * canvas.width - 20, 0, 40, 20).data;
    let red = 0;
    for (let i = 0; i < data.length; i += 4) red += data[i] - data[i + 2];
    return red / (data.length / 4);
  });
  await page.getByRole("button", { name: "Red", exact: true }).click();
  await area.scrollIntoViewIfNeeded();
  const box = await area.boundingBox();
  await page.mouse.click(box.x + 0.6 * box.width, box.y + 0.02 * box.height);
  await page.getByText("1 spot, 0 strokes").waitFor();
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 30, { steps: 8 });
  await page.mouse.up();
  await page.getByText("1 spot, 1 stroke", { exact: true }).waitFor();
  await area.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.getByText("2 spots, 1 stroke").waitFor();
  for (const key of ["Control+z", "Control+z"]) await page.keyboard.press(key);
  await page.getByText("1 spot, 0 strokes").waitFor();
  await page.getByRole("button", { name: "Redo" }).click();
  await page.getByText("1 spot, 1 stroke", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByText("1 spot, 0 strokes").waitFor();
  await page.waitForFunction(
    (before) => {
      const canvas = document.querySelector("canvas");
      const data = canvas.getContext("2d").getImageData(0.6 * canvas.width - 20, 0, 40, 20).data;
      let red = 0;
      for (let i = 0; i < data.length; i += 4) red += data[i] - data[i + 2];
      return red / (data.length / 4) > before + 10;
    },
    before,
    { timeout: 30_000 },
  );
  const saved = await downloadBy(page, "Save");
  assert.equal(JSON.parse(saved.bytes.toString()).points[0].color, "#b3202a");
  await page.getByRole("button", { name: "Remove all" }).click();
  await page.setInputFiles('[data-testid="hints-file"]', { name: "hints.json", mimeType: "application/json", buffer: saved.bytes });
  await page.getByText("1 spot, 0 strokes").waitFor();
  await spotsOneByOne(page);
  await axe(page, "hints");
  await fits(page, "hints");
  await page.getByText("Colours are simulated.").waitFor();
  await shot(page, "hints");

  // Zoom by keys keeps the divider reachable.
  await page.getByText("Compare", { exact: true }).click();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("group", { name: "Picture" }).focus();
  await page.keyboard.press("+");
  await page.getByText("2×", { exact: true }).waitFor();
  await page.keyboard.press("0");
  await page.getByText("1×", { exact: true }).waitFor();
}

/** A spot is moved, gets another colour and goes, by pointer and by keys; the eyedropper finds a colour in a picture. */
async function spotsOneByOne(page) {
  const area = page.getByRole("application", { name: "Area to paint on" });
  const circle = () => area.locator("circle").last();
  const middle = async () => {
    const box = await circle().boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  await area.scrollIntoViewIfNeeded();
  const [x, y] = await middle();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 60, y + 40, { steps: 5 });
  await page.mouse.up();
  await page.getByText("1 spot, 0 strokes").waitFor();
  const [movedX, movedY] = await middle();
  assert.ok(Math.abs(movedX - x + 60) < 3 && Math.abs(movedY - y - 40) < 3, "a spot goes where it is dragged");
  await page.getByRole("button", { name: "Sea", exact: true }).click();
  assert.equal(await circle().getAttribute("fill"), "#2f7f86", "and takes the colour that is chosen");
  await area.focus();
  await page.keyboard.press("ArrowRight");
  assert.ok((await middle())[0] > movedX, "and is moved by keys");
  await page.keyboard.press("Delete");
  await page.getByText("0 spots, 0 strokes").waitFor();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByText("1 spot, 0 strokes").waitFor();

  await page.getByText("Take a colour", { exact: true }).click();
  const box = await area.boundingBox();
  const [shareX, shareY] = [0.3, 0.7];
  const wanted = await page.evaluate(
    ([x, y]) => {
      const canvas = document.querySelector("canvas");
      return Array.from(canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data);
    },
    [shareX, shareY],
  );
  await page.mouse.click(box.x + shareX * box.width, box.y + shareY * box.height);
  const taken = await page.getByLabel("Another colour").inputValue();
  const channels = [1, 3, 5].map((at) => Number.parseInt(taken.slice(at, at + 2), 16));
  assert.ok(
    channels.every((channel, i) => Math.abs(channel - wanted[i]) < 30),
    `the eyedropper takes ${taken} where ${wanted} is`,
  );
}

/** What else is promised: samples, dropping and pasting, curl, the mark, the dark mode. */
export async function smallThings(page, address) {
  const bytes = readFileSync(photo).toString("base64");
  const give = (how, where) =>
    page.evaluate(
      ([bytes, how, where]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], `${how}.png`, { type: "image/png" }));
        const target = how === "paste" ? window : document.querySelector(where);
        const Kind = how === "paste" ? ClipboardEvent : DragEvent;
        target.dispatchEvent(
          new Kind(how, { bubbles: true, cancelable: true, [how === "paste" ? "clipboardData" : "dataTransfer"]: data }),
        );
      },
      [bytes, how, where],
    );
  // In its place, and on any other page.
  for (const [path, how, where] of [
    ["/studio", "drop", "main .border-dashed"],
    ["/studio", "paste", "body"],
    ["/about", "drop", "main h1"],
    ["/history", "paste", "body"],
  ]) {
    await loadPage(page, address + path);
    await give(how, where);
    await page.getByRole("heading", { name: `${how}.png` }).waitFor();
  }
  await loadPage(page, `${address}/studio`);
  await page.getByRole("button", { name: "Sample: Coffee" }).focus();
  await page.keyboard.press("Enter");
  await colored(page);

  await openPhoto(page, address);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await openMore(page);
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("The command is in the clipboard.").waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const folder = mkdtempSync(join(tmpdir(), "autochrome-curl-"));
  cpSync(photo, join(folder, "camera.png"));
  execFileSync("sh", ["-c", `${command} --silent --fail`], { cwd: folder });
  const byCurl = readFileSync(join(folder, "color-camera.png"));
  rmSync(folder, { recursive: true });
  const plain = await downloadBy(page, "Download");
  assert.ok(byCurl.equals(plain.bytes), "the copied command gives the same file as the button");

  await page.getByText("Write “colours are simulated” on it").click();
  const marked = await downloadBy(page, "Download");
  const [one, other] = [await decoded(page, plain.bytes, "image/png"), await decoded(page, marked.bytes, "image/png")];
  assert.deepEqual([other.width, other.height], [one.width, one.height]);
  assert.deepEqual(other.data, one.data, "the mark stays in its corner");
  assert.ok((await lightnessApart(page, plain.bytes, marked.bytes)) > 20, "the mark is seen");

  const dark = () => page.evaluate(() => document.documentElement.classList.contains("dark"));
  const before = await dark();
  await page.getByRole("button", { name: "Dark mode" }).click();
  assert.notEqual(await dark(), before);
  await page.reload();
  assert.notEqual(await dark(), before, "the choice is remembered");
  await page.getByRole("button", { name: "Dark mode" }).click();
}

export async function badFiles(page, address) {
  await loadPage(page, `${address}/studio`);
  await page.setInputFiles('input[type="file"]', { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("hello") });
  await page.getByRole("alert").getByText("this is not a picture").waitFor();
  assert.equal(await page.getByRole("button", { name: "Download", exact: true }).count(), 0, "nothing is offered that cannot be");
  await axe(page, "a file that is no picture");
  await shot(page, "no-picture");
}

/** Milliseconds from a change to the frame that shows it, on a preview of two megapixels. */
export async function filtersAreQuick(page, address, bar_ms) {
  await loadPage(page, `${address}/studio`);
  // 1700 × 1176 pixels, as smooth as photographs are.
  const big = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1700, 1176);
    const pen = canvas.getContext("2d");
    for (let i = 0; i < 400; i++) {
      const [x, y, gray] = [(i * 97) % 1700, (i * 61) % 1176, (i * 37) % 256];
      const shade = pen.createRadialGradient(x, y, 0, x, y, 300);
      shade.addColorStop(0, `rgb(${gray} ${gray} ${gray} / 0.6)`);
      shade.addColorStop(1, "rgb(0 0 0 / 0)");
      pen.fillStyle = shade;
      pen.fillRect(0, 0, 1700, 1176);
    }
    return Array.from(new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer()));
  });
  await page.setInputFiles('input[type="file"]', { name: "big.jpg", mimeType: "image/jpeg", buffer: Buffer.from(big) });
  await page.getByText("Colours are simulated.").waitFor({ timeout: 120_000 });
  await page.waitForTimeout(1000);

  /** Sets a field and waits for the canvas to be drawn on and shown. */
  const change = (field, value) =>
    page.evaluate(
      ([field, value]) => {
        const canvas = document.querySelector("canvas");
        const element = [...document.querySelectorAll("select, input[type=range]")].find((one) => one.labels?.[0]?.textContent === field);
        const original = CanvasRenderingContext2D.prototype.putImageData;
        return new Promise((resolve) => {
          const start = performance.now();
          CanvasRenderingContext2D.prototype.putImageData = function (...args) {
            original.apply(this, args);
            if (this.canvas !== canvas) return;
            CanvasRenderingContext2D.prototype.putImageData = original;
            // The task after the next frame begins when that is painted.
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => resolve(performance.now() - start);
              port2.postMessage(null);
            });
          };
          Object.getOwnPropertyDescriptor(element.constructor.prototype, "value").set.call(element, value);
          element.dispatchEvent(new Event(element.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
        });
      },
      [field, value],
    );
  const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const told = {};
  const filters = [];
  for (const filter of ["warm", "cool", "vivid", "sepia", "vintage", "autochrome", "muted", "natural", "cyanotype"]) {
    filters.push(await change("Filter", filter));
  }
  told.filters = middle(filters);
  const grain = [];
  await change("Filter", "autochrome");
  for (let i = 0; i < 9; i++) grain.push(await change("Amount", String(0.1 + 0.1 * i)));
  told.grain = middle(grain);
  await change("Filter", "none");
  const sliders = [];
  for (let i = 0; i < 9; i++) sliders.push(await change("Saturation", String(0.4 + 0.1 * i)));
  told.sliders = middle(sliders);
  console.log(
    `on 1700 × 1176, medians of 9: ${Object.entries(told)
      .map(([what, ms]) => `${what} ${ms.toFixed(0)} ms`)
      .join(", ")}`,
  );
  for (const [what, ms] of Object.entries(told)) assert.ok(ms < bar_ms, `${what} answer in ${ms} ms, more than ${bar_ms}`);

  // Dragged, it shows where it is on the way, not only at its end.
  const frames = await page.evaluate(async () => {
    const slider = [...document.querySelectorAll("input[type=range]")].find((one) => one.labels?.[0]?.textContent === "Saturation");
    const original = CanvasRenderingContext2D.prototype.putImageData;
    let drawn = 0;
    CanvasRenderingContext2D.prototype.putImageData = function (...args) {
      drawn++;
      original.apply(this, args);
    };
    const start = performance.now();
    while (performance.now() - start < 2000) {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(
        slider,
        String(1 + Math.round(80 * Math.sin(performance.now() / 200)) / 100),
      );
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise(requestAnimationFrame);
    }
    CanvasRenderingContext2D.prototype.putImageData = original;
    return drawn;
  });
  console.log(`dragged for two seconds: ${frames} pictures`);
  assert.ok(frames >= 4, `a slider that is dragged shows ${frames} pictures in two seconds`);
}
