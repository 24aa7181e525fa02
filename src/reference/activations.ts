/** Activations and their derivatives, the latter as functions of a = f(z). */

export type HiddenFunction = "tanh" | "relu" | "sigmoid";
export type Activation = HiddenFunction | "softmax";

/** a = f(z) */
export const functions: Record<HiddenFunction, (z: number) => number> = {
  tanh: Math.tanh,
  relu: (z) => Math.max(0, z),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
};

/** f′(z), given a = f(z). At the kink of the ReLU, where there is none, 0. */
export const derivatives: Record<Activation, (a: number) => number> = {
  tanh: (a) => 1 - a * a,
  relu: (a) => (a > 0 ? 1 : 0),
  sigmoid: (a) => a * (1 - a),
  softmax: () => {
    throw new RangeError("softmax stands on a hidden layer, expected it on the last one only");
  },
};
