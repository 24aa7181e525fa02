import { expect, test } from "vitest";
import { createDataset, type DatasetParts, sliceDataset } from "../../src/data/dataset.js";
import { DataError, OptionError } from "../../src/errors.js";

/** Three samples of two features, two classes. */
function parts(changes: Partial<DatasetParts> = {}): DatasetParts {
  return {
    name: "points",
    inputs: Float32Array.of(1, 2, 3, 4, 5, 6),
    features: 2,
    targets: { kind: "classes", labels: Uint8Array.of(0, 1, 0), names: ["a", "b"] },
    ...changes,
  };
}

const targets = (labels: number[], names = ["a", "b"]) =>
  ({ kind: "classes", labels: Int32Array.from(labels), names }) as const;

test("parts that fit become a data set, which shares their memory", () => {
  const given = parts();
  const dataset = createDataset(given);
  expect(dataset).toEqual({ ...given, samples: 3 });
  expect(dataset.inputs).toBe(given.inputs);
  expect(dataset.targets.labels).toBe(given.targets.labels);
});

test("clamped bytes, as pictures have them, become bytes in the same memory", () => {
  const clamped = Uint8ClampedArray.of(9, 1, 2, 3, 4, 5, 255).subarray(1);
  const { inputs } = createDataset(parts({ inputs: clamped }));
  expect(inputs).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 255));
  expect(inputs.buffer).toBe(clamped.buffer);
});

test.each([
  {
    what: "no features",
    changes: { features: 0 },
    message: "points: features is 0, expected a whole number of at least 1",
  },
  {
    what: "half a feature",
    changes: { features: 1.5 },
    message: "points: features is 1.5, expected a whole number of at least 1",
  },
  {
    what: "an image of another size",
    changes: { image: { width: 3, height: 1 } },
    message: "points: images are 3 × 1, expected 2 pixels as there are features",
  },
  {
    what: "no samples",
    changes: { inputs: new Float32Array(0), targets: targets([]) },
    message: "points: holds no samples, expected at least one",
  },
  {
    what: "an input missing",
    changes: { inputs: new Uint8Array(5) },
    message: "points: has 5 input values, expected 6 as there are 3 labels and 2 features",
  },
  {
    what: "a label too large",
    changes: { targets: targets([0, 1, 2]) },
    message: "points: the label of sample 2 is 2, expected 0 to 1",
  },
  {
    what: "a label below zero",
    changes: { targets: targets([0, -1, 1]) },
    message: "points: the label of sample 1 is -1, expected 0 to 1",
  },
  {
    what: "an input that is no number",
    changes: { inputs: Float32Array.of(1, 2, 3, Number.NaN, 5, 6) },
    message: "points: feature 1 of sample 1 is NaN, expected a finite number",
  },
  {
    what: "an infinite input",
    changes: { inputs: Float32Array.of(1, 2, 3, 4, Number.NEGATIVE_INFINITY, 6) },
    message: "points: feature 0 of sample 2 is -Infinity, expected a finite number",
  },
])("$what is refused with a sentence", ({ changes, message }) => {
  expect(() => createDataset(parts(changes))).toThrow(new DataError(message));
});

test("a slice holds the samples of its range and shares their memory", () => {
  const dataset = createDataset(parts({ image: { width: 1, height: 2 } }));
  const slice = sliceDataset(dataset, 1, 3);
  expect(slice).toEqual({
    ...dataset,
    inputs: Float32Array.of(3, 4, 5, 6),
    targets: { kind: "classes", labels: Uint8Array.of(1, 0), names: ["a", "b"] },
    samples: 2,
  });
  slice.inputs[0] = 30;
  expect(dataset.inputs[2]).toBe(30);
  expect(sliceDataset(slice, 1, 2).inputs).toEqual(Float32Array.of(5, 6));
});

test.each([
  [1, 1],
  [2, 1],
  [-1, 2],
  [0, 4],
  [0.5, 2],
  [0, Number.NaN],
])("the range %d to %d of three samples is refused with a sentence", (start, end) => {
  expect(() => sliceDataset(createDataset(parts()), start, end)).toThrow(
    new OptionError(
      `points: samples ${start} to ${end} were asked for, expected a range within 0 to 3`,
    ),
  );
});
