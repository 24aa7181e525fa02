/**
 * The asker's program with its mistakes, each kept on purpose and marked MISTAKE. Matrix products
 * run on the WebAssembly kernels in float32; what lies between them is float64, as in the original.
 */
import type { Dataset } from "../data/dataset.js";
import { chooseExecution } from "../engine/execution.js";
import type { Kernels, Pointer } from "../engine/kernels.js";
import { Regions } from "../engine/regions.js";
import { perceptron } from "../model/architecture.js";
import { initialize } from "../model/initialization.js";
import { Network } from "../model/network.js";
import type { Program } from "./published.js";

/** One epoch of a mistaken program. */
export interface MistakenEpoch {
  readonly epoch: number;
  /** Fraction of all samples classified correctly, properly counted. */
  readonly accuracy: number;
  /** What the asker's own counter says, as a fraction. */
  readonly claimedAccuracy: number;
  /** What the asker's program calls the cost. */
  readonly cost: number;
}

/** An array in linear memory and a view of it. */
interface Values {
  readonly at: Pointer;
  readonly values: Float32Array;
}

/**
 * Runs `program` on `dataset`, an epoch at each turn of the iterator. The network's samples are the
 * rows: X `[samples, features]`, W1 `[features, hidden]`, A2 `[samples, classes]`.
 */
export async function* runMistakenProgram(
  program: Program,
  dataset: Dataset,
  seed: number,
): AsyncGenerator<MistakenEpoch, void, undefined> {
  const { samples, features, targets } = dataset;
  const { hidden, learningRate } = program;
  const classes = targets.names.length;
  const network = await Network.create(
    perceptron(features, [hidden], classes, "tanh"),
    chooseExecution({ threads: 1 }, true),
  );
  const { kernels, memory } = network.engine;
  const regions = new Regions(memory);
  try {
    initialize(network, "normal:0.01", seed);
    const allocate = (count: number) => ({ at: regions.allocateNumbers(count), count });
    const places = {
      x: allocate(samples * features),
      z1: allocate(samples * hidden),
      z2: allocate(samples * classes),
      dz1: allocate(samples * hidden),
      dw1: allocate(features * hidden),
      dw2: allocate(hidden * classes),
    };
    const [layer1, layer2] = network.layers;
    const workspace = regions.allocateBytes(
      Math.max(
        kernels.gemmWorkspace(hidden, Math.max(samples, features)),
        kernels.gemmWorkspace(classes, Math.max(samples, hidden)),
      ),
    );
    const bytes = regions.allocateBytes(dataset.inputs.byteLength);
    // All memory is there: from here on views stay valid.
    const view = ({ at, count }: { at: Pointer; count: number }): Values => ({
      at,
      values: memory.floats(at, count),
    });
    const x = view(places.x);
    const a1 = view(places.z1);
    const a2 = view(places.z2);
    const dz1 = view(places.dz1);
    const dw1 = view(places.dw1);
    const dw2 = view(places.dw2);
    const w1 = view({ at: layer1.weights, count: features * hidden });
    const w2 = view({ at: layer2.weights, count: hidden * classes });
    if (dataset.inputs instanceof Uint8Array) {
      memory.bytes(bytes, dataset.inputs.length).set(dataset.inputs);
      kernels.gatherBytes(x.at, bytes, 0, 0, samples, features, 1 / 255);
    } else {
      x.values.set(dataset.inputs);
    }
    // MISTAKE (bias-broadcast): the biases begin as rows [1, units], but their gradients are
    // columns [samples, 1], and subtracting one from the other makes matrices of them.
    const b1 = new Float64Array(samples * hidden);
    const b2 = new Float64Array(samples * classes);
    const { labels } = targets;
    let claimed = 0;

    for (let epoch = 1; epoch <= program.epochs; epoch++) {
      // Z1 = X·W1 + b1, A1 = tanh Z1
      kernels.gemmNN(a1.at, x.at, w1.at, workspace, samples, hidden, features, 0);
      tanhFromExponentials(a1.values, b1);
      // Z2 = A1·W2 + b2, A2 = softmax Z2
      kernels.gemmNN(a2.at, a1.at, w2.at, workspace, samples, classes, hidden, 0);
      softmaxOverSamples(a2.values, b2, classes);

      // MISTAKE (mean-by-features): m = X.shape[1] is the number of features, not of samples.
      const m = features;
      const cost = totalCrossEntropy(a2.values, labels, classes) / m;
      const correct = countHits(a2.values, labels, samples, classes);
      // MISTAKE (accuracy-miscounted): only Y.shape[1] = 10 samples are looked at, the counter is
      // never reset, and the sum is divided by the number of all samples.
      claimed += countHits(a2.values, labels, classes, classes);

      // dZ2 = A2 − Y, in A2's place
      labels.forEach((label, sample) => {
        a2.values[sample * classes + label] -= 1;
      });
      product(kernels.gemmTN, dw2, a1, a2, workspace, [hidden, classes, samples]);
      product(kernels.gemmNT, dz1, a2, w2, workspace, [samples, hidden, classes]);
      // dZ1 = dZ2·W2ᵀ ⊙ (1 − A1²)
      dz1.values.forEach((value, index) => {
        dz1.values[index] = value * (1 - a1.values[index] ** 2);
      });
      product(kernels.gemmTN, dw1, x, dz1, workspace, [features, hidden, samples]);

      const rate = learningRate / m;
      subtract(w1.values, dw1.values, rate);
      subtract(w2.values, dw2.values, rate);
      // MISTAKE (bias-gradient-axis): summed over the units, axis 1, instead of the samples.
      subtractRowSums(b1, dz1.values, hidden, rate);
      subtractRowSums(b2, a2.values, classes, rate);

      yield {
        epoch,
        accuracy: correct / samples,
        claimedAccuracy: claimed / samples,
        cost,
      };
    }
  } finally {
    regions.free();
    network.dispose();
  }
}

/** out = a·b, with the shape as [rows, columns, depth] */
function product(
  gemm: Kernels["gemmNN"],
  out: Values,
  a: Values,
  b: Values,
  workspace: Pointer,
  [rows, columns, depth]: readonly [number, number, number],
): void {
  gemm(out.at, a.at, b.at, workspace, rows, columns, depth, 0);
}

/**
 * z becomes (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ) with z + bias for z.
 *
 * MISTAKE (overflow): NaN beyond |z| > 709, where an exponential is infinite.
 */
function tanhFromExponentials(z: Float32Array, bias: Float64Array): void {
  for (let index = 0; index < z.length; index++) {
    const e = Math.exp(z[index] + bias[index]);
    z[index] = (e - 1 / e) / (e + 1 / e);
  }
}

/**
 * z `[samples, classes]` becomes the softmax of z + bias.
 *
 * MISTAKE (softmax-axis): each column is normalised over the samples, not each row over the classes.
 */
function softmaxOverSamples(z: Float32Array, bias: Float64Array, classes: number): void {
  for (let column = 0; column < classes; column++) {
    let maximum = Number.NEGATIVE_INFINITY;
    for (let index = column; index < z.length; index += classes) {
      maximum = Math.max(maximum, z[index] + bias[index]);
    }
    let sum = 0;
    for (let index = column; index < z.length; index += classes) {
      sum += Math.exp(z[index] + bias[index] - maximum);
    }
    for (let index = column; index < z.length; index += classes) {
      z[index] = Math.exp(z[index] + bias[index] - maximum) / sum;
    }
  }
}

/** −Σ ln a2[label] over all samples. */
function totalCrossEntropy(a2: Float32Array, labels: ArrayLike<number>, classes: number): number {
  let sum = 0;
  for (let sample = 0; sample < labels.length; sample++) {
    sum -= Math.log(a2[sample * classes + labels[sample]]);
  }
  return sum;
}

/** Of the first `count` samples, how many have their largest output at their label. */
function countHits(
  a2: Float32Array,
  labels: ArrayLike<number>,
  count: number,
  classes: number,
): number {
  let hits = 0;
  for (let sample = 0; sample < count; sample++) {
    const outputs = a2.subarray(sample * classes, (sample + 1) * classes);
    let guess = 0;
    for (let index = 1; index < classes; index++)
      if (outputs[index] > outputs[guess]) guess = index;
    if (guess === labels[sample]) hits++;
  }
  return hits;
}

/** parameters −= rate · gradient */
function subtract(parameters: Float32Array, gradient: Float32Array, rate: number): void {
  for (let index = 0; index < parameters.length; index++)
    parameters[index] -= rate * gradient[index];
}

/** bias[sample, unit] −= rate · Σ_unit gradient[sample, unit] */
function subtractRowSums(
  bias: Float64Array,
  gradient: Float32Array,
  units: number,
  rate: number,
): void {
  for (let start = 0; start < bias.length; start += units) {
    let sum = 0;
    for (let index = start; index < start + units; index++) sum += gradient[index];
    for (let index = start; index < start + units; index++) bias[index] -= rate * sum;
  }
}
