// What the studio shows for a method that takes every kind of guidance and knows several answers, and what it then asks for.
// The list of methods and the answers are made up here, so that this holds whatever methods the program has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tinted } from "./methods.mjs";
import { axe, divider, fits, loadPage, openMore } from "./page.mjs";
import { photo, root } from "./program.mjs";

const METHOD = {
  id: "everything",
  name: "Everything",
  summary: "Takes whatever there is",
  paper: { title: "On taking everything", authors: "Nobody", year: 2004 },
  guidance: ["points", "strokes", "references", "swatches", "colours", "palette changes", "seed"],
  takes: ["points", "strokes", "references", "swatches", "colors", "recolors", "seed"],
  needs: [
    { any_of: ["colors"], of_picture: true, remedy: "Give the picture colours first" },
    { any_of: ["recolors", "references"], of_picture: false, remedy: "Say which colours change" },
  ],
  uses_model: false,
  default: true,
  settings: { type: "object", properties: {}, additionalProperties: false },
  options: [
    { type: "real", id: "strength", min: 0, max: 2, step: 0.1, unit: "", default: 1, help: "How strong it is" },
    { type: "switch", id: "smooth", default: true, help: "Whether it is smooth" },
    { type: "choice", id: "match", choices: ["luma", "texture"], default: "luma", help: "What is compared" },
  ],
};

export async function everyKindOfGuidance(browser, address, viewport) {
  // A service worker would answer before the routes below.
  const context = await browser.newContext({ locale: "en-GB", viewport, reducedMotion: "reduce", serviceWorkers: "block" });
  const page = await context.newPage();
  const image = readFileSync(photo).toString("latin1");
  const asked = [];
  let slow = false;
  await page.route("**/v1/methods", (route) => route.fulfill({ json: { methods: [METHOD] } }));
  await page.route("**/v1/colorize", async (route) => {
    const request = route.request();
    if (request.headers().accept !== "application/json") return route.continue();
    const body = request.postDataBuffer().toString("latin1");
    const options = JSON.parse(body.match(/name="options"\r\n\r\n(.*?)\r\n--/s)[1]);
    asked.push({ options, references: body.match(/name="reference"/g)?.length ?? 0 });
    if (slow) return;
    // Decoders do not mind what follows a picture; answers that are the same would be shown once.
    const answer = (seed) => ({ image: btoa(image + seed), media_type: "image/png", seed, answer: 0 });
    const variants = Array.from({ length: (options.variants ?? 1) - 1 }, (_, i) => answer(i + 2));
    await route.fulfill({ json: { ...answer(1), variants } });
  });
  const until = async (what, test) => {
    for (let i = 0; i < 100; i++) {
      if (asked.length > 0 && test(asked.at(-1))) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`${what}; asked was ${JSON.stringify(asked.at(-1))}`);
  };

  await loadPage(page, `${address}/studio`);
  await page.setInputFiles('input[type="file"]', await tinted(page, "camera", "#b06030", "camera.jpg"));
  await divider(page).or(page.getByAltText("The picture as it was")).first().waitFor();
  await openMore(page);
  await page.getByText("On taking everything").waitFor();
  await page.getByText("Choose what a colour is to become, or add a reference.").waitFor();
  assert.equal(asked.length, 0, "nothing is asked before there is something to ask");
  const references = page.getByLabel("Reference pictures");
  for (const name of ["coffee", "cat"]) await references.setInputFiles(join(root, `web/public/samples/${name}.jpg`));
  await until("references reach the server", ({ references }) => references === 2);
  await divider(page).waitFor();

  await page.getByText("Options of this method").click();
  await page.getByLabel("strength", { exact: true }).fill("1.5");
  await page.getByLabel("smooth").uncheck();
  await page.getByLabel("match", { exact: true }).selectOption("texture");
  await until("options reach the server", ({ options }) =>
    ["1.5", "false", "texture"].every((value) => Object.values(options.settings).map(String).includes(value)),
  );

  await page.getByText("Match parts", { exact: true }).click();
  await page.getByText("Now on the picture.").waitFor();
  const drag = async (area, from, to) => {
    await area.scrollIntoViewIfNeeded();
    const box = await area.boundingBox();
    const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 4 });
    await page.mouse.up();
  };
  await drag(page.getByRole("application", { name: "Part of the picture" }), [0.1, 0.6], [0.4, 0.8]);
  await page.getByText("Now on a reference.").waitFor();
  await drag(page.getByRole("application", { name: "Part of cat.jpg" }), [0.2, 0.2], [0.6, 0.7]);
  await until("a pair of parts reaches the server", ({ options }) => {
    const [pair] = options.swatches ?? [];
    return pair?.reference === 1 && Math.abs(pair.picture.x - 0.1) < 0.02 && Math.abs(pair.area.width - 0.4) < 0.02;
  });
  // The same by keys, on the first reference.
  await page.getByRole("application", { name: "Part of the picture" }).focus();
  for (const key of ["ArrowUp", "Shift+ArrowRight", "Enter"]) await page.keyboard.press(key);
  await page.getByRole("application", { name: "Part of coffee.jpg" }).focus();
  await page.keyboard.press("Enter");
  await until("a pair by keys too", ({ options }) => options.swatches?.length === 2);
  await page.getByText("2: as in coffee.jpg").waitFor();
  await axe(page, "parts");
  await fits(page, "parts");
  await page.getByRole("button", { name: "Remove coffee.jpg" }).click();
  await until(
    "a reference takes its pairs along",
    ({ options, references }) => references === 1 && options.swatches?.length === 1 && options.swatches[0].reference === 0,
  );

  const become = page.getByLabel(/^What colour 1 /);
  await become.fill("#2040a0");
  await until("a change of colour reaches the server", ({ options }) => options.recolors?.[0].to === "#2040a0");
  await page.getByRole("button", { name: "Keep colour 1 as it is" }).click();
  await until("and can be taken back", ({ options }) => options.recolors === undefined);

  await page.getByLabel("Show several answers").check();
  await until("several answers are asked for", ({ options }) => options.variants === 4);
  await page.locator(".variant").nth(2).click();
  assert.ok(await page.getByRole("radio", { name: "Variant 3" }).isChecked(), "another answer can be chosen");
  await axe(page, "variants");

  // All of it is there again after a reload; a slow machine keeps it a moment later.
  await page.waitForTimeout(2500);
  await loadPage(page, `${address}/history`);
  await page.getByRole("link", { name: "Open camera.jpg" }).click();
  await divider(page).waitFor();
  await openMore(page);
  await page.getByText("Match parts", { exact: true }).click();
  await page.getByText("1: as in cat.jpg").waitFor();

  // Cancelled while the server thinks.
  slow = true;
  await page.getByLabel("Show several answers").uncheck();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Cancelled.").waitFor();
  slow = false;
  const before = asked.length;
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Colours are simulated.").waitFor();
  assert.ok(asked.length > before, "it goes on where it was cancelled");
  await context.close();
}
