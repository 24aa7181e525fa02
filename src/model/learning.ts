/** What the kernels must know of how a network learns; ranges have been checked. */
import type { OPTIMIZER_CODES } from "../engine/plan.js";

/** An optimiser's name in the kernels: AdamW is Adam with weight decay. */
export type OptimizerKernel = keyof typeof OPTIMIZER_CODES;

/** Distortions of images, each drawn anew whenever a sample is used. */
export interface Augmentation {
  /** Largest shift along each axis, pixels. */
  readonly shift: number;
  /** Largest rotation either way, degrees. */
  readonly rotation: number;
  /** Largest relative change of width and of height. */
  readonly scale: number;
  /** Largest horizontal shear, pixels a pixel. */
  readonly shear: number;
  /** α of the elastic distortion, pixels; 0 for none. */
  readonly elastic: number;
  /** σ of its Gaussian, pixels. */
  readonly smoothness: number;
}

export interface Learning {
  readonly optimizer: OptimizerKernel;
  /** Fraction of the target that is spread over all classes. */
  readonly labelSmoothing: number;
  /** Probabilities of dropping an input, and a hidden unit. */
  readonly dropout: { readonly input: number; readonly hidden: number };
  /** Largest norm of the whole gradient; 0 for no limit. */
  readonly clipNorm: number;
  /** Largest norm of the weights into a unit; 0 for no limit. */
  readonly maxNorm: number;
  /** Whether an average of the parameters is kept. */
  readonly averages: boolean;
  readonly augmentation: Augmentation | undefined;
}

/** Values of state that an optimiser keeps for each parameter. */
export const STATES: Record<OptimizerKernel, 0 | 1 | 2> = {
  sgd: 0,
  momentum: 1,
  nesterov: 1,
  rmsprop: 1,
  adam: 2,
};

/** A probability as the kernels draw it, in 2⁻¹⁶, and the factor that keeps the mean. */
export function dropoutFields(probability: number): { threshold: number; scale: number } {
  const threshold = Math.min(65_535, Math.round(probability * 65_536));
  return { threshold, scale: 65_536 / (65_536 - threshold) };
}
