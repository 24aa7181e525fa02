import { expect, test } from "vitest";
import { show, showBytes } from "../../../src/data/arrays/show.js";

test.each<[unknown, string]>([
  ["W1", '"W1"'],
  ["a\nb", '"a\\nb"'],
  ["x".repeat(61), `"${"x".repeat(60)}…"`],
  [7, "7"],
  [null, "null"],
  [undefined, "undefined"],
  [[2, 3], "[2, 3]"],
  [[[2]], "a list of 1"],
  [new Array(9).fill(1), "a list of 9"],
  [{ a: 1 }, "an object"],
])("%j", (value, text) => {
  expect(show(value)).toBe(text);
});

test("bytes are hexadecimal", () => {
  expect(showBytes([0x93, 0x4e, 0])).toBe("93 4e 00");
  expect(showBytes(Uint8Array.of(255))).toBe("ff");
});
