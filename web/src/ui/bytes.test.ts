import { expect, test } from "vitest";
import { readableBytes } from "./bytes";

test("sizes are told in the unit that suits them", () => {
  expect([0, 999, 1000, 45_400, 2_340_000, 7.2e9].map(readableBytes)).toEqual(["0 B", "999 B", "1 kB", "45 kB", "2.3 MB", "7.2 GB"]);
});
