// A memory made of pictures in colour, used on a gray one, undone and removed, and used on many pictures and on a film; and a mood taken
// from a picture.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinted } from "./methods.mjs";
import { axe, colored, downloadBy, fits, loadPage, openPhoto, shot } from "./page.mjs";
import { root } from "./program.mjs";

/** The mean red and blue of the preview as it is seen, once nothing is being found any more. */
async function redAndBlue(page) {
  await page.getByText("Colours are simulated.").waitFor({ timeout: 60_000 });
  return page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const sums = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      sums[0] += data[i];
      sums[1] += data[i + 2];
    }
    return sums.map((sum) => (4 * sum) / data.length);
  });
}

/** How much bluer than red the preview becomes; waits until that fits. */
async function until(page, what, fits) {
  let told;
  for (let i = 0; i < 240; i++) {
    const [red, blue] = await redAndBlue(page);
    told = blue - red;
    if (fits(told)) return told;
    await page.waitForTimeout(250);
  }
  return assert.fail(`${what}; blue was ${told} above red`);
}

export async function memory(page, address) {
  await loadPage(page, `${address}/studio`);
  const snapshots = [];
  for (const sample of ["cat", "coffee"]) snapshots.push(await tinted(page, sample, "#3050d0", `${sample}-blue.jpg`));
  await openPhoto(page, address, join(root, "web/public/samples/cat.jpg"));
  const [red, blue] = await redAndBlue(page);
  const automatic = blue - red;

  const choice = page.getByRole("combobox", { name: "Memory" });
  await page.getByRole("button", { name: "Make a memory" }).click();
  const name = page.getByRole("textbox", { name: "Name" });
  assert.ok(await name.evaluate((field) => field === document.activeElement), "the form has the focus");
  const save = page.getByRole("button", { name: "Remember", exact: true });
  await name.fill("Our cats");
  await page.getByText("It will be called Our-cats.").waitFor();
  assert.ok(await save.isDisabled(), "there is nothing to remember yet");
  await page.getByLabel("Pictures to remember").setInputFiles(snapshots);
  await page.getByRole("button", { name: "Remove coffee-blue.jpg" }).waitFor();
  await axe(page, "a memory in the making");
  await fits(page, "a memory in the making");
  await shot(page, "memory-new");
  await save.click();
  await page.getByText("Our-cats is remembered, from 2 pictures.").waitFor({ timeout: 60_000 });
  assert.equal(await choice.inputValue(), "Our-cats", "it is chosen at once");
  assert.ok(await choice.evaluate((field) => field === document.activeElement), "and has the focus");
  await until(page, "the gray cat gets the colours of the remembered one", (told) => told > automatic + 15);
  await axe(page, "a memory");
  await fits(page, "a memory");
  await shot(page, "memory");

  await page.getByRole("button", { name: "Undo", exact: true }).click();
  assert.equal(await choice.inputValue(), "");
  await until(page, "without it the colours are the automatic ones", (told) => Math.abs(told - automatic) < 1);
  await page.getByRole("button", { name: "Redo", exact: true }).click();

  // A name is taken once.
  await page.getByRole("button", { name: "Make a memory" }).click();
  await name.fill("Our-cats");
  await page.getByText("There is a memory Our-cats already.").waitFor();
  // The picture above may still be at work, and have a Cancel of its own.
  await page.getByRole("form", { name: "Make a memory" }).getByRole("button", { name: "Cancel" }).click();

  // It is there again after a reload; a slow machine keeps it a moment later.
  await page.waitForTimeout(2500);
  await page.reload();
  await colored(page);
  await page.getByRole("button", { name: "Remove Our-cats" }).click();
  await page.getByRole("button", { name: "Really remove Our-cats?" }).click();
  await page.getByText("Our-cats is forgotten.").waitFor();
  assert.equal(await choice.inputValue(), "");
  assert.equal(await choice.locator("option").count(), 1, "there is none left");
  await until(page, "what is forgotten colours nothing", (told) => Math.abs(told - automatic) < 1);

  await page.locator("summary", { hasText: "Mend colours" }).click();
  await page.getByLabel("Picture that it is to look like").setInputFiles(snapshots[1]);
  await until(page, "the whole looks like a picture", (told) => told > automatic + 8);
  await axe(page, "a mood");
  await page.getByRole("button", { name: "Remove coffee-blue.jpg" }).click();
  await until(page, "and no longer", (told) => Math.abs(told - automatic) < 1);
}

const cat = join(root, "web/public/samples/cat.jpg");

/** Remembers one blue cat, says `use` its name, and forgets it. */
async function withBlueCat(page, address, use) {
  await loadPage(page, `${address}/batch`);
  const { buffer } = await tinted(page, "cat", "#3050d0", "cat-blue.jpg");
  const form = new FormData();
  form.append("name", "Blue");
  form.append("image", new Blob([buffer], { type: "image/jpeg" }), "cat-blue.jpg");
  const told = await fetch(`${address}/v1/memories`, { method: "POST", body: form });
  assert.ok(told.ok, `${told.status}: ${await told.text()}`);
  await use("Blue");
  assert.ok((await fetch(`${address}/v1/memories/Blue`, { method: "DELETE" })).ok);
}

/** How much bluer than red a JPEG is on the mean; without one, every film of the page. */
const blueness = (page, jpeg) =>
  page.evaluate(async (base64) => {
    const decoded = () => createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: "image/jpeg" }));
    const pictures = base64 ? [await decoded()] : [...document.querySelectorAll("video")];
    return pictures.map((picture) => {
      const pen = new OffscreenCanvas(64, 64).getContext("2d");
      pen.drawImage(picture, 0, 0, 64, 64);
      const { data } = pen.getImageData(0, 0, 64, 64);
      let sum = 0;
      for (let i = 0; i < data.length; i += 4) sum += data[i + 2] - data[i];
      return (4 * sum) / data.length;
    });
  }, jpeg?.toString("base64"));

export async function memoryForMany(page, address) {
  await withBlueCat(page, address, async (name) => {
    const blue = [];
    for (const memory of ["", name]) {
      await loadPage(page, `${address}/batch`);
      await page.setInputFiles('input[type="file"]', cat);
      await page.getByRole("combobox", { name: "Memory" }).selectOption(memory);
      await page.getByRole("button", { name: "Colour all" }).click();
      await page.getByText("1 of 1 done").waitFor({ timeout: 60_000 });
      const { bytes } = await downloadBy(page, "Download cat.jpg");
      blue.push(...(await blueness(page, bytes)));
    }
    assert.ok(blue[1] > blue[0] + 15, `the batch is remembered blue: ${blue}`);
  });
}

/** A second of the gray cat; needs FFmpeg. */
function filmOfCat() {
  const folder = mkdtempSync(join(tmpdir(), "autochrome-film-"));
  const path = join(folder, "cat.mp4");
  const still = ["-loop", "1", "-r", "6", "-t", "1", "-i", cat, "-vf", "scale=320:-2,hue=s=0,format=yuv420p"];
  execFileSync("ffmpeg", ["-v", "error", ...still, "-c:v", "libx264", "-movflags", "+faststart", path]);
  const buffer = readFileSync(path);
  rmSync(folder, { recursive: true });
  return { name: "cat.mp4", mimeType: "video/mp4", buffer };
}

export async function memoryOnFilm(page, address) {
  await withBlueCat(page, address, async (name) => {
    await loadPage(page, `${address}/film`);
    await page.setInputFiles('input[type="file"]', filmOfCat());
    await page.getByRole("button", { name: /^Scene \d/ }).waitFor();
    await page.locator("summary", { hasText: "The whole film" }).click();
    await page.getByRole("combobox", { name: "Memory" }).selectOption(name);
    await page.getByRole("button", { name: "Colour the film", exact: true }).click();
    await page.getByText(/^6 frames, .* Colours are simulated\.$/).waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll("video")].every(({ readyState }) => readyState >= 3));
    const blue = await blueness(page);
    assert.ok(Math.abs(blue[0]) < 3 && blue[1] > 15, `the film is remembered blue: ${blue}`);
  });
}
