import { expect, test } from "vitest";
import { countValues, showShape } from "../../../src/data/arrays/namedArray.js";

test.each([
  [[], 1, "a single number"],
  [[7], 7, "7"],
  [[2, 3, 4], 24, "2 × 3 × 4"],
  [[2, 0], 0, "2 × 0"],
  // The product of the others is infinite.
  [[...new Array(64).fill(2 ** 52), 0], 0, `${`${2 ** 52} × `.repeat(64)}0`],
])("the values of shape %j", (shape, count, text) => {
  expect(countValues(shape)).toBe(count);
  expect(showShape(shape)).toBe(text);
});
