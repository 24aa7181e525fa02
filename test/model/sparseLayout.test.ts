import { beforeEach, describe, expect, test, vi } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.js";
import { Mlp } from "../../src/mlp.js";
import {
  type Architecture,
  type HiddenActivation,
  perceptron,
} from "../../src/model/architecture.js";
import { isMostlyZero, isWorthCompressing } from "../../src/model/sparseLayout.js";
import type { FitOptions } from "../../src/training/options.js";
import { noise } from "../support/datasets.js";
import { largestDifference } from "../support/numbers.js";

/** Whether hidden layers may be compressed, and small ones too, and how many were. */
const compression = vi.hoisted(() => ({ allowed: true, small: false, layers: 0, gradients: 0 }));

vi.mock("../../src/model/sparseLayout.js", async (load) => {
  const original = await load<typeof import("../../src/model/sparseLayout.js")>();
  const { isMostlyZero, isWorthCompressing, layOutSparseMatrix } = original;
  return {
    ...original,
    isWorthCompressing: (...shape: Parameters<typeof isWorthCompressing>) =>
      compression.small ? shape[0] * shape[1] > 8000 : isWorthCompressing(...shape),
    isMostlyZero: (...layer: Parameters<typeof isMostlyZero>) =>
      compression.allowed && isMostlyZero(...layer),
    layOutSparseMatrix: (...shape: Parameters<typeof layOutSparseMatrix>) => {
      if (shape[2] === "by row") compression.gradients += 1;
      else compression.layers += 1;
      return layOutSparseMatrix(...shape);
    },
  };
});

beforeEach(() => {
  Object.assign(compression, { allowed: true, small: false, layers: 0, gradients: 0 });
});

test.each([
  ["relu", 0, true],
  ["relu", 0.5, true],
  ["tanh", 0.4, false],
  ["tanh", 0.5, true],
  ["leaky-relu", 0, false],
] as const)(
  "units of %s under dropout of %d are mostly zero: %s",
  (activation, dropout, expected) => {
    expect(isMostlyZero({ units: 9, activation }, dropout)).toBe(expected);
  },
);

test.each([
  [1024, 1024, 256, true],
  [1024, 10, 256, false],
  [10, 1024, 256, false],
  [100, 90, 32, false],
  [100, 90, 128, true],
  [512, 256, 32, true],
  [1024, 1024, 60_000, false],
])("a layer of %i inputs and %i units over %i rows is worth it: %s", (inputs, units, rows, is) => {
  expect(isWorthCompressing(inputs, units, rows)).toBe(is);
});

describe("what is compressed makes no difference", () => {
  const INPUTS = 15;
  const CLASSES = 4;

  /** Random pictures of the first few classes. */
  function pictures(samples: number, classes: number): Dataset {
    const { name, inputs, features, targets } = noise(samples);
    const names = Array.from({ length: classes }, (_, index) => String(index));
    return createDataset({ name, inputs, features, targets: { ...targets, names } });
  }

  /** The parameters after two epochs of two whole batches and a smaller one. */
  async function train(architecture: Architecture, rows: number, options: FitOptions) {
    using model = await Mlp.create({ architecture, initialization: "he", seed: 3, threads: 1 });
    const classes = architecture.layers[architecture.layers.length - 1].units;
    await model.fit(pictures(2 * rows + Math.ceil(rows / 3), classes), {
      epochs: 2,
      batchSize: rows,
      learningRate: 0.01,
      optimizer: "adam",
      seed: 4,
      ...options,
    });
    return architecture.layers.flatMap((_, index) => {
      const { weights, biases } = model.layerParameters(index);
      return [...weights, ...biases];
    });
  }

  async function compare(architecture: Architecture, rows: number, options: FitOptions) {
    compression.small = true;
    compression.allowed = false;
    const dense = await train(architecture, rows, options);
    expect(compression.layers).toBe(0);
    compression.allowed = true;
    const sparse = await train(architecture, rows, options);
    expect(compression.layers).toBeGreaterThan(0);
    return largestDifference(sparse, dense).difference;
  }

  /** With which dropout, and how many layers and gradients are then compressed. */
  const CASES: [HiddenActivation, number[], number, number, number][] = [
    ["relu", [131, 77, 109], 0, 2, 2],
    ["relu", [131, 77, 109], 0.5, 2, 2],
    ["tanh", [131, 77, 109], 0.6, 2, 2],
    ["relu", [256, 32, 320, 33], 0.3, 3, 3],
    // Dense layers in between.
    ["relu", [90, 100, 5, 300, 40], 0.5, 2, 2],
  ];

  // A product with 0 adds nothing to a sum, and both ways add the others in the same order.
  describe.each(CASES)("%s %j, dropout %d", (activation, hidden, dropout, layers, gradients) => {
    test.each([1, 31, 128, 129, 300])("in batches of %i, to the bit", async (rows) => {
      const architecture = perceptron(INPUTS, hidden, CLASSES, activation);
      const options = { dropout: { input: 0, hidden: dropout }, averaging: 0.9 };
      expect(await compare(architecture, rows, options)).toBe(0);
      expect(compression).toMatchObject({ layers, gradients });
    });
  });

  test("in a wide last layer, whose gradient is dense", async () => {
    expect(await compare(perceptron(INPUTS, [131], 77, "relu"), 100, {})).toBe(0);
    expect(compression).toMatchObject({ layers: 1, gradients: 0 });
  });

  // The norms are sums over tiles, which are others.
  test.each([{ clipNorm: 0.1 }, { maxNorm: 1 }])("under %o, but for rounding", async (options) => {
    const architecture = perceptron(INPUTS, [131, 77, 109], CLASSES, "relu");
    const dropout = { input: 0, hidden: 0.5 };
    expect(await compare(architecture, 100, { ...options, dropout })).toBeLessThan(1e-5);
  });
});
