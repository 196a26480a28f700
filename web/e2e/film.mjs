// A film: sent, its scenes shown in colour, one corrected, one left, coloured, played before and after, downloaded. With a real film and the
// default method, at two widths.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, divider, downloadBy, fits, loadPage, shot } from "./page.mjs";

/** Three gray scenes of a second each; nothing without FFmpeg. */
export function makeFilm() {
  const folder = mkdtempSync(join(tmpdir(), "autochrome-film-"));
  const path = join(folder, "holiday.mp4");
  const scene = (source, brightness) => `${source}=s=320x180:r=12:d=1,hue=s=0,eq=brightness=${brightness},format=yuv420p`;
  const graph = `${scene("testsrc2", 0.2)}[a];${scene("mandelbrot", 0)}[b];${scene("testsrc", -0.3)}[c];[a][b][c]concat=n=3`.replace(
    "mandelbrot=s=320x180:r=12:d=1",
    "mandelbrot=s=320x180:r=12,trim=duration=1",
  );
  try {
    execFileSync("ffmpeg", ["-v", "error", "-filter_complex", graph, "-c:v", "libx264", "-movflags", "+faststart", path]);
    return { name: "holiday.mp4", mimeType: "video/mp4", buffer: readFileSync(path) };
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function aFilm(page, address, film) {
  await loadPage(page, `${address}/film`);
  await fits(page, "the page for films");
  await axe(page, "the page for films");
  await page.setInputFiles('input[type="file"]', film);
  const scenes = page.getByRole("button", { name: /^Scene \d/ });
  await page.getByText(/3 scenes$/).waitFor();
  assert.equal(await scenes.count(), 3);
  assert.match(page.url(), /\/film\/[0-9a-f]{32}$/);
  await shot(page, "film-scenes");

  await scenes.nth(0).click();
  await page.getByText("Spots", { exact: true }).click();
  await page.getByRole("button", { name: "Red", exact: true }).click();
  const spot = page.getByRole("button", { name: "Put a spot of the chosen colour here" });
  const img = spot.locator("img");
  await img.waitFor();
  const box = await img.boundingBox();
  const look = page.waitForResponse((response) => response.url().endsWith("/v1/colorize"));
  await img.click({ position: { x: box.width / 2, y: box.height / 2 } });
  assert.equal((await look).status(), 200);
  await page.getByText("Spots (1)").waitFor();
  await fits(page, "a scene with a spot");
  await axe(page, "a scene with a spot");
  await page.waitForTimeout(300);
  await shot(page, "film-scene");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await scenes.nth(1).click();
  await page.getByText("Leave as is", { exact: true }).first().click();

  await page.getByRole("button", { name: "Colour the film", exact: true }).click();
  await page.getByRole("progressbar", { name: "Progress of the film" }).waitFor();
  await page.getByText("36 frames, 3 scenes. Colours are simulated.").waitFor();
  await divider(page).waitFor();
  const films = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("video")].map(({ readyState, videoWidth, duration, currentTime }) => ({
        readyState,
        videoWidth,
        duration,
        currentTime,
      })),
    );
  await page.waitForFunction(() => [...document.querySelectorAll("video")].every(({ readyState }) => readyState >= 3));
  for (const { videoWidth, duration } of await films()) {
    assert.equal(videoWidth, 320);
    assert.ok(Math.abs(duration - 3) < 0.2, `${duration} s`);
  }
  // The scene with the spot is red somewhere, the one that was left is gray, and brightness is that of the film.
  const colors = await page.evaluate(async () => {
    const [before, after] = document.querySelectorAll("video");
    const at = async (film, seconds) => {
      film.currentTime = seconds;
      await new Promise((resolve) => film.addEventListener("seeked", resolve, { once: true }));
      const pen = new OffscreenCanvas(64, 36).getContext("2d");
      pen.drawImage(film, 0, 0, 64, 36);
      const { data } = pen.getImageData(0, 0, 64, 36);
      let [redder, chroma, light] = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = data.subarray(i, i + 3);
        redder = Math.max(redder, r - g);
        chroma += Math.max(r, g, b) - Math.min(r, g, b);
        light += 0.299 * r + 0.587 * g + 0.114 * b;
      }
      return { redder, chroma: (4 * chroma) / data.length, light: (4 * light) / data.length };
    };
    return { first: await at(after, 0.5), second: await at(after, 1.5), original: await at(before, 0.5) };
  });
  assert.ok(colors.first.redder > 40, `a red spot: ${JSON.stringify(colors)}`);
  assert.ok(colors.second.chroma < 4, `left as it is: ${JSON.stringify(colors)}`);
  assert.ok(Math.abs(colors.first.light - colors.original.light) < 4, `its light: ${JSON.stringify(colors)}`);

  await page.getByRole("slider", { name: "Position in the film" }).fill("0");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => {
    const [one, two] = document.querySelectorAll("video");
    const together = Math.abs(one.currentTime - two.currentTime) < 0.3;
    return !two.paused && one.currentTime > 0.5 && two.currentTime > 0.5 && together;
  });
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await divider(page).focus();
  await page.keyboard.press("Home");
  assert.equal(await divider(page).getAttribute("aria-valuenow"), "0");
  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  await fits(page, "a film before and after");
  await axe(page, "a film before and after");
  await shot(page, "film-done");
  const { name, bytes } = await downloadBy(page, "Download the film");
  assert.equal(name, "holiday.color.mp4");
  assert.equal(bytes.subarray(4, 8).toString(), "ftyp");
  if (process.env.KEEP_FILM) writeFileSync(process.env.KEEP_FILM, bytes);

  // Another tab, another day.
  const done = page.url();
  await loadPage(page, done);
  await page.getByText("36 frames, 3 scenes. Colours are simulated.").waitFor();
  await page.getByRole("button", { name: "Back to the scenes" }).click();
  await scenes.first().waitFor();
  await loadPage(page, `${address}/film`);
  await page.getByRole("heading", { name: "Earlier films" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/film");
  assert.equal(
    await page
      .getByRole("link", { name: /^36 frames/ })
      .first()
      .getAttribute("href"),
    new URL(done).pathname + new URL(done).search,
  );
}

/** What is no film is refused in words, and sending can be tried again. */
export async function noFilm(page, address) {
  await loadPage(page, `${address}/film`);
  await page.setInputFiles('input[type="file"]', { name: "letter.mp4", mimeType: "video/mp4", buffer: Buffer.from("Dear Sir") });
  await page.getByRole("alert").filter({ hasText: "letter.mp4" }).waitFor();
  await page.getByRole("button", { name: "Choose a film" }).waitFor();
}
