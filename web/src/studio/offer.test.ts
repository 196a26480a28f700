import { expect, test } from "vitest";
import type { PictureKind } from "../api/types";
import { changed } from "../session/change";
import { newSession } from "../session/session";
import { offerFor } from "./offer";

const session = newSession(new File(["gray"], "grandma.png"));
const photograph: PictureKind = { coloring: "gray", subject: "photograph", faded: false };
const remark = (kind: Partial<PictureKind>) => offerFor({ ...photograph, ...kind }, session, "automatic")?.remark;

test("an ordinary photograph in gray is worth no remark", () => {
  expect(remark({})).toBeUndefined();
});

test("what matters most about a picture is said", () => {
  expect(remark({ subject: "negative", coloring: "sepia", faded: true })).toBe("negative");
  expect(remark({ subject: "drawing" })).toBe("drawing");
  expect(remark({ coloring: "color", subject: "halftone" })).toBe("color");
  for (const coloring of ["sepia", "cyanotype", "toned"] as const) expect(remark({ coloring })).toBe("toned");
  expect(remark({ subject: "halftone" })).toBe("halftone");
  expect(remark({ faded: true })).toBe("faded");
});

test("an offer is taken and taken back, whichever way was chosen", () => {
  const negative = { ...photograph, subject: "negative" as const };
  const offer = offerFor(negative, session, "paint");
  const positive = offer?.change ? changed(session, offer.change) : session;
  expect(positive.invert).toBe(true);
  const back = offerFor(negative, positive, "paint");
  expect(back).toMatchObject({ accepted: true });
  expect(back?.change && changed(positive, back.change).invert).toBe(false);
});

test("an offered way is not offered to whoever has chosen one", () => {
  expect(offerFor({ ...photograph, subject: "drawing" }, session, "drawing")).toBeNull();
  expect(offerFor({ ...photograph, coloring: "color" }, session, "change")).toBeNull();
});
