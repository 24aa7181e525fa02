/** Checks the gradients of a network of ours: of the float64 reference, and of the kernels. */
import { checkOptions, checkWhole } from "../arguments.js";
import { createDataset, type Dataset } from "../data/dataset.js";
import { Random } from "../data/digits/random.js";
import { OptionError, TrainingError } from "../errors.js";
import { Mlp } from "../mlp.js";
import { type Architecture, countClasses, lossOf } from "../model/architecture.js";
import type { Initialization } from "../model/initialization.js";
import { meanLoss, targetsOf } from "../reference/losses.js";
import { Matrix } from "../reference/matrix.js";
import { backward, forward, type ReferenceLayer } from "../reference/network.js";
import { type GradientCheck, gradientCheck } from "./gradientCheck.js";

/** Which network is checked, and on what. */
export interface NetworkCheckOptions {
  /** The network, of a few thousand parameters at most: each costs several passes. */
  readonly architecture: Architecture;
  /** Its weights; default as `Mlp.create`. */
  readonly initialization?: Initialization;
  /** Random samples that the loss is taken over, 1 … 1000; default 10. */
  readonly samples?: number;
  /** Chooses weights and samples; default 0. */
  readonly seed?: number;
}

/** Those of `Mlp.create` are checked there. */
const OPTIONS = {
  architecture: "checked",
  initialization: "checked",
  samples: "checked",
  seed: "checked",
} as const satisfies Record<keyof NetworkCheckOptions, string>;

/** Every parameter costs two passes over all of them. */
const MOST_SAMPLES = 1000;

/** The gradients of the textbook and of the kernels, each against central differences. */
export interface NetworkCheck {
  /** The textbook's backward pass, in float64. */
  readonly reference: GradientCheck;
  /** The WebAssembly kernels' gradient, in float32. */
  readonly kernels: GradientCheck;
  /** What a parameter is called, by its index. */
  readonly nameOf: (index: number) => string;
}

/** A step this long leaves little but the gradient of the parameters' digits. */
const LEARNING_RATE = 64;
/** Differences of float32 sums, relative to the largest gradient. */
const FLOAT32_TOLERANCE = 1e-4;
const FLOAT32_ROUNDING = 1e-5;

/**
 * @throws OptionError when an option is misspelt, the architecture or samples are out of range or its output is the same whatever the weights, or when
 *   the weights are so large that numbers overflow.
 */
export async function checkNetwork(options: NetworkCheckOptions): Promise<NetworkCheck> {
  checkOptions("checkNetwork", options, OPTIONS);
  const { architecture, initialization = "glorot", samples = 10, seed = 0 } = options;
  checkWhole("samples", samples, 1, MOST_SAMPLES);
  checkOutputs(architecture);
  using model = await Mlp.create({ architecture, initialization, seed, threads: 1, simd: "plain" });
  const dataset = randomSamples(architecture, samples, seed);
  // Biases off 0: there a ReLU's inputs would often be on its kink.
  await step(model, dataset, 0.1);
  const layers = layersOf(model);
  const parameters = flatten(layers);
  const objective = { loss: lossOf(architecture) };
  const { labels } = dataset.targets;
  const inputs = new Matrix(samples, architecture.inputs, Float64Array.from(dataset.inputs));
  const outputs = architecture.layers[architecture.layers.length - 1].units;
  const targets = targetsOf(labels, outputs, objective);
  const loss = (values: Float64Array) => {
    write(layers, values);
    return meanLoss(objective, forward(layers, inputs)[layers.length], targets);
  };
  const gradients = backward(layers, forward(layers, inputs), labels, objective);
  const reference = gradientCheck(loss, parameters, flatten(gradients));

  await step(model, dataset, LEARNING_RATE);
  const after = flatten(layersOf(model));
  const measured = parameters.map((value, index) => (value - after[index]) / LEARNING_RATE);
  const largest = Math.max(...measured.map(Math.abs));
  const kernels = gradientCheck(loss, parameters, measured, {
    tolerance: FLOAT32_TOLERANCE,
    rounding: FLOAT32_ROUNDING * largest,
  });
  return { reference, kernels, nameOf: (index) => parameterName(architecture, index) };
}

function checkOutputs({ layers }: Architecture): void {
  const last = layers[layers.length - 1];
  if (last?.activation !== "softmax" || last.units !== 1) return;
  throw new OptionError(
    "the last layer is a softmax of 1 unit, which is 1 whatever the weights, expected 2 units or more, or another activation",
  );
}

/** One step of gradient descent on all samples. */
async function step(model: Mlp, dataset: Dataset, learningRate: number): Promise<void> {
  try {
    await model.fit(dataset, { epochs: 1, batchSize: "full", learningRate });
  } catch (cause) {
    if (!(cause instanceof TrainingError)) throw cause;
    throw new OptionError(
      "the weights are so large that a step overflows, expected an initialisation whose gradients are finite",
      { cause },
    );
  }
}

function randomSamples(architecture: Architecture, samples: number, seed: number): Dataset {
  const random = new Random(seed, 0);
  const { inputs } = architecture;
  const classes = countClasses(architecture);
  return createDataset({
    name: "random samples",
    inputs: Float32Array.from({ length: samples * inputs }, () => random.between(-1, 1)),
    features: inputs,
    targets: {
      kind: "classes",
      labels: Int32Array.from({ length: samples }, (_, sample) => sample % classes),
      names: Array.from({ length: classes }, (_, index) => String(index)),
    },
  });
}

function layersOf(model: Mlp): ReferenceLayer[] {
  let { inputs } = model.architecture;
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

/** Layer by layer, the weights row by row and then the biases. */
function flatten(layers: readonly { weights: Matrix; biases: Matrix }[]): Float64Array {
  return Float64Array.from(
    layers.flatMap(({ weights, biases }) => [...weights.data, ...biases.data]),
  );
}

function write(layers: readonly ReferenceLayer[], values: Float64Array): void {
  let at = 0;
  for (const { data } of layers.flatMap(({ weights, biases }) => [weights, biases])) {
    data.set(values.subarray(at, at + data.length));
    at += data.length;
  }
}

/** "layer 1, weight from input 3 to unit 2" and "layer 1, bias of unit 2", all counted from 0 but layers. */
function parameterName({ inputs, layers }: Architecture, index: number): string {
  let rest = index;
  let width = inputs;
  for (const [layer, { units }] of layers.entries()) {
    const weights = width * units;
    if (rest < weights) {
      const from = Math.floor(rest / units);
      return `layer ${layer + 1}, weight from input ${from} to unit ${rest % units}`;
    }
    rest -= weights;
    if (rest < units) return `layer ${layer + 1}, bias of unit ${rest}`;
    rest -= units;
    width = units;
  }
  throw new RangeError(`parameter ${index} was asked for, expected less than there are`);
}
