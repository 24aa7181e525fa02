import { expect, test } from "vitest";
import { atEndOfMemory } from "../support/edge.js";
import { kernels, withArrays } from "../support/kernels.js";
import { randomFloats } from "../support/numbers.js";

test("column sums add the rows first to last in float32, on every shape", () => {
  for (const rows of [1, 3, 5, 17, 64]) {
    for (const columns of [1, 2, 3, 4, 5, 8, 17, 63, 65]) {
      const matrix = randomFloats(rows * columns, rows + columns);
      const expected = new Float32Array(columns);
      matrix.forEach((value, index) => {
        expected[index % columns] += value;
      });
      const sums = new Float32Array(columns);
      withArrays([sums], (sumsAt) => {
        atEndOfMemory(matrix, (matrixAt) => kernels.columnSums(sumsAt, matrixAt, rows, columns));
      });
      expect(sums).toEqual(expected);
    }
  }
});

test("column sums overwrite what was there", () => {
  const sums = Float32Array.of(100, 100, 100);
  withArrays([sums, Float32Array.of(1, 2, 3)], (s, matrix) => kernels.columnSums(s, matrix, 1, 3));
  expect([...sums]).toEqual([1, 2, 3]);
});

test("losses are summed first to last in float64", () => {
  for (const count of [0, 1, 3, 4, 5, 17, 1000]) {
    const losses = randomFloats(count, 9, 5);
    const expected = losses.reduce((sum, loss) => sum + loss, 0);
    withArrays([losses], (at) => expect(kernels.sumOfLosses(at, count)).toBe(expected));
  }
  // In float32 the small one would be lost.
  withArrays([Float32Array.of(2 ** 26, 2 ** -20)], (at) => {
    expect(kernels.sumOfLosses(at, 2)).toBe(2 ** 26 + 2 ** -20);
  });
});

test("correct samples are those whose prediction is the label", () => {
  for (const count of [0, 1, 3, 4, 5, 17, 65]) {
    const labels = Int32Array.from({ length: count }, (_, sample) => sample % 10);
    const predicted = labels.map((label, sample) => (sample % 3 === 0 ? label : label + 1));
    withArrays([predicted], (p) => {
      atEndOfMemory(labels, (y) => {
        expect(kernels.countCorrect(p, y, count)).toBe(Math.ceil(count / 3));
      });
    });
  }
});
