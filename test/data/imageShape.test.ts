import { expect, test } from "vitest";
import { isImageOf } from "../../src/data/imageShape.js";

test("only whole, positive sides that make the number of features are an image", () => {
  expect(isImageOf({ width: 4, height: 3 }, 12)).toBe(true);
  expect(isImageOf({ width: 4, height: 3 }, 13)).toBe(false);
  expect(isImageOf({ width: -4, height: -3 }, 12)).toBe(false);
  expect(isImageOf({ width: 0.5, height: 24 }, 12)).toBe(false);
  expect(isImageOf({ width: Number.NaN, height: 3 }, 12)).toBe(false);
});
