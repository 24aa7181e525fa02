/**
 * How far float32 kernels may be from the float64 reference: a running error analysis (Higham,
 * Accuracy and Stability of Numerical Algorithms, 2nd ed. 2002, section 3.3) of a training step.
 * Every quantity carries a bound of its error, element by element; the bounds hold for any order of
 * additions and with or without fused multiply-add, so they outlive changes of the kernels.
 */
import {
  type Activation,
  derivatives,
  functions,
  type HiddenFunction,
} from "../../src/reference/activations.js";
import {
  addRow,
  columnSums,
  type Matrix,
  map,
  matrix,
  multiply,
  transpose,
} from "../../src/reference/matrix.js";
import { type ReferenceLayer, softmax } from "../../src/reference/network.js";

/** A float64 value, and how far the float32 one may be from it. */
export interface Uncertain {
  readonly value: Matrix;
  readonly error: Matrix;
}

export interface UncertainLayer {
  readonly weights: Uncertain;
  readonly biases: Uncertain;
  readonly activation: Activation;
}

/** Activations whose errors are analysed here. */
type Analysed = Extract<HiddenFunction, "tanh" | "relu" | "sigmoid">;

/** The unit roundoff u of float32: one rounding moves a value by at most u relative. */
const UNIT = 2 ** -24;

/** What the activation kernels promise (assembly/math.ts), in units in the last place, ≤ 2u each. */
const KERNEL_ERROR: Record<Analysed, number> = { tanh: 6, relu: 0, sigmoid: 4 };
const EXPONENTIAL_ERROR = 2;
/** The largest slope of the activations: by how much they amplify an error of z. */
const LIPSCHITZ: Record<Analysed, number> = { tanh: 1, relu: 1, sigmoid: 1 / 4 };

/** γₙ = n·u / (1 − n·u): the relative error after n roundings (Higham, lemma 3.1). */
function gamma(roundings: number): number {
  return (roundings * UNIT) / (1 - roundings * UNIT);
}

/** A value that float32 holds as it is, or to within `relativeError`. */
export function uncertain(value: Matrix, relativeError = 0): Uncertain {
  return { value, error: map(value, (x) => Math.abs(x) * relativeError) };
}

/** A network whose parameters are those of `layers` exactly. */
export function uncertainLayers(layers: readonly ReferenceLayer[]): UncertainLayer[] {
  return layers.map(({ weights, biases, activation }) => ({
    // Copies: the reference learns in place.
    weights: uncertain(map(weights, (x) => x)),
    biases: uncertain(map(biases, (x) => x)),
    activation,
  }));
}

/** The layers after one step of gradient descent on the mean cross-entropy of a batch. */
export function descendWithBounds(
  layers: readonly UncertainLayer[],
  inputs: Uncertain,
  labels: ArrayLike<number>,
  learningRate: number,
): UncertainLayer[] {
  const activations = [inputs];
  const sums: Uncertain[] = [];
  for (const { weights, biases, activation } of layers) {
    const z = plusRow(product(activations[activations.length - 1], weights), biases);
    sums.push(z);
    if (activation !== "softmax") activations.push(activate(z, analysed(activation)));
  }
  const after: UncertainLayer[] = [];
  let dz = outputGradient(sums[sums.length - 1], labels);
  for (let index = layers.length - 1; index >= 0; index--) {
    const { weights, biases, activation } = layers[index];
    const a = activations[index];
    after.unshift({
      weights: moved(weights, product(transposed(a), dz), learningRate),
      biases: moved(biases, sumOfRows(dz), learningRate),
      activation,
    });
    if (index === 0) break;
    const da = product(dz, transposed(weights));
    dz = timesSlope(da, sums[index - 1], a, analysed(layers[index - 1].activation));
  }
  return after;
}

function analysed(activation: Activation): Analysed {
  if (activation in LIPSCHITZ) return activation as Analysed;
  throw new RangeError(`the errors of ${activation} have not been analysed`);
}

/** A·B; each element is a sum of k rounded products, or of products that are rounded twice. */
function product(a: Uncertain, b: Uncertain): Uncertain {
  const nominal = multiply(map(a.value, Math.abs), map(b.value, Math.abs));
  const largest = multiply(magnitude(a), magnitude(b));
  const rounding = gamma(a.value.columns + 2);
  return {
    value: multiply(a.value, b.value),
    error: combine(largest, nominal, (most, usual) => most - usual + rounding * most),
  };
}

function plusRow(a: Uncertain, row: Uncertain): Uncertain {
  const value = addRow(a.value, row.value);
  const error = addRow(a.error, row.error);
  return { value, error: combine(value, error, (x, e) => e + UNIT * (Math.abs(x) + e)) };
}

function sumOfRows(a: Uncertain): Uncertain {
  const rounding = gamma(a.value.rows);
  const error = combine(columnSums(a.error), columnSums(magnitude(a)), (e, m) => e + rounding * m);
  return { value: columnSums(a.value), error };
}

function activate(z: Uncertain, activation: Analysed): Uncertain {
  const value = map(z.value, functions[activation]);
  const kernel = 2 * UNIT * KERNEL_ERROR[activation];
  const error = combine(value, z.error, (a, e) => {
    const carried = LIPSCHITZ[activation] * e;
    return carried + kernel * (Math.abs(a) + carried);
  });
  return { value, error };
}

/** da ⊙ f′(z), with f′ computed from a. */
function timesSlope(da: Uncertain, z: Uncertain, a: Uncertain, activation: Analysed): Uncertain {
  const derivative = derivatives[activation];
  const slopes = combine(a.value, z.value, derivative);
  const value = combine(da.value, slopes, (g, slope) => g * slope);
  const error = matrix(value.rows, value.columns, (row, column) => {
    const slope = Math.abs(slopes.at(row, column));
    const slopeError = {
      // |(1 − a²)′| ≤ 2|a|, |(a − a²)′| ≤ 1; squaring, subtracting and multiplying round.
      tanh: () => errorOf(a, row, column, 2) + 3 * UNIT,
      sigmoid: () => errorOf(a, row, column, 1) + 3 * UNIT,
      // Only a z within its error of the kink may be taken for one of the other side.
      relu: () => (Math.abs(z.value.at(row, column)) < z.error.at(row, column) ? 1 : 0),
    }[activation]();
    const gradient = Math.abs(da.value.at(row, column));
    const largest = (gradient + da.error.at(row, column)) * (slope + slopeError);
    return largest - gradient * slope + UNIT * largest;
  });
  return { value, error };
}

/** The error of a quadratic in a whose slope is at most `steepness` and whose curvature is 2. */
function errorOf(a: Uncertain, row: number, column: number, steepness: number): number {
  const error = a.error.at(row, column);
  return steepness * error + error * error;
}

/** (softmax(z) − one-hot(label)) / n */
function outputGradient(z: Uncertain, labels: ArrayLike<number>): Uncertain {
  const p = softmax(z.value);
  const { rows, columns } = p;
  const target = (row: number, column: number) => (labels[row] === column ? 1 : 0);
  const relative = Array.from({ length: rows }, (_, row) => {
    const logits = z.value.data.subarray(row * columns, (row + 1) * columns);
    const worst = Math.max(...z.error.data.subarray(row * columns, (row + 1) * columns));
    const range = Math.max(...logits) - Math.min(...logits) + 2 * worst;
    // An error e of an exponent is one of eᵉ − 1 of the exponential. It comes from the logit and
    // from subtracting the maximum, once above and once below the fraction bar; then there are two
    // exponentials, the sum of `columns` terms, and the division, the product and 1 / n.
    const exponent = 2 * (worst + UNIT * range);
    return Math.expm1(exponent + gamma(4 * EXPONENTIAL_ERROR + columns + 3));
  });
  return {
    value: matrix(rows, columns, (row, j) => (p.at(row, j) - target(row, j)) / rows),
    error: matrix(rows, columns, (row, j) => {
      const share = p.at(row, j);
      return (share * relative[row] + 2 * UNIT * (share + target(row, j))) / rows;
    }),
  };
}

/** θ − η·g; the learning rate, the product and the difference are rounded. */
function moved(parameters: Uncertain, gradient: Uncertain, learningRate: number): Uncertain {
  const value = combine(parameters.value, gradient.value, (x, g) => x - learningRate * g);
  const gradientMagnitude = magnitude(gradient);
  const error = matrix(value.rows, value.columns, (row, column) => {
    const step = learningRate * gradientMagnitude.at(row, column);
    const carried =
      parameters.error.at(row, column) + learningRate * gradient.error.at(row, column);
    return carried + gamma(2) * step + UNIT * (Math.abs(value.at(row, column)) + carried);
  });
  return { value, error };
}

function magnitude({ value, error }: Uncertain): Matrix {
  return combine(value, error, (x, e) => Math.abs(x) + e);
}

function transposed({ value, error }: Uncertain): Uncertain {
  return { value: transpose(value), error: transpose(error) };
}

function combine(a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix {
  return matrix(a.rows, a.columns, (row, column) => f(a.at(row, column), b.at(row, column)));
}
