import fc from "fast-check";
import { expect, test } from "vitest";
import { createDataset, type Dataset, sliceDataset } from "../../src/data/dataset.js";
import { Mlp } from "../../src/mlp.js";
import { type HiddenActivation, perceptron } from "../../src/model/architecture.js";
import { Matrix, map } from "../../src/reference/matrix.js";
import {
  backward,
  descend,
  forward,
  type LayerGradients,
  type ReferenceLayer,
} from "../../src/reference/network.js";
import {
  descendWithBounds,
  type UncertainLayer,
  uncertain,
  uncertainLayers,
} from "../support/errorBounds.js";
import { largestDifference, randomNumbers } from "../support/numbers.js";

interface Case {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly batch: number;
  readonly activation: HiddenActivation;
  /** Sparse inputs, like those of pictures, take another way through the first layer. */
  readonly kind: "dense bytes" | "dense floats" | "sparse bytes" | "sparse floats";
}

const KINDS: Case["kind"][] = ["dense bytes", "dense floats", "sparse bytes", "sparse floats"];

type Shape = Pick<Case, "inputs" | "hidden" | "outputs" | "batch">;

/** Shapes on both sides of vectors, tiles and chunks. */
const SHAPES: Shape[] = [
  { inputs: 1, hidden: [], outputs: 3, batch: 1 },
  { inputs: 1, hidden: [1], outputs: 2, batch: 1 },
  { inputs: 3, hidden: [], outputs: 5, batch: 17 },
  { inputs: 3, hidden: [5], outputs: 17, batch: 3 },
  { inputs: 5, hidden: [17, 3], outputs: 5, batch: 3 },
  { inputs: 17, hidden: [63], outputs: 2, batch: 5 },
  { inputs: 17, hidden: [65], outputs: 63, batch: 1 },
  { inputs: 5, hidden: [74, 3], outputs: 5, batch: 3 },
  { inputs: 63, hidden: [5, 1, 17], outputs: 3, batch: 17 },
  { inputs: 63, hidden: [17, 65], outputs: 5, batch: 63 },
  { inputs: 65, hidden: [63], outputs: 17, batch: 65 },
  { inputs: 17, hidden: [65], outputs: 3, batch: 300 },
  { inputs: 5, hidden: [3], outputs: 3, batch: 784 },
];

/** Activations whose rounding errors are analysed; the others are in test/training/gradients.test.ts. */
const ANALYSED = ["tanh", "relu", "sigmoid"] as const satisfies HiddenActivation[];

const CASES: Case[] = [
  ...SHAPES.flatMap((shape) =>
    ANALYSED.flatMap((activation) => KINDS.map((kind) => ({ ...shape, activation, kind }))),
  ),
  { inputs: 784, hidden: [65], outputs: 10, batch: 17, activation: "tanh", kind: "sparse bytes" },
  { inputs: 784, hidden: [17, 5], outputs: 3, batch: 65, activation: "relu", kind: "dense floats" },
  { inputs: 17, hidden: [784], outputs: 5, batch: 5, activation: "sigmoid", kind: "dense bytes" },
  { inputs: 3, hidden: [5], outputs: 784, batch: 3, activation: "tanh", kind: "sparse floats" },
];

/** Samples of random inputs with random labels. */
function randomDataset({ inputs, outputs, kind }: Case, samples: number): Dataset {
  const next = randomNumbers(samples);
  // One input in five is not zero in sparse data, four in five in dense data.
  const threshold = kind.startsWith("sparse") ? 0.6 : -0.6;
  const values = Float32Array.from({ length: samples * inputs }, () => {
    return next() > threshold ? next() : 0;
  });
  return createDataset({
    name: kind,
    inputs: kind.endsWith("floats") ? values : Uint8Array.from(values, (v) => Math.abs(v) * 256),
    features: inputs,
    targets: {
      kind: "classes",
      labels: Int32Array.from({ length: samples }, () => Math.floor(Math.abs(next()) * outputs)),
      names: Array.from({ length: outputs }, (_, index) => String(index)),
    },
  });
}

/** The samples as the reference takes them. */
function referenceInputs({ inputs, samples, features }: Dataset): Matrix {
  const scale = inputs instanceof Uint8Array ? 255 : 1;
  return new Matrix(
    samples,
    features,
    Float64Array.from(inputs, (value) => value / scale),
  );
}

function referenceLayers(model: Mlp): ReferenceLayer[] {
  let inputs = model.architecture.inputs;
  return model.architecture.layers.map(({ units, activation }, index) => {
    const { weights, biases } = model.layerParameters(index);
    const layer = {
      weights: new Matrix(inputs, units, Float64Array.from(weights)),
      biases: new Matrix(1, units, Float64Array.from(biases)),
      activation,
    };
    inputs = units;
    return layer;
  });
}

/** The parameters after one epoch over the first `samples` samples, in the order of the data set. */
async function train(
  { inputs, hidden, outputs, batch, activation }: Case,
  dataset: Dataset,
  samples: number,
  learningRate: number,
): Promise<ReferenceLayer[]> {
  using model = await Mlp.create({
    architecture: perceptron(inputs, hidden, outputs, activation),
    initialization: "lecun",
    seed: 7,
  });
  if (samples > 0) {
    await model.fit(sliceDataset(dataset, 0, samples), {
      epochs: 1,
      batchSize: batch,
      learningRate,
      shuffle: false,
    });
  }
  return referenceLayers(model);
}

/** What the reference makes of a batch: its gradients, and the error analysis of the step. */
function analyse(
  layers: readonly ReferenceLayer[],
  batch: Dataset,
  learningRate: number,
): { gradients: LayerGradients[]; bounds: UncertainLayer[] } {
  const inputs = referenceInputs(batch);
  const { labels } = batch.targets;
  // A byte is scaled by a rounded 1 / 255, and rounded again.
  const inputError = batch.inputs instanceof Uint8Array ? 2.01 * 2 ** -24 : 0;
  return {
    gradients: backward(layers, forward(layers, inputs), labels),
    bounds: descendWithBounds(
      uncertainLayers(layers),
      uncertain(inputs, inputError),
      labels,
      learningRate,
    ),
  };
}

/** Fails unless every |actual − expected| is within its bound. */
function expectWithin(bound: Matrix, actual: Float64Array, expected: Float64Array, what: string) {
  const outside = bound.data.findIndex((b, i) => !(Math.abs(actual[i] - expected[i]) <= b));
  expect(outside, `${what}: ${actual[outside]} for ${expected[outside]}`).toBe(-1);
}

/** Holds the last of `steps` steps to the reference, which takes it from the same parameters. */
async function checkLastStep(setting: Case, steps: number): Promise<void> {
  const learningRate = 0.5;
  const first = (steps - 1) * setting.batch;
  const last = steps === 1 ? setting.batch : Math.ceil(setting.batch / 3);
  const dataset = randomDataset(setting, first + last);
  const before = await train(setting, dataset, first, learningRate);
  const actual = await train(setting, dataset, first + last, learningRate);
  const batch = sliceDataset(dataset, first, first + last);
  const { gradients, bounds } = analyse(before, batch, learningRate);
  const expected = await train(setting, dataset, first, learningRate);
  descend(expected, gradients, learningRate);
  expected.forEach((layer, index) => {
    for (const part of ["weights", "biases"] as const) {
      const { value, error } = bounds[index][part];
      expectWithin(error, actual[index][part].data, layer[part].data, `${part} of layer ${index}`);
      // The analysis is of the same step,
      expect(largestDifference(value.data, layer[part].data).difference).toBeLessThan(1e-12);
      // and says something. (A ReLU so close to its kink that rounding decides leaves much open.)
      if (setting.activation === "relu") continue;
      const movement = largestDifference(before[index][part].data, layer[part].data).difference;
      expect(Math.max(...error.data)).toBeLessThan(0.05 * movement + 1e-4);
    }
  });
}

test.each(CASES)(
  "gradients agree with float64: $inputs-$hidden-$outputs $activation, $batch $kind",
  async (setting) => {
    // A step this long leaves nothing but the gradient of the parameters' own digits.
    const learningRate = 64;
    const dataset = randomDataset(setting, setting.batch);
    const before = await train(setting, dataset, 0, learningRate);
    const after = await train(setting, dataset, setting.batch, learningRate);
    const { gradients, bounds } = analyse(before, dataset, learningRate);
    gradients.forEach((gradient, index) => {
      for (const part of ["weights", "biases"] as const) {
        const start = before[index][part].data;
        const end = after[index][part].data;
        const actual = start.map((value, i) => (value - end[i]) / learningRate);
        const bound = map(bounds[index][part].error, (error) => error / learningRate);
        expectWithin(bound, actual, gradient[part].data, `${part} of layer ${index}`);
      }
    });
  },
);

test.each(CASES)(
  "a step agrees with float64: $inputs-$hidden-$outputs $activation, $batch $kind",
  (setting) => checkLastStep(setting, 1),
);

test.each(CASES)(
  "so does the fifth, of a smaller batch: $inputs-$hidden-$outputs $activation, $batch $kind",
  (setting) => checkLastStep(setting, 5),
);

test("any network, any batch", async () => {
  const size = fc.integer({ min: 1, max: 20 });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        inputs: size,
        hidden: fc.array(size, { maxLength: 3 }),
        outputs: fc.integer({ min: 2, max: 12 }),
        batch: fc.integer({ min: 1, max: 40 }),
        // Kinks would need a tolerance of their own for every random network.
        activation: fc.constantFrom("tanh" as const, "sigmoid" as const),
        kind: fc.constantFrom(...KINDS),
      }),
      fc.integer({ min: 1, max: 4 }),
      async (setting, steps) => {
        const learningRate = 0.5;
        const first = (steps - 1) * setting.batch;
        const dataset = randomDataset(setting, first + setting.batch);
        const before = await train(setting, dataset, first, learningRate);
        const actual = await train(setting, dataset, dataset.samples, learningRate);
        const batch = sliceDataset(dataset, first, dataset.samples);
        const { bounds } = analyse(before, batch, learningRate);
        bounds.forEach((layer, index) => {
          for (const part of ["weights", "biases"] as const) {
            const { value, error } = layer[part];
            expectWithin(error, actual[index][part].data, value.data, `${part} of layer ${index}`);
          }
        });
      },
    ),
    { numRuns: 100 },
  );
});
