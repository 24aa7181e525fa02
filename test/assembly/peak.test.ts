import { expect, test } from "vitest";
import { kernels } from "../support/kernels.js";

test("each iteration multiplies and adds once on twelve chains of four lanes", () => {
  expect(kernels.operationsPerIteration()).toBe(12 * 4 * 2);
  // The chains begin with 0 to 11, and all tend to b / (1 − a).
  expect(kernels.multiplyAddPeak(0, 0.5, 1)).toBe(66);
  expect(kernels.multiplyAddPeak(1, 0.5, 1)).toBe(33 + 12);
  expect(kernels.multiplyAddPeak(1000, 0.5, 1)).toBe(24);
});
