import { expect, test } from "vitest";
import { show } from "../../../src/model/formats/show.js";

test.each([
  [3.5, "3.5"],
  [null, "null"],
  [undefined, "undefined"],
  [true, "true"],
  ["F16", '"F16"'],
  ['a "b"\n\u001b[31m', '"a \\"b\\"\\n\\u001b[31m"'],
  [[3, 4], "[3, 4]"],
  [[3, "4"], "a list of 2"],
  [{ a: 1 }, "an object"],
])("%j is shown as %s", (value, text) => {
  expect(show(value)).toBe(text);
});

test("a value is one short line, however long or deep it is", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 200_000; level++) deep = [deep];
  for (const value of ["x".repeat(1e6), new Array(1e5).fill(7), deep, { deep }]) {
    expect(show(value).length).toBeLessThan(80);
  }
});
