import { expect, test } from "vitest";
import type {
  ArrayValues,
  DType,
  NumericArray,
  TextArray,
} from "../../../src/data/arrays/namedArray.js";
import type { LabelledSamples, TargetArray } from "../../../src/data/samples/arraySamples.js";
import {
  encodeSampleInputs,
  encodeSamples,
  learnSamplesEncoding,
} from "../../../src/data/samples/encodeSamples.js";
import { splitSamples } from "../../../src/data/samples/splitSamples.js";
import { DataError } from "../../../src/errors.js";

function array(name: string, shape: number[], dtype: DType, values: ArrayValues): NumericArray {
  return { name, shape, dtype, values };
}

const floats = (name: string, shape: number[], ...values: number[]) =>
  array(name, shape, "float64", Float64Array.from(values));
const whole = (name: string, shape: number[], ...values: number[]) =>
  array(name, shape, "int64", Float64Array.from(values));
const bytes = (name: string, shape: number[], ...values: number[]) =>
  array(name, shape, "uint8", Uint8Array.from(values));

function words(...labels: string[]): TextArray {
  const texts = [...new Set(labels)];
  const values = Int32Array.from(labels, (label) => texts.indexOf(label));
  return { name: "y", shape: [labels.length], dtype: "text", texts, values };
}

function samples(inputs: NumericArray, targets: TargetArray): LabelledSamples {
  return { place: "a.npz", inputs, targets };
}

const X = floats("X", [3, 2], 1, 10, 3, 10, 5, 10);

test("whole numbers are classes by their labels, numbers are standardised a feature at a time", () => {
  const given = samples(X, whole("y", [3], 7, -1, 7));
  const encoding = learnSamplesEncoding(given);
  expect(encoding).toEqual({
    task: "classification",
    names: ["-1", "7"],
    preprocessing: {
      columns: [
        { kind: "number", name: "input 1", mean: 3, scale: Math.sqrt(8 / 3) },
        { kind: "number", name: "input 2", mean: 10, scale: 1 },
      ],
      targets: [{ name: "y" }],
    },
  });
  const dataset = encodeSamples(given, encoding);
  expect(dataset).toMatchObject({ name: "a.npz", features: 2, samples: 3 });
  expect([...dataset.inputs]).toEqual([1, 10, 3, 10, 5, 10]);
  expect(dataset.targets).toMatchObject({ kind: "classes", labels: Int32Array.of(1, 0, 1) });
});

test("texts are classes, in the order of characters, or by size where all are whole numbers", () => {
  const given = samples(X, words("rose", "Iris", "rose"));
  const encoding = learnSamplesEncoding(given);
  expect(encoding).toMatchObject({ task: "classification", names: ["Iris", "rose"] });
  expect(encodeSamples(given, encoding).targets).toMatchObject({ labels: Int32Array.of(1, 0, 1) });
  expect(learnSamplesEncoding(samples(X, words("10", "9", "10"))).names).toEqual(["9", "10"]);
});

test("texts are matched by text: of another array in another order, with fewer of them, or as numbers", () => {
  const encoding = learnSamplesEncoding(samples(X, words("b", "a", "c")));
  const labelsOf = (targets: TargetArray, names = encoding.names) =>
    encodeSamples(samples(X, targets), { ...encoding, names }).targets;
  expect(labelsOf(words("c", "c", "b"))).toMatchObject({ labels: Int32Array.of(2, 2, 1) });
  expect(labelsOf(words("2", "1", "2"), ["1", "2"])).toMatchObject({
    labels: Int32Array.of(1, 0, 1),
  });
  expect(labelsOf(whole("y", [3], 2, 1, 2), ["1", "2"])).toMatchObject({
    labels: Int32Array.of(1, 0, 1),
  });
});

test("a part of texts knows the classes that are in it", () => {
  const labels = Array.from({ length: 40 }, (_, row) => (row < 20 ? "x" : "y"));
  const inputs = floats("X", [40, 1], ...labels.keys());
  const split = { fraction: 0.25, seed: 1, strata: "targets" } as const;
  const { training, test: heldOut } = splitSamples(samples(inputs, words(...labels)), split);
  const encoding = learnSamplesEncoding(training);
  const { targets } = encodeSamples(heldOut, encoding);
  expect(targets).toMatchObject({
    names: ["x", "y"],
    labels: Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
  });
  const rows = samples(X, { ...words("x", "y", "z"), values: Int32Array.of(2, 0, 2) });
  expect(learnSamplesEncoding(rows).names).toEqual(["x", "z"]);
});

test.each([
  {
    refuse: () => learnSamplesEncoding(samples(X, words("a", "a", "a"))),
    message: 'a.npz: "y" is "a" in every sample, expected 2 to 4096 classes',
  },
  {
    refuse: () => learnSamplesEncoding(samples(X, words("a", "nan", "b"))),
    message: 'a.npz: "y" is "nan" at sample 1, expected a label for every sample',
  },
  {
    refuse: () => learnSamplesEncoding(samples(X, words("a", "b", "b")), { task: "regression" }),
    message: 'a.npz: "y" is "a" at sample 0, expected numbers as values, or --task classification',
  },
  {
    refuse: () =>
      encodeSamples(samples(X, words("a", "b", "d")), {
        task: "classification",
        names: ["a", "b"],
      }),
    message: 'a.npz: "y" is "d" at sample 2, expected one of "a", "b"',
  },
  {
    refuse: () => learnSamplesEncoding(samples(X, words("a", "b"))),
    message: 'a.npz: "y" has 2 rows, expected 3 as "X" has',
  },
])("texts refused: $message", ({ refuse, message }) => {
  expect(refuse).toThrow(new DataError(message));
});

test("one-hot rows are classes, of any dtype", () => {
  const given = samples(X, floats("y", [3, 3], 0, 1, 0, 1, 0, 0, 0, 0, 1));
  const encoding = learnSamplesEncoding(given, { standardize: false });
  expect(encoding).toEqual({ task: "classification", names: ["0", "1", "2"] });
  expect(encodeSamples(given, encoding).targets).toMatchObject({ labels: Int32Array.of(1, 0, 2) });
});

test("other numbers are values, each with its own mean and deviation", () => {
  const given = samples(X, floats("y", [3, 2], 1, 0.5, 2, 0.5, 3, 0.5));
  const { task, names, preprocessing } = learnSamplesEncoding(given);
  expect([task, names]).toEqual(["regression", ["y 1", "y 2"]]);
  expect(preprocessing?.targets).toEqual([
    { name: "y 1", mean: 2, scale: Math.sqrt(2 / 3) },
    { name: "y 2", mean: 0.5, scale: 1 },
  ]);
  const labels = samples(X, whole("y", [3, 1], 1, 2, 3));
  expect(learnSamplesEncoding(labels, { task: "regression" }).names).toEqual(["y"]);
});

test("bytes are pixels, and so are pictures of whole numbers up to 255", () => {
  const y = whole("y", [2], 0, 1);
  const flat = samples(bytes("X", [2, 2], 0, 1, 2, 255), y);
  expect(learnSamplesEncoding(flat)).toEqual({ task: "classification", names: ["0", "1"] });
  const pictures = [
    bytes("X", [2, 1, 2], 0, 1, 2, 255),
    floats("X", [2, 1, 2], 0, 1, 2, 255),
    whole("X", [2, 1, 2, 1], 0, 1, 2, 255),
    whole("X", [2, 1, 1, 2], 0, 1, 2, 255),
  ];
  for (const picture of pictures) {
    const { inputs, image } = encodeSamples(
      samples(picture, y),
      learnSamplesEncoding(samples(picture, y)),
    );
    expect(inputs).toEqual(Uint8Array.of(0, 1, 2, 255));
    expect(image).toEqual({ width: 2, height: 1 });
  }
});

test("other pictures keep their zeros: they are divided by their largest value", () => {
  const y = whole("y", [2], 0, 1);
  const deep = samples(floats("X", [2, 1, 2], 0, 1, 2, 4095), y);
  const { preprocessing } = learnSamplesEncoding(deep);
  expect(preprocessing?.columns[0]).toMatchObject({ mean: 0, scale: 4095 });
  const small = samples(floats("X", [2, 1, 2], 0, 1, 0.5, 0), y);
  expect(learnSamplesEncoding(small).preprocessing).toBeUndefined();
});

test("a model that standardises is given raw numbers, bytes too", () => {
  const { preprocessing } = learnSamplesEncoding(samples(X, whole("y", [3], 0, 1, 1)));
  const later = { place: "b.npy", inputs: bytes("X", [1, 2], 3, 200) };
  expect(encodeSampleInputs(later, preprocessing).values).toEqual(Float32Array.of(3, 200));
});

test("classes of other names are told by their place", () => {
  const encoding = { task: "classification", names: ["iris", "rose"] } as const;
  const { targets } = encodeSamples(samples(X, whole("y", [3], 1, 0, 1)), encoding);
  expect(targets).toMatchObject({ labels: Int32Array.of(1, 0, 1) });
});

const y = whole("y", [3], 0, 1, 1);

test.each([
  { inputs: X, targets: whole("y", [2], 0, 1), message: '"y" has 2 rows, expected 3 as "X" has' },
  { inputs: floats("X", [], 1), targets: y, message: '"X" is a single number, expected at least' },
  { inputs: floats("X", [0, 2]), targets: y, message: '"X" is of 0 × 2 values, expected at least' },
  {
    inputs: floats("X", [3, 0]),
    targets: y,
    message: '"X" is of 3 × 0 values, expected at least one value a sample',
  },
  {
    inputs: X,
    targets: whole("y", [3, 1, 1], 0, 1, 1),
    message: '"y" is of 3 × 1 × 1 values, exp',
  },
  {
    inputs: floats("X", [3, 2], 1, 2, Number.NaN, 4, 5, 6),
    targets: y,
    message: "feature 0 of sample 1 is NaN, expected a finite number",
  },
  {
    inputs: floats("X", [3, 2], 1, 2, 3, 1e300, 5, 6),
    targets: y,
    message: "feature 1 of sample 1 is 1e+300, expected a finite number, within ±3.4e38",
  },
  {
    inputs: X,
    targets: floats("y", [3], 0.5, Number.NaN, 1),
    message: '"y" of sample 1 is NaN, expected a finite number, within ±3.4e38',
  },
  {
    inputs: X,
    targets: floats("y", [3, 2], 0.5, 1, 1, 2, 3, -1e39),
    message: '"y 2" of sample 2 is -1e+39, expected a finite number, within ±3.4e38',
  },
  {
    inputs: X,
    targets: floats("y", [3], 0.1, 0.1, 0.1),
    message: '"y" is 0.1 in every sample, expected values that differ',
  },
  {
    inputs: X,
    targets: floats("y", [3, 2], 0.1, 3, 0.1, 3, 0.1, 3),
    message: '"y" is the same in every sample, expected values that differ',
  },
  { inputs: X, targets: whole("y", [3], 4, 4, 4), message: '"y" is 4 in every sample, expected 2' },
  {
    inputs: X,
    targets: floats("y", [3], 0, 0.5, 1),
    task: "classification" as const,
    message: '"y" is 0.5 at sample 1, expected whole numbers as classes, or --task regression',
  },
  {
    inputs: X,
    targets: whole("y", [3, 2], 0, 1, 1, 1, 1, 0),
    task: "classification" as const,
    message: 'row 1 of "y" is not one-hot, expected a 1',
  },
])("refused: $message", ({ inputs, targets, task, message }) => {
  const learn = () => learnSamplesEncoding(samples(inputs, targets), { task });
  expect(learn).toThrow(DataError);
  expect(learn).toThrow(`a.npz: ${message}`);
});

test("targets that a model does not know are refused", () => {
  const encoding = { task: "classification", names: ["0", "1"] } as const;
  expect(() => encodeSamples(samples(X, whole("y", [3], 0, 1, 2)), encoding)).toThrow(
    'a.npz: "y" is 2 at sample 2, expected one of "0", "1"',
  );
  expect(() =>
    encodeSamples(samples(X, floats("y", [3, 3], 1, 0, 0, 0, 1, 0, 0, 0, 1)), encoding),
  ).toThrow('a.npz: "y" is of 3 × 3 values, expected 2 a sample: "0", "1"');
});
