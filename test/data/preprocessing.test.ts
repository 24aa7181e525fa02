import { expect, test } from "vitest";
import { createDataset } from "../../src/data/dataset.js";
import type { InputColumn, Preprocessing } from "../../src/data/preprocessing.js";
import { ModelError, OptionError } from "../../src/errors.js";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/model/formats/safetensors.js";

const COLUMNS: readonly InputColumn[] = [
  { kind: "number", name: "length", mean: 1000, scale: 50 },
  { kind: "categories", name: "colour", categories: ["blue", "red"] },
];
const VALUES: Preprocessing = {
  columns: COLUMNS,
  targets: [{ name: "price", mean: -3, scale: 20 }],
};
const ARCHITECTURE = perceptron(3, [4], 1, "tanh", "identity");
const MAKE = { architecture: ARCHITECTURE, classNames: ["price"], seed: 1 };

/** Two samples as they are in a table, and as the network is to see them. */
const RAW = Float32Array.of(1050, 0, 1, 900, 1, 0);
const SEEN = Float32Array.of(1, 0, 1, -2, 1, 0);

function dataset(inputs: Float32Array | Uint8Array, values: number[]) {
  const targets = { kind: "values", values: Float32Array.from(values), names: ["price"] } as const;
  return createDataset({ name: "d", inputs, features: 3, targets });
}

test("a model takes and gives raw values: predict, fit and evaluate agree with a model that is handed standardised ones", async () => {
  using raw = await Mlp.create({ ...MAKE, preprocessing: VALUES });
  using plain = await Mlp.create(MAKE);
  const fit = { epochs: 3, seed: 1, learningRate: 0.05 };
  await raw.fit(dataset(RAW, [17, -43]), fit);
  await plain.fit(dataset(SEEN, [1, -2]), fit);
  const expected = plain.predict(SEEN).map((value) => value * 20 - 3);
  expect([...raw.predict(RAW)]).toEqual([...expected].map((value) => expect.closeTo(value, 4)));
  const [seen, values] = [
    await raw.evaluate(dataset(RAW, [17, -43])),
    await plain.evaluate(dataset(SEEN, [1, -2])),
  ];
  expect(seen.loss).toBe(values.loss);
  expect(seen.values[0].rootMeanSquareError).toBeCloseTo(
    20 * values.values[0].rootMeanSquareError,
    4,
  );
});

test("it stays with a saved model, whose tensors are what they are without it", async () => {
  using model = await Mlp.create({ ...MAKE, preprocessing: VALUES });
  using plain = await Mlp.create(MAKE);
  const file = model.save();
  using loaded = await Mlp.load(file);
  expect(loaded.preprocessing).toEqual(VALUES);
  expect(loaded.predict(RAW)).toEqual(model.predict(RAW));
  expect(loaded.save()).toEqual(file);
  expect(decodeSafetensors(file, "a").tensors).toEqual(
    decodeSafetensors(plain.save(), "b").tensors,
  );
});

const BAD: readonly { preprocessing: Preprocessing; message: string }[] = [
  {
    preprocessing: { ...VALUES, columns: COLUMNS.slice(1) },
    message: "preprocessing gives 2 inputs, expected 3 as the network has",
  },
  {
    preprocessing: { ...VALUES, targets: [...VALUES.targets, { name: "b", mean: 1, scale: 1 }] },
    message: "preprocessing names 2 targets, expected 1 as the network has outputs",
  },
  {
    preprocessing: { ...VALUES, targets: [{ name: "price", mean: 0, scale: 0 }] },
    message:
      'preprocessing of "price" has mean 0 and scale 0, expected finite numbers and a scale above 0',
  },
];

test.each(BAD)("refused: $message", async ({ preprocessing, message }) => {
  await expect(Mlp.create({ ...MAKE, preprocessing })).rejects.toThrow(new OptionError(message));
  using model = await Mlp.create({ ...MAKE, preprocessing: VALUES });
  const { tensors, metadata } = decodeSafetensors(model.save(), "a");
  const description = { ...JSON.parse(metadata.wasmlp), preprocessing };
  const file = encodeSafetensors({ tensors, metadata: { wasmlp: JSON.stringify(description) } });
  await expect(Mlp.load(file)).rejects.toThrow(new ModelError(`model: ${message}`));
});

test("a file whose preprocessing is none is refused, and bytes where numbers are standardised", async () => {
  using model = await Mlp.create({ ...MAKE, preprocessing: VALUES });
  const { tensors, metadata } = decodeSafetensors(model.save(), "a");
  const none = [
    ...[1, {}, { columns: [{ kind: "number", name: "a" }], targets: [] }],
    { ...VALUES, decimal: "point" },
    {
      ...VALUES,
      columns: COLUMNS.map((column) => ({ ...column, unit: "kg", missing: undefined })),
    },
    { ...VALUES, targets: VALUES.targets.map((target) => ({ ...target, decimal: "comma" })) },
  ];
  for (const preprocessing of none) {
    const description = { ...JSON.parse(metadata.wasmlp), preprocessing };
    const file = encodeSafetensors({ tensors, metadata: { wasmlp: JSON.stringify(description) } });
    await expect(Mlp.load(file)).rejects.toThrow("does not describe a network");
  }
  await expect(model.fit(dataset(Uint8Array.of(1, 2, 3), [1]))).rejects.toThrow(
    "d: its inputs are bytes, expected float32 as the model standardises them",
  );
});
