import { expect, test } from "vitest";
import { moment } from "./time";

test("a moment is minutes and seconds, never sixty of them", () => {
  expect(moment(0)).toBe("0:00");
  expect(moment(59.96, 1)).toBe("1:00.0");
  expect(moment(62.52, 1)).toBe("1:02.5");
  expect(moment(3599.4)).toBe("59:59");
});
