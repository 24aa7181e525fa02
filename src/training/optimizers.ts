/** The rules by which parameters follow their gradients. */

import { checkFraction, checkNames, isRecord, wrongType } from "../arguments.js";
import type { StepSettings } from "../engine/plan.js";
import { OptionError } from "../errors.js";
import type { OptimizerKernel } from "../model/learning.js";

/**
 * With g the gradient, η the learning rate and w a parameter:
 *
 * - `sgd`       w −= η·g
 * - `momentum`  v = µ·v + g, w −= η·v
 * - `nesterov`  v = µ·v + g, w −= η·(g + µ·v)
 * - `rmsprop`   s = ρ·s + (1 − ρ)·g², w −= η·g / (√s + ε)
 * - `adam`      Kingma and Ba, ICLR 2015, algorithm 1
 * - `adamw`     the same with a weight decay of 0.01 where none is given
 */
export const OPTIMIZERS = ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"] as const;
/** An optimiser by name. */
export type OptimizerName = (typeof OPTIMIZERS)[number];

/** An optimiser and its numbers, each from 0 to below 1 but for `epsilon`. */
export interface OptimizerOptions {
  /** Which one. */
  readonly name: OptimizerName;
  /** µ of momentum, ρ of RMSprop, β₁ of Adam; default 0.9. */
  readonly momentum?: number;
  /** β₂ of Adam; default 0.999. */
  readonly secondMomentum?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
}

export type ResolvedOptimizer = Required<OptimizerOptions>;

/** What AdamW decays by where nothing is said, as in PyTorch. */
export const ADAMW_DECAY = 0.01;

/** @throws OptionError when there is no such optimiser or a number is out of range. */
export function resolveOptimizer(optimizer: OptimizerName | OptimizerOptions): ResolvedOptimizer {
  const options = typeof optimizer === "string" ? { name: optimizer } : optimizer;
  if (!isRecord(options)) throw wrongType("optimizer", options, "a name or an object");
  const { name, momentum = 0.9, secondMomentum = 0.999, epsilon = 1e-8 } = options;
  const resolved = { name, momentum, secondMomentum, epsilon };
  checkNames("optimizer", options, resolved);
  if (!OPTIMIZERS.includes(name)) {
    throw new OptionError(`the optimizer is "${name}", expected ${OPTIMIZERS.join(", ")}`);
  }
  checkFraction("momentum", momentum);
  checkFraction("secondMomentum", secondMomentum);
  // The kernels take it as float32, where anything smaller is 0 and 0/0 would follow.
  if (!(Math.fround(epsilon) > 0 && Number.isFinite(Math.fround(epsilon)))) {
    throw new OptionError(`epsilon is ${epsilon}, expected a finite number above 0`);
  }
  return resolved;
}

export function optimizerKernel(name: OptimizerName): OptimizerKernel {
  return name === "adamw" ? "adam" : name;
}

/** What Adam's corrections, 1 / (1 − βᵗ), go by. */
export class AdamCorrections {
  readonly #first: number;
  readonly #second: number;
  #firstPower = 1;
  #secondPower = 1;

  /** @param updates how many have been done before */
  constructor({ momentum, secondMomentum }: ResolvedOptimizer, updates: number) {
    // The kernels decay by the rounded numbers.
    this.#first = Math.fround(momentum);
    this.#second = Math.fround(secondMomentum);
    for (let update = 0; update < updates; update++) this.#advance();
  }

  /** Those of the next update. */
  next(): Pick<StepSettings, "firstCorrection" | "secondCorrection"> {
    this.#advance();
    return {
      firstCorrection: 1 / (1 - this.#firstPower),
      secondCorrection: 1 / (1 - this.#secondPower),
    };
  }

  #advance(): void {
    this.#firstPower *= this.#first;
    this.#secondPower *= this.#second;
  }
}
