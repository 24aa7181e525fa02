/** Activations and their derivatives. */

export type HiddenFunction =
  | "tanh"
  | "relu"
  | "leaky-relu"
  | "gelu"
  | "silu"
  | "sigmoid"
  | "identity";
export type Activation = HiddenFunction | "softmax";

/** Slope of the leaky ReLU below 0. */
const LEAK = 0.01;

/** a = f(z) */
export const functions: Record<HiddenFunction, (z: number) => number> = {
  tanh: Math.tanh,
  relu: (z) => Math.max(0, z),
  "leaky-relu": (z) => (z > 0 ? z : LEAK * z),
  gelu: (z) => z * normalDistribution(z),
  silu: (z) => z * logistic(z),
  sigmoid: logistic,
  identity: (z) => z,
};

/** f′(z), given a = f(z) and z. At the kinks of the ReLUs, where there is none, that from below. */
export const derivatives: Record<Activation, (a: number, z: number) => number> = {
  tanh: (a) => 1 - a * a,
  relu: (a) => (a > 0 ? 1 : 0),
  "leaky-relu": (a) => (a > 0 ? 1 : LEAK),
  gelu: (_, z) => normalDistribution(z) + (z * Math.exp(-(z * z) / 2)) / Math.sqrt(2 * Math.PI),
  silu: (_, z) => logistic(z) * (1 + z * (1 - logistic(z))),
  sigmoid: (a) => a * (1 - a),
  identity: () => 1,
  softmax: () => {
    throw new RangeError("softmax stands on a hidden layer, expected it on the last one only");
  },
};

/** σ(z) = 1 / (1 + e^−z) */
export function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/**
 * Φ(z), the distribution of the standard normal: ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …) near 0, and beyond
 * by the continued fraction 1 − φ(z)/(z + 1/(z + 2/(z + 3/(z + …)))); Abramowitz and Stegun 26.2.11 and
 * 26.2.14.
 */
export function normalDistribution(z: number): number {
  const density = Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(z) < 3) {
    let term = z;
    let sum = z;
    for (let n = 3; n < 120; n += 2) {
      term *= (z * z) / n;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = Math.abs(z);
  for (let n = 80; n > 0; n--) fraction = Math.abs(z) + n / fraction;
  const tail = density / fraction;
  return z > 0 ? 1 - tail : tail;
}
