// The program's own methods, each given what it waits for: strokes, the lines of a drawing, a reference, other colours.
import assert from "node:assert/strict";
import { join } from "node:path";
import { axe, colored, decoded, divider, downloadBy, fits, loadPage, openMore, openPhoto, shot, want } from "./page.mjs";
import { photo, root } from "./program.mjs";

/** Chooses the first method that cannot begin without a kind of guidance. */
async function chooseFor(page, kind) {
  const { methods } = await page.evaluate(async () => (await fetch("/v1/methods")).json());
  const method = methods.find(({ needs }) => needs.some(({ any_of }) => any_of[0] === kind));
  assert.ok(method, `no method needs ${kind}`);
  await openMore(page);
  await page.getByLabel("Method", { exact: true }).selectOption(method.id);
}

/** A sample as a JPEG that is all of one hue, as a file to choose. */
export async function tinted(page, sample, color, name) {
  const bytes = await page.evaluate(
    async ([sample, color]) => {
      const bitmap = await createImageBitmap(await (await fetch(`/samples/${sample}.jpg`)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const pen = canvas.getContext("2d");
      pen.drawImage(bitmap, 0, 0);
      pen.globalCompositeOperation = "color";
      pen.fillStyle = color;
      pen.fillRect(0, 0, bitmap.width, bitmap.height);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    },
    [sample, color],
  );
  return { name, mimeType: "image/jpeg", buffer: Buffer.from(bytes) };
}

/** Waits until the result has, at a place in 0..1, a colour in which `more` is stronger than `less` (0 red, 1 green, 2 blue). */
const turns = (page, [x, y], more, less) =>
  page.waitForFunction(
    ([x, y, more, less]) => {
      const canvas = document.querySelector("canvas");
      // What was found before is hidden while a method waits.
      if (!canvas.checkVisibility({ visibilityProperty: true })) return false;
      const pixel = canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data;
      return pixel[more] > pixel[less] + 20;
    },
    [x, y, more, less],
  );

async function stroke(page, color, from, to) {
  await page.getByRole("button", { name: color, exact: true }).click();
  const area = page.getByRole("application", { name: "Area to paint on" });
  await area.scrollIntoViewIfNeeded();
  const box = await area.boundingBox();
  await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 6 });
  await page.mouse.up();
}

/** Colours spread from strokes, go with them, and come back. */
async function scribbles(page, address) {
  await openPhoto(page, address);
  await chooseFor(page, "strokes");
  await page.getByText("draw on the picture: it spreads from there").waitFor();
  assert.ok(await page.getByRole("button", { name: "Download", exact: true }).isDisabled(), "there is nothing yet");
  await stroke(page, "Brick", [0.6, 0.82], [0.95, 0.82]);
  await turns(page, [0.8, 0.92], 0, 2); // the lawn
  await stroke(page, "Sky", [0.1, 0.06], [0.9, 0.06]);
  await turns(page, [0.8, 0.1], 2, 0);
  await turns(page, [0.8, 0.92], 0, 2);
  await page.getByText("Colours are simulated.").waitFor();
  await shot(page, "scribbles");
  for (let i = 0; i < 2; i++) await page.getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByText("draw on the picture: it spreads from there").waitFor();
  await page.getByRole("button", { name: "Redo" }).click();
  await turns(page, [0.8, 0.92], 0, 2);
  await axe(page, "scribbles");
  await fits(page, "scribbles");
}

/** Three words and two clicks: a red coat, and another of the likely colours for what a spot lies on. */
async function words(page, address) {
  await openPhoto(page, address);
  const field = page.getByLabel("Colours in words");
  await field.fill("dark red coat");
  await field.press("Enter");
  await turns(page, [0.33, 0.42], 0, 2); // the coat, which is nearly black
  await page.getByText("Mend colours", { exact: true }).click();
  const mend = page.getByLabel("Change colours of the result");
  await mend.fill("red -> blue");
  await mend.press("Enter");
  await turns(page, [0.33, 0.42], 2, 0);
  await axe(page, "mended colours");
  await fits(page, "mended colours");
  await mend.fill("");
  await mend.press("Enter");
  await turns(page, [0.33, 0.42], 0, 2);
  await field.fill("red boat");
  await field.press("Enter");
  await page.getByText("no boat was found in the picture").waitFor();
  await field.fill("");
  await field.press("Enter");
  await want(page, "Paint it myself");
  const area = page.getByRole("application", { name: "Area to paint on" });
  const box = await area.boundingBox();
  const click = () => page.mouse.click(box.x + 0.8 * box.width, box.y + 0.85 * box.height);
  await click();
  await page.getByText("Colours are simulated.").waitFor();
  // The second click chooses the spot that the first one put there.
  await click();
  await page.getByTestId("reach").waitFor();
  const likely = page.getByRole("group", { name: "Likely colours here" }).getByRole("button");
  assert.ok((await likely.count()) >= 2, "there is a choice");
  const color = (await likely.nth(1).getAttribute("aria-label")).slice(0, 7);
  await likely.nth(1).click();
  await page.waitForFunction((color) => [...document.querySelectorAll("svg circle")].some((c) => c.getAttribute("fill") === color), color);
  await page.getByText("Colours are simulated.").waitFor();
  await shot(page, "words");
  await axe(page, "words");
  await fits(page, "words");
}

/** Colours fill the regions of a line drawing, lightness and all. */
async function drawing(page, address) {
  await openPhoto(page, address, join(root, "examples/drawings/house.png"));
  await want(page, "Line drawing");
  await page.setInputFiles('[data-testid="hints-file"]', join(root, "examples/drawings/house.json"));
  await turns(page, [0.47, 0.44], 0, 2); // the roof
  await turns(page, [0.2, 0.2], 2, 0); // the sky
  await shot(page, "drawing");
}

/** A picture takes the colours of a reference that shows the same, and of nothing else. */
async function reference(page, address) {
  await openPhoto(page, address, join(root, "web/public/samples/cat.jpg"));
  await want(page, "Like another picture");
  await page.getByText("Add a reference: this method takes its colours from there.").waitFor();
  const input = page.getByLabel("Reference pictures");
  await input.setInputFiles(join(root, "web/public/samples/coffee.jpg"));
  await page.getByText("has no colours").waitFor();
  await page.getByRole("button", { name: "Remove coffee.jpg" }).click();
  await input.setInputFiles(await tinted(page, "cat", "#1f9a30", "green.jpg"));
  await colored(page);
  await turns(page, [0.5, 0.9], 1, 0);
  await shot(page, "reference");
}

/** A picture in colour is compared with itself, not with its gray. */
async function palette(page, address) {
  await loadPage(page, `${address}/studio`);
  await page.setInputFiles('input[type="file"]', photo);
  await want(page, "Change colours");
  await page.getByText("This picture is gray: there is nothing to change.").waitFor();
  const another = async (file) => {
    await page.getByRole("button", { name: "Another picture" }).click();
    await page.getByRole("heading", { level: 1, name: "Studio" }).waitFor();
    await page.setInputFiles('input[type="file"]', file);
    // Another picture starts clean.
    await page.getByText("Colours are simulated.").waitFor();
  };
  await another(await tinted(page, "coffee", "#75583c", "sepia.jpg"));
  await page.getByText("This picture is toned").waitFor();
  await another(await tinted(page, "coffee", "#b03030", "red.jpg"));
  await page.getByText("This picture is in colour already").waitFor();
  await want(page, "Change colours");
  await page.getByText("Choose what a colour is to become, or add a reference.").waitFor();
  const changes = page.getByLabel(/^What colour \d /);
  await changes.first().waitFor();
  for (const input of await changes.all()) await input.fill("#2040c0");
  await divider(page).waitFor();
  await turns(page, [0.1, 0.1], 2, 0);
  const collage = await downloadBy(page, "Download the collage");
  const { data } = await decoded(page, collage.bytes, "image/jpeg");
  assert.ok(data[0] > data[2] + 20, "the left of the collage is in the colours that the picture had");
  await shot(page, "palette");
}

export async function ownMethods(page, address) {
  await words(page, address);
  await scribbles(page, address);
  await drawing(page, address);
  await reference(page, address);
  await palette(page, address);
}
