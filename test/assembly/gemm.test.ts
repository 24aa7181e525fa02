import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, multiply, transpose } from "../../src/reference/matrix.js";
import { kernels, withArrays, withWorkspace } from "../support/kernels.js";
import { randomFloats } from "../support/numbers.js";

const VARIANTS = ["gemmNN", "gemmNT", "gemmTN"] as const;

/** Around the tile (4 × 8), the block of rows (64), the block of depth (256), and a real layer. */
const SHAPES = [
  [1, 1, 1],
  [3, 5, 1],
  [4, 8, 3],
  [5, 9, 17],
  [17, 3, 5],
  [63, 65, 17],
  [65, 63, 255],
  [64, 10, 256],
  [1, 10, 784],
  [67, 17, 257],
  [128, 64, 784],
  [784, 63, 65],
  [129, 7, 513],
];

/**
 * Checks C (+)= A·B against float64. The rounding error of a sum of k products is below
 * k·ε·Σ|a·b|, with ε = 2⁻²⁴ for float32 (Higham, Accuracy and Stability, 2002, eq. 3.5); one
 * more term for adding to C.
 */
function check(
  variant: (typeof VARIANTS)[number],
  [rows, columns, depth]: readonly number[],
  accumulate: 0 | 1,
): void {
  const a = randomFloats(rows * depth, 1);
  const b = randomFloats(depth * columns, 2);
  const c = randomFloats(rows * columns, 3);
  const before = Float64Array.from(c);
  withWorkspace(kernels.gemmWorkspace(columns, depth), (workspace) => {
    withArrays([c, a, b], (cAt, aAt, bAt) => {
      kernels[variant](cAt, aAt, bAt, workspace, rows, columns, depth, accumulate);
    });
  });
  const product = (f: (value: number) => number) => {
    const values = (x: Float32Array) => Float64Array.from(x, f);
    const left =
      variant === "gemmTN"
        ? transpose(new Matrix(depth, rows, values(a)))
        : new Matrix(rows, depth, values(a));
    const right =
      variant === "gemmNT"
        ? transpose(new Matrix(columns, depth, values(b)))
        : new Matrix(depth, columns, values(b));
    return multiply(left, right).data;
  };
  const exact = product((value) => value);
  const magnitude = product(Math.abs);
  const excess = c.map((value, index) => {
    const expected = exact[index] + (accumulate ? before[index] : 0);
    const bound = (depth + 1) * 2 ** -24 * (magnitude[index] + Math.abs(before[index]));
    return Math.abs(value - expected) / bound;
  });
  expect(Math.max(...excess)).toBeLessThanOrEqual(1);
}

test.each(VARIANTS)(
  "%s agrees with float64 within the rounding bound on every shape",
  (variant) => {
    for (const shape of SHAPES) {
      check(variant, shape, 0);
      check(variant, shape, 1);
    }
  },
);

test("any shape, any variant", () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.constantFrom(...VARIANTS),
      fc.tuple(size, size, fc.integer({ min: 1, max: 300 })),
      fc.constantFrom(0 as const, 1 as const),
      check,
    ),
    { numRuns: 200 },
  );
});

test("an element's bits do not depend on the tile that it falls into", () => {
  const depth = 300;
  const row = randomFloats(depth, 4);
  const column = randomFloats(depth, 5);
  const results = [
    [1, 1],
    [4, 8],
    [7, 11],
    [70, 9],
  ].map(([rows, columns]) => {
    const a = Float32Array.from({ length: rows * depth }, (_, index) => row[index % depth]);
    const b = Float32Array.from(
      { length: depth * columns },
      (_, index) => column[Math.floor(index / columns)],
    );
    const c = new Float32Array(rows * columns);
    withWorkspace(kernels.gemmWorkspace(columns, depth), (workspace) => {
      withArrays([c, a, b], (cAt, aAt, bAt) => {
        kernels.gemmNN(cAt, aAt, bAt, workspace, rows, columns, depth, 0);
      });
    });
    return new Set(c);
  });
  expect(new Set(results.flatMap((values) => [...values])).size).toBe(1);
});
