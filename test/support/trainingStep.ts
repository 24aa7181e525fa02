/**
 * One step of a small program, 20 samples through 6-5-4, tanh and softmax, as dumped: what people vary without
 * being wrong, and nothing of the doctor's own arithmetic.
 */
import type { NumericArray } from "../../src/data/arrays/namedArray.js";

export const SIZES = { samples: 20, features: 6, hidden: 5, classes: 4 } as const;

type Rows = number[][];

export interface StepOptions {
  /** f and its derivative of (z, a). */
  readonly activation?: readonly [(z: number) => number, (z: number, a: number) => number];
  /** How much of each target is spread over all classes. */
  readonly smoothing?: number;
  /** What each sample counts. */
  readonly weightOf?: (sample: number, label: number) => number;
  /** What activations are multiplied by, for dropout. */
  readonly maskOf?: (sample: number, unit: number) => number;
  /** Replaces z between the sums and the activation, and its gradient stays undumped. */
  readonly normalise?: (z: Rows) => Rows;
  /** Whether gradients are sums over the samples. */
  readonly reduction?: "mean" | "sum";
  readonly loss?: "mean" | "sum" | "none";
  /** Changes the gradients before the dump, and before the update. */
  readonly clip?: (gradients: readonly Rows[]) => readonly Rows[];
  readonly clipInUpdate?: (gradients: readonly Rows[]) => readonly Rows[];
  /** Adds to a gradient what follows from its parameters. */
  readonly penalty?: (parameter: number) => number;
  /** old − new of a gradient. */
  readonly update?: (gradient: number, parameter: number) => number;
  readonly learningRate?: number;
  readonly inputScale?: number;
  /** ∂L/∂z of the sum, and the loss of a sample, instead of the cross-entropy's. */
  readonly lossOf?: (z: Rows, targets: Rows) => { readonly gradient: Rows; readonly loss: number };
  readonly without?: readonly string[];
}

/** Numbers between −1 and 1 that look drawn at random. */
function numbers(rows: number, columns: number, seed: number, scale = 1): Rows {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => {
      const wave = Math.sin(12.9898 * (row * columns + column + 1) + 78.233 * seed) * 43758.5453;
      return scale * (2 * (wave - Math.floor(wave)) - 1);
    }),
  );
}

const product = (a: Rows, b: Rows): Rows =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
const turned = (a: Rows): Rows => a[0].map((_, j) => a.map((row) => row[j]));
const each = (a: Rows, f: (value: number, i: number, j: number) => number): Rows =>
  a.map((row, i) => row.map((value, j) => f(value, i, j)));

export function array(name: string, values: Rows | number): NumericArray {
  const rows = typeof values === "number" ? [[values]] : values;
  const shape = typeof values === "number" ? [] : [rows.length, rows[0].length];
  return { name, shape, dtype: "float64", values: Float64Array.from(rows.flat()) };
}

/** Clips by the norm of all. */
export function byNorm(limit: number): (gradients: readonly Rows[]) => readonly Rows[] {
  return (gradients) => {
    const norm = Math.sqrt(gradients.flat(2).reduce((sum, value) => sum + value * value, 0));
    return gradients.map((gradient) => each(gradient, (value) => (value * limit) / norm));
  };
}

export function byValue(limit: number): (gradients: readonly Rows[]) => readonly Rows[] {
  return (gradients) =>
    gradients.map((gradient) => each(gradient, (g) => Math.max(-limit, Math.min(limit, g))));
}

export function trainingStep(options: StepOptions = {}): NumericArray[] {
  const { samples, features, hidden, classes } = SIZES;
  const { activation = [Math.tanh, (_: number, a: number) => 1 - a * a] } = options;
  const { smoothing = 0, weightOf = () => 1, maskOf = () => 1, learningRate = 0.1 } = options;
  const { reduction = "mean", penalty = () => 0, inputScale = 1 } = options;
  const { update = (gradient: number) => learningRate * gradient } = options;
  const [f, derivative] = activation;
  const labels = Array.from({ length: samples }, (_, sample) => (sample * 7) % classes);
  const Y = labels.map((label) => Array.from({ length: classes }, (_, k) => Number(k === label)));
  const targets = each(Y, (t) => (1 - smoothing) * t + smoothing / classes);
  const X = numbers(samples, features, 1, inputScale);
  const W = [numbers(features, hidden, 2, 1 / inputScale), numbers(hidden, classes, 3)];
  const b = [numbers(1, hidden, 4, 0.3), numbers(1, classes, 5, 0.3)];
  const plus = (a: Rows, row: Rows) => each(a, (value, _, j) => value + row[0][j]);

  const Z1 = plus(product(X, W[0]), b[0]);
  const U1 = options.normalise?.(Z1) ?? Z1;
  const A1 = each(U1, (u, i, j) => f(u) * maskOf(i, j));
  const Z2 = plus(product(A1, W[1]), b[1]);
  const A2 = Z2.map((row) => {
    const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
    return row.map((z) => Math.exp(z) / total);
  });
  const weights = labels.map((label, sample) => weightOf(sample, label));
  const total = options.weightOf ? weights.reduce((sum, weight) => sum + weight, 0) : samples;
  const losses = A2.map((row, i) =>
    row.reduce((sum, p, k) => sum - weights[i] * targets[i][k] * Math.log(p), 0),
  );
  const sum = losses.reduce((all, loss) => all + loss, 0);
  const divisor = reduction === "mean" ? total : 1;
  const own = options.lossOf?.(Z2, targets);
  const dZ2 = own
    ? each(own.gradient, (g) => g / divisor)
    : each(A2, (p, i, k) => (weights[i] * (p - targets[i][k])) / divisor);
  const dZ1 = each(product(dZ2, turned(W[1])), (g, i, j) => {
    return g * derivative(U1[i][j], f(U1[i][j])) * maskOf(i, j);
  });
  const ones = [Array.from({ length: samples }, () => 1)];
  const parameters = [W[0], b[0], W[1], b[1]];
  const plain = [
    product(turned(X), dZ1),
    product(ones, dZ1),
    product(turned(A1), dZ2),
    product(ones, dZ2),
  ].map((gradient, index) => each(gradient, (g, i, j) => g + penalty(parameters[index][i][j])));
  const gradients = options.clip?.(plain) ?? plain;
  const steps = options.clipInUpdate?.(gradients) ?? gradients;
  const next = parameters.map((parameter, index) =>
    each(parameter, (value, i, j) => value - update(steps[index][i][j], value)),
  );
  const { loss = reduction } = options;
  const all = [
    array("X", X),
    array("Y", Y),
    ...["W1", "b1", "W2", "b2"].map((name, index) => array(name, parameters[index])),
    ...Object.entries({ Z1, A1, Z2, A2, dZ2, dZ1 }).map(([name, rows]) => array(name, rows)),
    ...["dW1", "db1", "dW2", "db2"].map((name, index) => array(name, gradients[index])),
    ...["W1_new", "b1_new", "W2_new", "b2_new"].map((name, index) => array(name, next[index])),
    array("lr", learningRate),
    ...(loss === "none" ? [] : [array("loss", (own?.loss ?? sum) / (loss === "sum" ? 1 : total))]),
  ];
  return all.filter(({ name }) => !options.without?.includes(name));
}
