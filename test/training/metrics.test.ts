import { expect, test } from "vitest";
import { confusionMatrix, reportClasses, reportValues } from "../../src/training/metrics.js";

//                        true:  a  a  a  b  b  c
const LABELS = Uint8Array.of(0, 0, 0, 1, 1, 2);
const PREDICTED = Int32Array.of(0, 0, 1, 1, 0, 1);

test("a confusion matrix counts by true class and predicted class", () => {
  expect([...confusionMatrix(LABELS, PREDICTED, 3)]).toEqual([
    ...[2, 1, 0], // of the three a, two were seen and one was taken for b
    ...[1, 1, 0],
    ...[0, 1, 0],
  ]);
});

test("precision, recall and F1 are those of a table worked by hand", () => {
  const [a, b, c] = reportClasses(confusionMatrix(LABELS, PREDICTED, 3), ["a", "b", "c"]);
  // Three were taken for a, two rightly; two of three a were found; 2·(2/3·2/3)/(2/3 + 2/3).
  expect(a).toEqual({ name: "a", precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, samples: 3 });
  // Three were taken for b, one rightly; one of two b was found; 2·(1/3·1/2)/(1/3 + 1/2).
  expect(b).toEqual({ name: "b", precision: 1 / 3, recall: 1 / 2, f1: 2 / 5, samples: 2 });
  // Nothing was taken for c.
  expect(c).toEqual({ name: "c", precision: 0, recall: 0, f1: 0, samples: 1 });
});

test("a class without samples and predictions has zeros, not NaN", () => {
  const [, , , d] = reportClasses(confusionMatrix(LABELS, PREDICTED, 4), ["a", "b", "c", "d"]);
  expect(d).toEqual({ name: "d", precision: 0, recall: 0, f1: 0, samples: 0 });
});

test("R² of values that are all the same is undefined, whatever rounding leaves of their mean", () => {
  const values = Float32Array.from({ length: 20 }, (_, index) => (index % 2 ? 0.1 : index));
  const predictions = values.map((value) => value + 0.5);
  const targets = { kind: "values", values, names: ["a", "b"] } as const;
  const [a, b] = reportValues(targets, predictions);
  // Σ 0.5² = 2.5 over ten samples; 0, 2 … 18 spread by 330.
  expect(a.determination).toBeCloseTo(1 - 2.5 / 330, 9);
  expect(b).toMatchObject({ determination: undefined, meanAbsoluteError: expect.closeTo(0.5, 5) });
});
