/**
 * The activation functions that a program may use, and their derivatives the way programs write them: of z,
 * or of a = f(z) where there is a formula for that.
 */
import { derivatives, functions, type HiddenFunction } from "../../reference/activations.js";

export interface ActivationFunction {
  readonly name: string;
  /** a = f(z) */
  readonly of: (z: number) => number;
  /** f′(z) */
  readonly derivative: (z: number) => number;
  /** f′ as a formula in a, where programs have one: 1 − a² of tanh, a·(1 − a) of the sigmoid. */
  readonly derivativeOfA?: (a: number) => number;
}

function known(name: HiddenFunction): ActivationFunction {
  const of = functions[name];
  const derivative = derivatives[name];
  return { name, of, derivative: (z) => derivative(of(z), z) };
}

function leaky(name: string, slope: number): ActivationFunction {
  return {
    name,
    of: (z) => (z > 0 ? z : slope * z),
    derivative: (z) => (z > 0 ? 1 : slope),
  };
}

const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };
const GELU = { scale: Math.sqrt(2 / Math.PI), cubic: 0.044715 };

/** LeCun, Bottou, Orr & Müller, Efficient BackProp (1998), section 4.4. */
const LECUN = { scale: 1.7159, slope: 2 / 3 };

function softplus(z: number): number {
  return z > 30 ? z : Math.log1p(Math.exp(z));
}

function geluByTanh(z: number): number {
  return 0.5 * z * (1 + Math.tanh(GELU.scale * (z + GELU.cubic * z ** 3)));
}

/** The more usual ones first: of two that fit, the first is meant. */
export const ACTIVATIONS: readonly ActivationFunction[] = [
  { ...known("tanh"), derivativeOfA: (a) => 1 - a * a },
  { ...known("relu"), derivativeOfA: (a) => (a > 0 ? 1 : 0) },
  { ...known("sigmoid"), derivativeOfA: (a) => a * (1 - a) },
  known("leaky-relu"),
  known("gelu"),
  known("silu"),
  {
    name: "elu",
    of: (z) => (z > 0 ? z : Math.expm1(z)),
    derivative: (z) => (z > 0 ? 1 : Math.exp(z)),
  },
  {
    name: "softplus",
    of: softplus,
    derivative: functions.sigmoid,
  },
  leaky("leaky-relu(0.1)", 0.1),
  leaky("leaky-relu(0.2)", 0.2),
  leaky("leaky-relu(0.3)", 0.3),
  {
    name: "gelu(tanh)",
    of: geluByTanh,
    derivative: (z) => {
      const t = Math.tanh(GELU.scale * (z + GELU.cubic * z ** 3));
      return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * GELU.scale * (1 + 3 * GELU.cubic * z * z);
    },
  },
  {
    name: "selu",
    of: (z) => SELU.scale * (z > 0 ? z : SELU.alpha * Math.expm1(z)),
    derivative: (z) => SELU.scale * (z > 0 ? 1 : SELU.alpha * Math.exp(z)),
  },
  {
    name: "softsign",
    of: (z) => z / (1 + Math.abs(z)),
    derivative: (z) => 1 / (1 + Math.abs(z)) ** 2,
  },
  { ...known("identity"), derivativeOfA: () => 1 },
];

/** Rarer ones, recognised where a dump holds their activations, but not guessed where it does not. */
const RARE_ACTIVATIONS: readonly ActivationFunction[] = [
  {
    name: "mish",
    of: (z) => z * Math.tanh(softplus(z)),
    derivative: (z) => {
      const t = Math.tanh(softplus(z));
      return t + z * (1 - t * t) * functions.sigmoid(z);
    },
  },
  {
    name: "hardswish",
    of: (z) => (z * Math.min(6, Math.max(0, z + 3))) / 6,
    derivative: (z) => (z <= -3 ? 0 : z >= 3 ? 1 : (2 * z + 3) / 6),
  },
  {
    name: "logsigmoid",
    of: (z) => -softplus(-z),
    derivative: (z) => functions.sigmoid(-z),
  },
  {
    name: "relu6",
    of: (z) => Math.min(6, Math.max(0, z)),
    derivative: (z) => (z > 0 && z < 6 ? 1 : 0),
  },
  {
    name: "hardtanh",
    of: (z) => Math.min(1, Math.max(-1, z)),
    derivative: (z) => (z > -1 && z < 1 ? 1 : 0),
  },
  {
    name: "scaled-tanh",
    of: (z) => LECUN.scale * Math.tanh(LECUN.slope * z),
    derivative: (z) => LECUN.scale * LECUN.slope * (1 - Math.tanh(LECUN.slope * z) ** 2),
  },
];

/** All that are recognised by their activations. */
export const KNOWN_ACTIVATIONS: readonly ActivationFunction[] = [
  ...ACTIVATIONS,
  ...RARE_ACTIVATIONS,
];

/**
 * A leaky ReLU whose slope the numbers tell: `a` is z where z is positive, and the same part of it where it is
 * not. Undefined when it is none.
 */
export function leakyThrough(
  z: ArrayLike<number>,
  a: ArrayLike<number>,
): ActivationFunction | undefined {
  let slope: number | undefined;
  for (let at = 0; at < z.length; at++) {
    const ratio = a[at] / z[at];
    if (Math.abs(z[at]) < 1e-3) continue;
    if (z[at] < 0 && slope === undefined) slope = ratio;
    const expected = z[at] > 0 ? 1 : (slope ?? 1);
    if (!(Math.abs(ratio / expected - 1) < 1e-4)) return undefined;
  }
  if (slope === undefined || slope <= 0 || slope >= 1) return undefined;
  const rounded = Number(slope.toPrecision(3));
  return leaky(`leaky-relu(${rounded})`, rounded);
}

export function activationNamed(name: string): ActivationFunction | undefined {
  return KNOWN_ACTIVATIONS.find((activation) => activation.name === name);
}
