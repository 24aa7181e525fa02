import { expect, test } from "vitest";
import { createDataset, type Dataset, type ValueTargets } from "../../src/data/dataset.js";
import { splitDataset } from "../../src/data/split.js";
import { OptionError } from "../../src/errors.js";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { corners } from "../support/datasets.js";
import { randomNumbers } from "../support/numbers.js";

/** y₁ = x₁·x₂ and y₂ = x₁ + 2·x₃ of random points. */
function products(samples: number, seed = 1): Dataset<ValueTargets> {
  const next = randomNumbers(seed);
  const inputs = Float32Array.from({ length: 3 * samples }, next);
  const values = new Float32Array(2 * samples);
  for (let row = 0; row < samples; row++) {
    const [a, b, c] = inputs.subarray(3 * row, 3 * row + 3);
    values.set([a * b, a + 2 * c], 2 * row);
  }
  return createDataset({
    name: "products",
    inputs,
    features: 3,
    targets: { kind: "values", values, names: ["product", "sum"] },
  });
}

const ARCHITECTURE = perceptron(3, [32], 2, "gelu", "identity");

test("a network learns to predict values, and says how well", async () => {
  const { training, validation } = splitDataset(products(1000), { fraction: 0.2, seed: 1 });
  expect([training.samples, validation.samples]).toEqual([800, 200]);
  using model = await Mlp.create({ architecture: ARCHITECTURE, seed: 1 });
  const { epochs } = await model.fit(training, {
    epochs: 60,
    optimizer: "adam",
    learningRate: 0.01,
    validation,
    earlyStopping: { patience: 60 },
  });
  expect(Object.keys(epochs[0])).not.toContain("accuracy");
  const evaluation = await model.evaluate(validation);
  expect(evaluation.loss).toBeCloseTo(Math.min(...epochs.map((e) => e.validationLoss ?? 9)), 10);
  const { predictions, values, losses } = evaluation;
  expect(values.map(({ name }) => name)).toEqual(["product", "sum"]);
  for (const { determination } of values) expect(determination).toBeGreaterThan(0.99);
  let sum = 0;
  predictions.forEach((prediction, index) => {
    sum += (prediction - validation.targets.values[index]) ** 2 / predictions.length;
  });
  expect(evaluation.loss).toBeCloseTo(sum, 6);
  expect(losses.reduce((total, loss) => total + loss, 0) / 200).toBeCloseTo(sum, 6);
  const meanSquares = values.map(({ rootMeanSquareError }) => rootMeanSquareError ** 2);
  expect((meanSquares[0] + meanSquares[1]) / 2).toBeCloseTo(sum, 6);
});

test("several yes-or-no answers are learned by the binary cross-entropy", async () => {
  const { inputs, features, targets } = products(400);
  const dataset = createDataset({
    name: "signs",
    inputs,
    features,
    targets: { ...targets, values: targets.values.map((value) => Number(value > 0)) },
  });
  using model = await Mlp.create({
    architecture: perceptron(3, [16], 2, "tanh", "sigmoid"),
    seed: 1,
  });
  await model.fit(dataset, { epochs: 40, optimizer: "adam", learningRate: 0.02 });
  const { predictions } = await model.evaluate(dataset);
  const right = predictions.filter((p, index) => Number(p > 0.5) === dataset.targets.values[index]);
  expect(right.length / predictions.length).toBeGreaterThan(0.95);
});

test("refused in a sentence", async () => {
  using softmax = await Mlp.create({ architecture: perceptron(3, [4], 2, "tanh") });
  await expect(softmax.fit(products(10))).rejects.toThrow(
    new OptionError(
      "products: has values for targets, expected classes as the network ends in a softmax",
    ),
  );
  using other = await Mlp.create({ architecture: perceptron(3, [4], 3, "tanh", "identity") });
  await expect(other.fit(products(10))).rejects.toThrow(
    "products: has 2 values, expected 3 as the network has outputs",
  );
  using model = await Mlp.create({ architecture: ARCHITECTURE });
  await expect(model.fit(corners(9))).rejects.toThrow(/corners: samples have 2 features/);
  const validation = products(5);
  const earlyStopping = { patience: 1, monitor: "accuracy" } as const;
  await expect(model.fit(products(10), { validation, earlyStopping })).rejects.toThrow(
    'earlyStopping.monitor is "accuracy", expected loss as values are predicted',
  );
  const targets = { kind: "values", values: Float32Array.of(1, Number.NaN), names: ["y"] } as const;
  expect(() =>
    createDataset({ name: "d", inputs: new Float32Array(2), features: 1, targets }),
  ).toThrow('d: "y" of sample 1 is NaN, expected a finite number');
  expect(() =>
    createDataset({
      name: "d",
      inputs: new Float32Array(2),
      features: 1,
      targets: { ...targets, names: ["y", "z", "w"] },
    }),
  ).toThrow("d: has 2 values, expected a multiple of 3 as that many are named");
});
