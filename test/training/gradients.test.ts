/** Training steps under every option against the same steps in plain float64. */
import { describe, expect, test, vi } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.js";
import { Mlp } from "../../src/mlp.js";
import {
  type Architecture,
  HIDDEN_ACTIVATIONS,
  type HiddenActivation,
  LOSSES,
  type Loss,
  lossOf,
} from "../../src/model/architecture.js";
import { dropoutFields } from "../../src/model/learning.js";
import { Matrix, matrix } from "../../src/reference/matrix.js";
import { backward, forward, type ReferenceLayer } from "../../src/reference/network.js";
import { applyRule, type Rule, type RuleState } from "../../src/reference/optimizers.js";
import { OPTIMIZERS } from "../../src/training/optimizers.js";
import type { FitOptions } from "../../src/training/options.js";
import { kernels, withArrays } from "../support/kernels.js";
import { largestDifference, randomNumbers } from "../support/numbers.js";

/** Small layers are compressed too, which only large ones are worth. */
vi.mock("../../src/model/sparseLayout.js", async (load) => ({
  ...(await load<typeof import("../../src/model/sparseLayout.js")>()),
  isWorthCompressing: (inputs: number, units: number) => inputs * units > 1000,
}));

const INPUTS = 17;
const HIDDEN = [37, 6];
/** Wide enough for ReLUs to be compressed (see above); neither whole blocks of 32 nor whole tiles of 112. */
const WIDE = [131, 77, 109];
const OUTPUTS = 5;
const SAMPLES = 13;
const SEED = 3;

type Kind = "sparse bytes" | "dense floats";

/** Samples whose zeros are many or few: they take different ways through the first layer. */
function randomDataset(kind: Kind, classes: number): Dataset {
  const next = randomNumbers(7);
  const threshold = kind === "sparse bytes" ? 0.6 : -0.6;
  const values = Float32Array.from({ length: SAMPLES * INPUTS }, () =>
    next() > threshold ? next() : 0,
  );
  return createDataset({
    name: kind,
    inputs: kind === "dense floats" ? values : Uint8Array.from(values, (v) => Math.abs(v) * 256),
    features: INPUTS,
    targets: {
      kind: "classes",
      labels: Uint8Array.from({ length: SAMPLES }, (_, sample) => (sample * 7) % classes),
      names: Array.from({ length: classes }, (_, index) => String(index)),
    },
  });
}

function referenceInputs({ inputs }: Dataset): Matrix {
  const scale = inputs instanceof Uint8Array ? 255 : 1;
  return new Matrix(
    SAMPLES,
    INPUTS,
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

const ADAPTIVE = ["rmsprop", "adam", "adamw"];

function ruleOf({ optimizer = "sgd", learningRate = 0, weightDecay = 0 }: FitOptions): Rule {
  const name = typeof optimizer === "string" ? optimizer : optimizer.name;
  return {
    name: name === "adamw" ? "adam" : name,
    learningRate,
    weightDecay: name === "adamw" && weightDecay === 0 ? 0.01 : weightDecay,
    momentum: 0.9,
    secondMomentum: 0.999,
    // Large enough that a gradient's rounding cannot decide on the sign of a step.
    epsilon: ADAPTIVE.includes(name) ? 0.01 : 1e-8,
  };
}

/** The same run of full-batch epochs in float64. */
function trainReference(
  architecture: Architecture,
  layers: ReferenceLayer[],
  dataset: Dataset,
  options: FitOptions,
): void {
  const rule = ruleOf(options);
  const { labelSmoothing = 0, clipNorm = 0, maxNorm = 0 } = options;
  const objective = { loss: lossOf(architecture), labelSmoothing };
  const parts = layers.flatMap(({ weights, biases }) => [weights, biases]);
  const states: RuleState[] = parts.map(({ data }) => ({
    first: new Float64Array(data.length),
    second: new Float64Array(data.length),
  }));
  for (let update = 1; update <= (options.epochs ?? 0); update++) {
    const activations = forward(layers, referenceInputs(dataset));
    const gradients = backward(layers, activations, dataset.targets.labels, objective).flatMap(
      ({ weights, biases }) => [weights, biases],
    );
    const squares = gradients.map(({ data }) => data.reduce((sum, value) => sum + value ** 2, 0));
    const norm = Math.sqrt(squares.reduce((sum, square) => sum + square));
    const scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
    parts.forEach(({ data }, index) => {
      const scaled = gradients[index].data.map((value) => value * scale);
      // Biases do not decay.
      const decay = index % 2 === 0 ? rule.weightDecay : 0;
      applyRule({ ...rule, weightDecay: decay }, data, scaled, states[index], update);
    });
    if (maxNorm > 0) for (const { weights } of layers) constrainColumns(weights, maxNorm);
  }
}

function constrainColumns(weights: Matrix, limit: number): void {
  for (let column = 0; column < weights.columns; column++) {
    const values = Array.from({ length: weights.rows }, (_, row) => weights.at(row, column));
    const factor = Math.min(1, limit / Math.hypot(...values));
    values.forEach((value, row) => {
      weights.set(row, column, value * factor);
    });
  }
}

function architectureOf(
  activation: HiddenActivation,
  loss: Loss,
  { outputs = OUTPUTS, hidden = HIDDEN } = {},
): Architecture {
  const output = {
    "cross-entropy": "softmax",
    "binary-cross-entropy": "sigmoid",
    "mean-squared-error": activation,
  } as const;
  return {
    inputs: INPUTS,
    layers: [
      ...hidden.map((units) => ({ units, activation })),
      { units: outputs, activation: output[loss] },
    ],
    loss,
  };
}

/** Trains both, from the same parameters; the largest difference between them, and the movement. */
async function compare(architecture: Architecture, kind: Kind, options: FitOptions) {
  const outputs = architecture.layers.at(-1)?.units ?? 0;
  const dataset = randomDataset(kind, outputs === 1 ? 2 : outputs);
  using model = await Mlp.create({ architecture, initialization: "glorot", seed: SEED });
  const before = referenceLayers(model);
  const expected = referenceLayers(model);
  trainReference(architecture, expected, dataset, options);
  const { momentum, secondMomentum, epsilon } = ruleOf(options);
  const { optimizer = "sgd" } = options;
  await model.fit(dataset, {
    ...options,
    batchSize: "full",
    optimizer: {
      name: typeof optimizer === "string" ? optimizer : optimizer.name,
      momentum,
      secondMomentum,
      epsilon,
    },
  });
  const actual = referenceLayers(model);
  let difference = 0;
  let movement = 0;
  actual.forEach((layer, index) => {
    for (const part of ["weights", "biases"] as const) {
      const { data } = expected[index][part];
      difference = Math.max(difference, largestDifference(layer[part].data, data).difference);
      movement = Math.max(movement, largestDifference(before[index][part].data, data).difference);
    }
  });
  return { difference, movement };
}

const KINDS: Kind[] = ["sparse bytes", "dense floats"];
const PAIRS = HIDDEN_ACTIVATIONS.flatMap((activation) =>
  LOSSES.map((loss) => ({ activation, loss })),
);

describe.each(KINDS)("%s", (kind) => {
  test.each(PAIRS)("$activation with $loss: the gradient", async ({ activation, loss }) => {
    const options: FitOptions = { epochs: 1, learningRate: 1 };
    const result = await compare(architectureOf(activation, loss), kind, options);
    expect(result.difference).toBeLessThan(1e-5 * Math.max(1, result.movement));
    expect(result.movement).toBeGreaterThan(1e-3);
  });

  test.each(["sigmoid", "tanh"] as const)("a single %s output", async (activation) => {
    const architecture: Architecture = {
      inputs: INPUTS,
      layers: [
        { units: 9, activation: "relu" },
        { units: 1, activation },
      ],
    };
    const result = await compare(architecture, kind, { epochs: 1, learningRate: 1 });
    expect(result.difference).toBeLessThan(1e-5);
    expect(result.movement).toBeGreaterThan(1e-3);
  });

  test.each(
    OPTIMIZERS.flatMap((optimizer) =>
      PAIRS.filter(({ activation }) => activation === "gelu" || activation === "tanh").map(
        (pair) => ({ optimizer, ...pair }),
      ),
    ),
  )("$optimizer with $activation and $loss: six updates", async ({ optimizer, ...pair }) => {
    const learningRate = ADAPTIVE.includes(optimizer) ? 0.01 : 0.1;
    const options: FitOptions = { epochs: 6, learningRate, optimizer };
    const result = await compare(architectureOf(pair.activation, pair.loss), kind, options);
    expect(result.difference).toBeLessThan(2e-5);
    expect(result.movement).toBeGreaterThan(1e-3);
  });

  test.each([
    { weightDecay: 0.3 },
    { clipNorm: 0.05 },
    { clipNorm: 1e6 },
    { maxNorm: 0.5 },
    { labelSmoothing: 0.2 },
    { weightDecay: 0.3, clipNorm: 0.1, maxNorm: 0.7, labelSmoothing: 0.1 },
  ])("%o: six updates of each optimiser", async (option) => {
    for (const optimizer of OPTIMIZERS) {
      const learningRate = ADAPTIVE.includes(optimizer) ? 0.01 : 0.1;
      const options: FitOptions = { epochs: 6, learningRate, optimizer, ...option };
      const result = await compare(architectureOf("tanh", "cross-entropy"), kind, options);
      expect(result.difference, optimizer).toBeLessThan(2e-5);
      expect(result.movement).toBeGreaterThan(1e-4);
    }
  });

  test.each([
    {},
    { clipNorm: 0.05 },
    { maxNorm: 0.9 },
    { weightDecay: 0.3, clipNorm: 0.1, maxNorm: 0.9, labelSmoothing: 0.1 },
  ])("compressed ReLUs, %o: three updates of each optimiser", async (option) => {
    for (const optimizer of OPTIMIZERS) {
      const learningRate = ADAPTIVE.includes(optimizer) ? 0.01 : 0.1;
      const options: FitOptions = { epochs: 3, learningRate, optimizer, ...option };
      for (const outputs of [OUTPUTS, 83]) {
        const architecture = architectureOf("relu", "cross-entropy", { outputs, hidden: WIDE });
        const result = await compare(architecture, kind, options);
        expect(result.difference, optimizer).toBeLessThan(2e-5);
        expect(result.movement).toBeGreaterThan(1e-4);
      }
    }
  });

  test.each([
    ...HIDDEN_ACTIVATIONS.map((activation) => ({ activation, hidden: HIDDEN })),
    { activation: "relu" as const, hidden: WIDE },
    { activation: "tanh" as const, hidden: WIDE },
  ])("dropout over $activation, $hidden: the gradient", async ({ activation, hidden }) => {
    const dropout = { input: 0.3, hidden: 0.5 };
    const architecture = architectureOf(activation, "cross-entropy", { hidden });
    const dataset = randomDataset(kind, OUTPUTS);
    using model = await Mlp.create({ architecture, initialization: "glorot", seed: SEED });
    // Biases off 0, where a sample without inputs would stand on the kink of a ReLU.
    await model.fit(dataset, { epochs: 1, learningRate: 0.5 });
    const before = referenceLayers(model);
    const expected = dropoutGradients(before, dataset, dropout);
    await model.fit(dataset, {
      epochs: 1,
      batchSize: "full",
      learningRate: 1,
      dropout,
      seed: SEED,
    });
    referenceLayers(model).forEach(({ weights, biases }, index) => {
      const moved = (a: Matrix, b: Matrix) => a.data.map((value, i) => value - b.data[i]);
      const { weights: dw, biases: db } = expected[index];
      const difference = Math.max(
        largestDifference(...known(moved(before[index].weights, weights), dw.data)).difference,
        largestDifference(...known(moved(before[index].biases, biases), db.data)).difference,
      );
      expect(difference).toBeLessThan(1e-5);
    });
  });
});

/** The masks that the kernels draw for a layer's values in the first epoch. */
function mask(units: number, layer: number, probability: number): Matrix {
  const values = new Float32Array(SAMPLES * units).fill(1);
  const { threshold, scale } = dropoutFields(probability);
  withArrays([values, new Int32Array(16)], (at, words) =>
    kernels.dropUnits(at, 0, units, SAMPLES, units, 0, 0, layer, threshold, scale, SEED, 1, words),
  );
  return new Matrix(SAMPLES, units, Float64Array.from(values));
}

/** Of a layer with more than 1000 parameters only every so many are differentiated. */
const EVERY = 997;

/**
 * The gradients under dropout: by central differences of the loss, which is a function of the
 * parameters like any other once the masks are drawn. NaN where nothing was differentiated.
 */
function dropoutGradients(
  layers: ReferenceLayer[],
  dataset: Dataset,
  dropout: { input: number; hidden: number },
) {
  const hidden = layers.slice(0, -1);
  const masks = [
    mask(INPUTS, 0, dropout.input),
    ...hidden.map(({ weights }, index) => mask(weights.columns, index + 1, dropout.hidden)),
  ];
  const { labels } = dataset.targets;
  const x = referenceInputs(dataset);
  /** Of the layers from `first` on, given its inputs. */
  const lossFrom = (first: number, inputs: Matrix) => {
    let a = inputs;
    for (let index = first; index < layers.length; index++) a = activated(index, a);
    let sum = 0;
    for (let sample = 0; sample < SAMPLES; sample++) sum -= Math.log(a.at(sample, labels[sample]));
    return sum / SAMPLES;
  };
  const activated = (index: number, a: Matrix) => {
    const [, outputs] = forward([layers[index]], a);
    return index < hidden.length ? multiplied(outputs, masks[index + 1]) : outputs;
  };
  const differentiate = (parameters: Matrix, loss: () => number) =>
    new Matrix(
      parameters.rows,
      parameters.columns,
      parameters.data.map((value, index, { length }) => {
        if (length > 1000 && index % EVERY > 0) return Number.NaN;
        const h = 1e-6;
        parameters.data[index] = value + h;
        const above = loss();
        parameters.data[index] = value - h;
        const below = loss();
        parameters.data[index] = value;
        return (above - below) / (2 * h);
      }),
    );
  let inputs = multiplied(x, masks[0]);
  return layers.map(({ weights, biases }, index) => {
    // The layers below do not depend on these parameters.
    const a = inputs;
    inputs = activated(index, a);
    const loss = () => lossFrom(index, a);
    return { weights: differentiate(weights, loss), biases: differentiate(biases, loss) };
  });
}

/** Both where `expected` is a number. */
function known(actual: Float64Array, expected: Float64Array): [Float64Array, Float64Array] {
  const isKnown = (_: number, index: number) => !Number.isNaN(expected[index]);
  return [actual.filter(isKnown), expected.filter(isKnown)];
}

function multiplied(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows, a.columns, (row, column) => a.at(row, column) * b.at(row, column));
}
