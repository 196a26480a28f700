// A memory made of pictures in colour, used on a gray one, undone and removed; and a mood taken from a picture.
import assert from "node:assert/strict";
import { join } from "node:path";
import { tinted } from "./methods.mjs";
import { axe, colored, fits, loadPage, openPhoto, shot } from "./page.mjs";
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
