/** What a person should do about a discovery. */
import type { DiagnosisId } from "../catalogue.js";
import type { Finding } from "../finding.js";
import type { Discovery } from "./chain.js";
import { lineOf, type Program } from "./lines.js";

export function prescribe(discovery: Discovery, program: Program): Finding {
  const { id, at, advice } = discovery;
  if (advice !== undefined) return { ...discovery, advice };
  const code = lineOf(id === "bias-broadcast" ? biasLine(at) : (LINES[id] ?? at), program);
  return { ...discovery, advice: ADVICE[id] ?? DEFAULT_ADVICE, ...(code && { code }) };
}

/** A bias that became a matrix in the update did so because of its gradient. */
function biasLine(at: string): string {
  return at.endsWith("_new") ? `d${at.replace("_new", "")}` : at;
}

const DEFAULT_ADVICE = "compare the line that computes it with this one";

/** Where the line to change is not that of the quantity where the mistake shows. */
const LINES: Partial<Record<DiagnosisId, string>> = {
  "labels-not-one-hot": "Y",
  "labels-off-by-one": "Y",
  "inputs-unscaled": "X",
  "inputs-scaled-twice": "X",
};

const MEAN =
  "divide by the number of samples, once: in the last dZ, or in every dW and db, or in the update";

const ADVICE: Partial<Record<DiagnosisId, string>> = {
  "inputs-unscaled":
    "scale the inputs to about 1: divide pixels by 255, or standardise each feature",
  "inputs-scaled-twice": "scale the inputs in one place only",
  "inputs-constant": "look at the batch that the program really passes on: it repeats one sample",
  "labels-not-one-hot": "make a row of zeros for each sample, with a 1 in the column of its class",
  "labels-off-by-one": "count classes from 0, wherever labels are made, used and compared",
  "labels-shuffled":
    "shuffle inputs and labels by the same permutation, and read both files in the same order",
  "zero-initialisation": "draw the weights at random; biases may begin at 0",
  "symmetric-units": "draw each weight at random",
  "weights-too-large":
    "draw the weights with a standard deviation of 1/√inputs, or √(2/inputs) for ReLU",
  "weights-too-small":
    "draw the weights with a standard deviation of 1/√inputs, or √(2/inputs) for ReLU",
  "softmax-axis": "normalise along the classes: the probabilities of each sample add up to 1",
  overflow:
    "subtract each sample's largest z before the exponential, use the library's tanh, and look at why z is so large",
  "wrong-activation": "apply the activation that the backward pass differentiates",
  "wrong-operand": "take the array that belongs here",
  "loss-axis": "sum over the classes and take the mean over all samples: one number",
  "log-of-zero": "add a small number before the logarithm, or compute the loss from the logits",
  "missing-mean": MEAN,
  "mean-by-features": MEAN,
  "mean-by-classes": MEAN,
  "double-mean": MEAN,
  "sign-flipped": "the gradient of the loss is outputs − targets, and the step goes against it",
  "activation-derivative-missing":
    "multiply the error that comes back by the derivative of the layer's own activation",
  "wrong-activation-derivative":
    "multiply by the derivative of the activation that the layer applies",
  "derivative-of-z": "put the activations into the formula, or differentiate by z",
  "derivative-applied-twice": "multiply by the derivative once",
  "extra-output-derivative":
    "leave the derivative out: outputs − targets is all of the last layer's gradient",
  "weights-updated-early": "compute all gradients first, then update all layers",
  "gradient-transposed": "turn the product round, so that it has the shape of the weights",
  "gradient-accumulated":
    "set the gradients to 0 before each backward pass: optimizer.zero_grad() in PyTorch",
  "bias-gradient-axis": "sum over the samples: one number for each unit",
  "bias-broadcast": "keep one bias for each unit, and sum its gradient over the samples",
  "bias-not-updated": "update the biases like the weights",
  "layer-not-updated": "update every layer",
  "update-sign": "subtract the step",
  "update-scale": "take the learning rate times the gradient, nothing else",
  "accuracy-miscounted":
    "compare the largest output with the label for every sample, and divide by their number",
  "learning-rate-too-high": "a tenth of it, and again until the loss falls",
  "learning-rate-too-low": "ten times as much, and again until the loss falls visibly",
  "dead-relu":
    "lower the learning rate, begin with He's weights and biases of 0, or use a leaky ReLU",
  "saturated-units": "scale the inputs, begin with smaller weights, or lower the learning rate",
  "vanishing-gradient": "use ReLU, begin with Glorot's or He's weights, or use fewer layers",
  "exploding-gradient":
    "begin with smaller weights, lower the learning rate, or clip the gradient's norm",
  unexplained: "compare the line that computes it with this one",
};
