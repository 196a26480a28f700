// What a thumb meets: small windows, fingers, large text, high contrast.
import assert from "node:assert/strict";
import { axe, colored, fits, loadPage, openPhoto, shot, want } from "./page.mjs";
import { photo } from "./program.mjs";

const PAGES = ["/", "/studio", "/batch", "/history", "/instructions", "/about", "/nothing-here"];

const phone = (browser, width, height, more = {}) =>
  browser.newContext({ locale: "en-GB", viewport: { width, height }, hasTouch: true, isMobile: true, reducedMotion: "reduce", ...more });

/** Where an element is on the screen. */
const boxOf = async (locator) => {
  const box = await locator.boundingBox();
  assert.ok(box, "it is there");
  return box;
};

/** Picture, palette and Download are on the screen together, and fingers paint and zoom. */
export async function thumbs(browser, address) {
  for (const [width, height] of [
    [360, 740],
    [390, 844],
    [430, 932],
  ]) {
    const context = await phone(browser, width, height);
    const page = await context.newPage();
    await openPhoto(page, address);
    await want(page, "Paint it myself");
    const area = page.getByRole("application", { name: "Area to paint on" });
    await area.waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));
    const [picture, swatch, download] = [
      await boxOf(area),
      await boxOf(page.getByRole("button", { name: "Violet", exact: true })),
      await boxOf(page.getByRole("button", { name: "Download", exact: true })),
    ];
    assert.ok(picture.y > 0 && swatch.y + swatch.height < download.y, `at ${width} px the palette ends at ${swatch.y + swatch.height}`);
    assert.ok(swatch.y - (picture.y + picture.height) < 120, `the palette lies ${swatch.y - picture.y - picture.height} px below`);
    assert.ok(download.y > height / 2 && download.y + download.height <= height, "Download is within the thumb's reach");
    assert.ok(swatch.width >= 24 && swatch.height >= 24, "swatches are large enough for a finger");

    // One finger paints and does not scroll.
    const session = await context.newCDPSession(page);
    const touch = (type, points) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    const at = (x, y) => [picture.x + x * picture.width, picture.y + y * picture.height];
    await touch("touchStart", [at(0.3, 0.8)]);
    for (const y of [0.7, 0.6, 0.5, 0.4, 0.3]) await touch("touchMove", [at(0.3, y)]);
    await touch("touchEnd", []);
    await page.getByText("0 spots, 1 stroke", { exact: true }).waitFor({ state: "attached" });
    assert.equal(await page.evaluate(() => window.scrollY), 0, "the page stays where it is");

    // Two fingers zoom the picture, not the page, and paint nothing.
    await touch("touchStart", [at(0.45, 0.5), at(0.55, 0.5)]);
    for (const apart of [0.1, 0.15, 0.2, 0.25]) await touch("touchMove", [at(0.5 - apart, 0.5), at(0.5 + apart, 0.5)]);
    await touch("touchEnd", []);
    await page.waitForFunction(() => document.querySelector(".sheet").getBoundingClientRect().width > 1.5 * innerWidth);
    assert.equal(await page.evaluate(() => visualViewport.scale), 1, "the page is not zoomed");
    await page.getByText("0 spots, 1 stroke", { exact: true }).waitFor({ state: "attached" });
    await fits(page, `painting at ${width} px`);
    await page.getByRole("button", { name: /Whole picture/ }).click();
    if (width === 390) await shot(page, "phone-paint");
    await context.close();
  }
}

/** From a picture of an old print to a blue dress: how often a finger touches the screen, and for how long. */
export async function blueDress(browser, address) {
  const context = await phone(browser, 390, 844);
  const page = await context.newPage();
  await loadPage(page, address);
  const begun = Date.now();
  let taps = 0;
  const tap = async (locator, options) => {
    taps++;
    await locator.tap(options);
  };
  await tap(page.getByRole("link", { name: "Open a photograph" }));
  const chooser = page.waitForEvent("filechooser");
  await tap(page.getByRole("button", { name: "Choose a file" }));
  // The phone's own picker takes two: the album, the picture.
  taps += 2;
  await (await chooser).setFiles(photo);
  await colored(page);
  await tap(page.getByText("Paint it myself", { exact: true }));
  await tap(page.getByRole("button", { name: "Blue", exact: true }));
  const area = page.getByRole("application", { name: "Area to paint on" });
  const box = await boxOf(area);
  await tap(area, { position: { x: 0.4 * box.width, y: 0.5 * box.height } });
  const blue = () =>
    page.evaluate(() => {
      const canvas = document.querySelector("canvas");
      const pixel = canvas.getContext("2d").getImageData(0.4 * canvas.width, 0.5 * canvas.height, 1, 1).data;
      return pixel[2] - pixel[0];
    });
  while ((await blue()) < 3) await page.waitForTimeout(50);
  const download = page.waitForEvent("download");
  await tap(page.getByRole("button", { name: "Download", exact: true }));
  await download;
  const seconds = (Date.now() - begun) / 1000;
  assert.ok(taps <= 8, `${taps} taps`);
  assert.ok(seconds < 60, `${seconds} s`);
  await context.close();
  return { taps, seconds };
}

/** Nothing is cut off at 320 pixels, with text of twice its size, and in high contrast. */
export async function smallLargeAndPlain(browser, address) {
  const context = await phone(browser, 320, 640);
  const page = await context.newPage();
  for (const path of PAGES) {
    await loadPage(page, address + path);
    await fits(page, `${path} at 320 px`);
    await shot(page, path === "/" ? "home" : path.slice(1));
  }
  await openPhoto(page, address);
  await fits(page, "a picture at 320 px");
  await shot(page, "picture");
  await want(page, "Paint it myself");
  await fits(page, "painting at 320 px");
  await axe(page, "painting at 320 px");
  await shot(page, "hints");
  await context.close();

  const large = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const second = await large.newPage();
  await large.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      document.documentElement.style.setProperty("font-size", "200%");
    });
  });
  for (const path of PAGES) {
    await loadPage(second, address + path);
    await fits(second, `${path} with text of 200 %`);
  }
  await openPhoto(second, address);
  await fits(second, "a picture with text of 200 %");
  await shot(second, "picture-large-text");
  await large.close();

  const plain = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    forcedColors: "active",
    reducedMotion: "reduce",
  });
  const third = await plain.newPage();
  await openPhoto(third, address);
  await want(third, "Paint it myself");
  const swatch = third.getByRole("button", { name: "Blue", exact: true });
  await swatch.click();
  const seen = await swatch.evaluate((button) => {
    const style = getComputedStyle(button);
    return { color: style.backgroundColor, outline: style.outlineStyle };
  });
  assert.deepEqual(seen, { color: "rgb(47, 95, 179)", outline: "solid" }, "a swatch keeps its colour and shows that it is chosen");
  const chosen = await third
    .locator(".way", { has: third.getByRole("radio", { name: "Paint it myself" }) })
    .evaluate((label) => getComputedStyle(label).backgroundColor);
  const other = await third
    .locator(".way", { has: third.getByRole("radio", { name: "Automatic" }) })
    .evaluate((label) => getComputedStyle(label).backgroundColor);
  assert.notEqual(chosen, other, "what is chosen is seen");
  await shot(third, "forced-colours");
  await plain.close();
}
