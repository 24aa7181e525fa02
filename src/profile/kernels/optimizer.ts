/** Updates of parameters, `assembly/optimizer.ts`. */
import { OPTIMIZER_CODES, SETTINGS_BYTES, writeSettings } from "../../engine/plan.js";
import {
  bytesOf,
  define,
  type Place,
  type ProfiledKernel,
  room,
  type Shape,
  values,
} from "../kernel.js";
import { adam, momentum, sgd } from "../loops/elementwise.js";

/** So small that any number of steps leaves the parameters in the usual range. */
const RATE = 1e-9;
const MU = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** A tile of 64 rows of 784-800-10, then all of its weights. */
const SHAPES: readonly Shape[] = [[51_200]];
const SWEEP: readonly Shape[] = [[4096], [627_200]];

type State = readonly Float32Array[];

function updateBy(
  code: number,
  { engine, regions, pointers: [w, g, first = 0, second = 0] }: Place,
  [count]: Shape,
): () => void {
  const { kernels } = engine;
  const settings = regions.allocateBytes(SETTINGS_BYTES);
  writeSettings(engine, settings, 0, {
    learningRate: RATE,
    retained: 1,
    momentum: MU,
    secondMomentum: BETA2,
    epsilon: EPSILON,
    firstCorrection: 1,
    secondCorrection: 1,
    averaging: 0,
  });
  return () => kernels.update(code, w, g, first, second, count, settings, 1, 1);
}

function rule(
  {
    name,
    description,
    code,
    operations,
    states,
  }: {
    readonly name: string;
    readonly description: string;
    readonly code: number;
    readonly operations: number;
    readonly states: number;
  },
  loops: Pick<ProfiledKernel<State>, "javascript" | "scalar">,
): ProfiledKernel {
  return define<State>({
    name,
    description,
    dimensions: ["parameters"],
    shapes: SHAPES,
    sweep: SWEEP,
    work: ([count]) => ({
      operations: operations * count,
      bytesRead: bytesOf((2 + states) * count),
      bytesWritten: bytesOf((1 + states) * count),
    }),
    arrays: ([count]) => [
      values(count),
      values(count, 2),
      ...Array.from({ length: states }, () => room(count)),
    ],
    ...loops,
    simd: (place, shape) => updateBy(code, place, shape),
  });
}

export const OPTIMIZER: readonly ProfiledKernel[] = [
  rule(
    {
      name: "sgd",
      description: "w −= η·g",
      code: OPTIMIZER_CODES.sgd,
      operations: 2,
      states: 0,
    },
    {
      javascript: ([w, g]) => sgd(w, g, RATE),
      scalar: (kernels, [w, g], [count]) => kernels.sgd(w, g, count, RATE),
    },
  ),
  rule(
    {
      name: "momentum",
      description: "v = µ·v + g; w −= η·v",
      code: OPTIMIZER_CODES.momentum,
      operations: 4,
      states: 1,
    },
    {
      javascript: ([w, g, v]) => momentum(w, g, v, RATE, MU),
      scalar: (kernels, [w, g, v], [count]) => kernels.momentum(w, g, v, count, RATE, MU),
    },
  ),
  rule(
    {
      name: "adam",
      description: "m, v, and w −= η·m / (√v + ε)",
      code: OPTIMIZER_CODES.adam,
      // m: 3, v: 4, w: a square root, a sum, a quotient, a product and a difference.
      operations: 12,
      states: 2,
    },
    {
      javascript: ([w, g, m, v]) =>
        adam(w, g, m, v, { rate: RATE, beta1: MU, beta2: BETA2, epsilon: EPSILON }),
      scalar: (kernels, [w, g, m, v], [count]) =>
        kernels.adam(w, g, m, v, count, RATE, MU, BETA2, EPSILON),
    },
  ),
];
