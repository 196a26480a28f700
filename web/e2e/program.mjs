// The program under test, and the browser that looks at it. AUTOCHROME names the one (default: target/debug/autochrome),
// CHROMIUM the other.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const photo = join(root, "examples/photos/camera.png");
const program = process.env.AUTOCHROME ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/autochrome");

/** A server with `folder` for its data, and its address. */
export async function startServer(folder) {
  const child = spawn(program, ["serve", "--bind", "127.0.0.1:0", "--data-dir", folder], { stdio: ["ignore", "pipe", "pipe"] });
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

export const launch = () =>
  chromium.launch({
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
