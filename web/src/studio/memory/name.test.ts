import { expect, test } from "vitest";
import { memoryName } from "./name";

test("what is typed becomes a name that the server takes", () => {
  for (const [typed, name] of [
    ["Family", "Family"],
    ["  Our family, 1954 ", "Our-family-1954"],
    ["Großmutter Łucja", "Großmutter-Łucja"],
    ["../etc/passwd", "etcpasswd"],
    ["reel_3", "reel_3"],
    ["?!", ""],
    ["  ", ""],
  ]) {
    expect(memoryName(typed ?? "")).toBe(name);
  }
  expect([...memoryName("ü".repeat(200))]).toHaveLength(64);
});
