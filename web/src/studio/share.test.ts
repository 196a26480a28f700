import { expect, test } from "vitest";
import { page, type Words } from "./share";

const words: Words = { title: 'A "<b>"', before: "Before", after: "After", divide: "Divide", note: "Simulated", language: "en" };

test("the page holds both pictures, asks for nothing else, and shows words as words", () => {
  const html = page("data:image/jpeg;base64,AA", "data:image/jpeg;base64,BB", 40, 30, words);
  expect(html.match(/src="data:image\/jpeg;base64,(AA|BB)"/g)).toHaveLength(2);
  expect(html).not.toMatch(/https?:|src="(?!data:)|<script|<link|<b>/);
  expect(html).toContain("A &quot;&lt;b&gt;&quot;");
});
