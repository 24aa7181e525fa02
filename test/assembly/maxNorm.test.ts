import { expect, test } from "vitest";
import { kernels, withArrays } from "../support/kernels.js";
import { largestDifference, randomFloats } from "../support/numbers.js";

test("columns beyond the limit shrink to it, the others stay, on every shape", () => {
  for (const columns of [1, 3, 5, 17, 32, 65]) {
    for (const rows of [1, 3, 64, 101]) {
      const matrix = randomFloats(rows * columns, 1);
      const before = matrix.slice();
      const [squares, factors] = [new Float32Array(2 * columns), new Float32Array(columns)];
      const limit = 0.9 * Math.sqrt(rows / 3);
      const first = Math.floor(rows / 2);
      let shrinks = 0;
      withArrays([matrix, squares, factors], (m, s, f) => {
        kernels.columnSquares(s, m, first, columns);
        kernels.columnSquares(s + 4 * columns, m + 4 * first * columns, rows - first, columns);
        shrinks = kernels.normFactors(f, s, columns, 2, columns, limit);
        kernels.scaleColumns(m, f, rows, columns);
      });
      const norms = Array.from(factors, (_, column) => {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += before[row * columns + column] ** 2;
        return Math.sqrt(sum);
      });
      expect(shrinks !== 0).toBe(norms.some((norm) => norm > limit));
      const expected = before.map((value, index) => {
        return value * Math.min(1, limit / norms[index % columns]);
      });
      expect(largestDifference(matrix, expected).difference).toBeLessThan(1e-6);
    }
  }
});
