import { expect, test } from "vitest";
import { Matrix } from "../../src/reference/matrix.js";
import { softmax } from "../../src/reference/network.js";
import { kernels, withArrays } from "../support/kernels.js";
import { largestDifference, randomFloats } from "../support/numbers.js";

const SHAPES = [1, 2, 3, 4, 5, 10, 17, 63, 65].flatMap((classes) =>
  [1, 3, 17].map((rows) => [rows, classes]),
);

test("softmax agrees with float64 on every shape, in place or not", () => {
  for (const [rows, classes] of SHAPES) {
    const logits = randomFloats(rows * classes, 1, 8);
    const expected = softmax(new Matrix(rows, classes, Float64Array.from(logits))).data;
    const probabilities = new Float32Array(rows * classes);
    withArrays([probabilities, logits], (p, z) => kernels.softmax(p, z, rows, classes));
    expect(largestDifference(probabilities, expected).difference).toBeLessThan(5e-7);
    withArrays([logits], (z) => kernels.softmax(z, z, rows, classes));
    expect(logits).toEqual(probabilities);
  }
});

test("loss, prediction and gradient agree with float64 on every shape", () => {
  for (const [rows, classes] of SHAPES) {
    const logits = randomFloats(rows * classes, 2, 8);
    const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7) % classes);
    const p = softmax(new Matrix(rows, classes, Float64Array.from(logits)));
    const gradient = new Float32Array(rows * classes);
    const losses = new Float32Array(rows);
    const predicted = new Int32Array(rows);
    withArrays([gradient, losses, predicted, logits, labels], (g, l, k, z, y) => {
      kernels.softmaxCrossEntropy(g, l, k, z, y, rows, classes, 0, 1 / rows);
    });
    const expectedGradient = p.data.map((value, index) => {
      const target = labels[Math.floor(index / classes)] === index % classes ? 1 : 0;
      return (value - target) / rows;
    });
    expect(largestDifference(gradient, expectedGradient).difference).toBeLessThan(5e-7);
    const expectedLosses = losses.map((_, row) => -Math.log(p.at(row, labels[row])));
    expect(largestDifference(losses, expectedLosses).difference).toBeLessThan(4e-6);
    const expectedPredictions = predicted.map((_, row) => {
      const values = p.data.subarray(row * classes, (row + 1) * classes);
      return values.indexOf(Math.max(...values));
    });
    expect(predicted).toEqual(expectedPredictions);
  }
});

test("logits far apart neither overflow nor lose the loss", () => {
  const losses = new Float32Array(2);
  const logits = Float32Array.of(1e4, -1e4, 0, 500, 0, -500);
  withArrays(
    [new Float32Array(6), losses, new Int32Array(2), logits, Int32Array.of(1, 0)],
    (g, l, k, z, y) => kernels.softmaxCrossEntropy(g, l, k, z, y, 2, 3, 0, 1),
  );
  expect([...losses]).toEqual([20_000, 0]);
});

test("of equal logits the first is predicted", () => {
  const predicted = new Int32Array(1);
  withArrays(
    [new Float32Array(5), new Float32Array(1), predicted, new Float32Array(5), new Int32Array(1)],
    (g, l, k, z, y) => kernels.softmaxCrossEntropy(g, l, k, z, y, 1, 5, 0, 1),
  );
  expect(predicted[0]).toBe(0);
});

test("a logit that is NaN makes the loss NaN", () => {
  const losses = new Float32Array(1);
  const logits = Float32Array.of(0, Number.NaN, 0, 0, 0);
  withArrays(
    [new Float32Array(5), losses, new Int32Array(1), logits, new Int32Array(1)],
    (g, l, k, z, y) => kernels.softmaxCrossEntropy(g, l, k, z, y, 1, 5, 0, 1),
  );
  expect(losses[0]).toBeNaN();
});
