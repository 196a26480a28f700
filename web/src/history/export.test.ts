import { expect, test } from "vitest";
import { newSession } from "../session/session";
import { exportZip, files } from "./export";

const entry = {
  ...newSession(new File(["before"], "a/b.png")),
  name: "a/b.png",
  whenMs: 1_790_000_000_000,
  preview: new Blob(["after"]),
  settings: { size: 256 },
  references: [new File(["sea"], "sea.jpg")],
};

test("every picture has a folder of its own, and no name leads out of it", () => {
  const names = [...files([entry, entry])].map((file) => file.name);
  expect(names.slice(0, 4)).toEqual(["001-a_b/a_b.png", "001-a_b/preview.jpg", "001-a_b/settings.json", "001-a_b/reference-1-sea.jpg"]);
  expect(new Set(names).size).toBe(8);
});

test("settings are kept with their picture, bytes are not repeated in them", () => {
  const settings = [...files([entry])][2];
  const kept = JSON.parse(settings?.input as string);
  expect(kept.settings).toEqual({ size: 256 });
  expect(Object.keys(kept)).not.toContain("original");
});

test("the file is a ZIP", async () => {
  const bytes = new Uint8Array(await (await exportZip([entry])).arrayBuffer());
  expect(String.fromCharCode(...bytes.slice(0, 4))).toBe("PK\u0003\u0004");
});
