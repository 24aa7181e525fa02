/** What is known of a step after its forward and its backward pass. */
import type { Matrix } from "../../reference/matrix.js";
import type { ActivationFunction } from "./activations.js";
import type { Reference } from "./explain.js";
import type { LossName } from "./losses.js";
import type { Variation } from "./objective.js";
import type { LayerDump } from "./orientation.js";
import type { Quantity } from "./quantity.js";
import type { Targets } from "./targets.js";
import type { Decay } from "./weightDecay.js";

/** What the last layer's numbers are made of z: the softmax is no function of one z alone. */
export type OutputFunction = "softmax" | ActivationFunction;

/** A layer after the forward pass: what the dump holds, or else what follows from it. */
export interface ForwardLayer {
  readonly dump: LayerDump;
  /** What goes into the layer, `[samples, inputs]`. */
  readonly input: Quantity;
  readonly Z: Quantity;
  readonly A: Quantity;
  /** f of a hidden layer. */
  readonly activation: ActivationFunction;
  /** Factors of dropout that a hidden layer's activations were multiplied by, `[samples, units]`. */
  readonly mask: Matrix | undefined;
  /** Whether batch or layer normalisation stands between z and the activation. */
  readonly isNormalised: boolean;
}

export interface Forward {
  readonly layers: readonly ForwardLayer[];
  readonly output: OutputFunction;
  /** What the loss takes for probabilities or predictions, `[samples, outputs]`. */
  readonly P: Quantity;
  /** Whether the dump's last activations are logits, and the softmax is a part of the loss. */
  readonly endsInLogits: boolean;
  /** ∂L/∂z of the last layer for these targets, where the loss takes a softmax of what it should not. */
  readonly misused: ((targets: Matrix) => Reference) | undefined;
  /** The same as automatic differentiation has it, where the dump's last activations take it so themselves. */
  readonly automatic: ((targets: Matrix) => Reference) | undefined;
}

/** The softmax of something that went through this already, or over the samples, or of a softmax over these. */
export type Misuse = "softmax" | "sigmoid" | "relu" | "tanh" | "samples" | "softmax-over-samples";

export interface ForwardOptions {
  /** What the person says that the layers apply, one name a layer. */
  readonly declared: readonly string[] | undefined;
  /** What hidden layers are supposed to apply whose activations the dump does not hold. */
  readonly hidden: ActivationFunction;
  /** The same of the last layer. */
  readonly output: OutputFunction;
  readonly isClassification: boolean;
  /** What the softmax of the loss is supposed to be taken of, or over, instead of each sample's z. */
  readonly misuse: Misuse | undefined;
}

/** Where the mean over the samples is taken. */
export type Mean =
  /** In ∂L/∂z already. */
  | "before"
  /** When the gradient of the parameters is computed, or later. */
  | "after";

/** A layer after the backward pass. */
export interface BackwardLayer {
  readonly dump: LayerDump;
  /** ∂L/∂z `[samples, units]`; undefined where nobody can tell. */
  readonly dZ: Quantity | undefined;
  /** The gradients as the program has them, or as they follow from what it has. */
  readonly dW: Quantity | undefined;
  readonly db: Quantity | undefined;
  /** Where the mean over the samples is taken that these gradients are of. */
  readonly mean: Mean;
  /** Which of them are sums whose mean is still to be taken, in the update perhaps. */
  readonly sums: { readonly weights: boolean; readonly biases: boolean };
  /** The penalty that `dW` and `db` hold beside the gradient of the loss. */
  readonly decay: { readonly weights: Decay | undefined; readonly biases: Decay | undefined };
}

export interface Backward {
  /** The first layer first. */
  readonly layers: readonly BackwardLayer[];
  /** −1 when ∂L/∂z begins as targets − outputs: right where the update adds. */
  readonly sign: 1 | -1;
  /** Whether the gradients of the parameters were clipped. */
  readonly isClipped: boolean;
}

export interface TopGradient {
  readonly dZ: Quantity | undefined;
  readonly mean: Mean;
  readonly sign: 1 | -1;
}

export interface BackwardOptions {
  readonly targets: Targets;
  readonly loss: LossName;
  readonly variation: Variation;
}
