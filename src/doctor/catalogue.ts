/** What the doctor can find. docs/diagnoses/ has a page for each. */

/** Where a mistake is made; the order in which a program comes by. */
export type Place =
  | "data"
  | "start"
  | "forward"
  | "loss"
  | "backward"
  | "update"
  | "evaluation"
  | "dynamics";

const DIAGNOSES = {
  "inputs-unscaled": ["data", "the inputs are not scaled"],
  "inputs-scaled-twice": ["data", "the inputs are scaled twice"],
  "inputs-constant": ["data", "the inputs are the same for every sample"],
  "labels-not-one-hot": ["data", "the labels are not one-hot"],
  "labels-off-by-one": ["data", "the labels do not count from 0"],
  "labels-shuffled": ["data", "the labels do not belong to their samples"],
  "classes-missing": ["data", "some classes have no samples"],
  "classes-unbalanced": ["data", "some classes have far more samples than others"],
  "duplicates-across-splits": ["data", "samples of the test set are in the training set"],

  "zero-initialisation": ["start", "the weights begin at zero"],
  "symmetric-units": ["start", "units of a layer are copies of each other"],
  "weights-too-large": ["start", "the weights are too large"],
  "weights-too-small": ["start", "the weights are too small"],
  "initial-loss": ["start", "the first loss is not that of a guess"],
  "cannot-overfit": ["start", "a handful of samples cannot be learnt by heart"],

  "softmax-axis": ["forward", "the softmax is taken over the samples"],
  overflow: ["forward", "an exponential overflows"],
  "wrong-activation": ["forward", "another activation function is applied"],
  "wrong-operand": ["forward", "another array is taken than the one that belongs here"],

  "loss-axis": ["loss", "the loss is summed over the wrong axis"],
  "log-of-zero": ["loss", "the logarithm of 0 is taken"],
  "missing-mean": ["loss", "a sum stands where the mean belongs"],
  "mean-by-features": ["loss", "the mean divides by the number of features"],
  "mean-by-classes": ["loss", "the mean divides by the number of classes"],
  "double-mean": ["loss", "the mean is taken twice"],

  "sign-flipped": ["backward", "the gradient has the wrong sign"],
  "activation-derivative-missing": ["backward", "the derivative of the activation is missing"],
  "wrong-activation-derivative": ["backward", "the derivative is that of another activation"],
  "derivative-of-z": ["backward", "the derivative formula for a is applied to z"],
  "derivative-applied-twice": ["backward", "the derivative of the activation is applied twice"],
  "extra-output-derivative": ["backward", "the output's derivative is applied once too often"],
  "weights-updated-early": ["backward", "the backward pass uses weights already updated"],
  "gradient-transposed": ["backward", "the gradient is transposed"],
  "gradient-accumulated": ["backward", "the gradient holds earlier ones too"],
  "bias-gradient-axis": ["backward", "the bias gradient is summed over the units"],
  "bias-broadcast": ["backward", "the bias has become a matrix"],

  "bias-not-updated": ["update", "the biases are not updated"],
  "layer-not-updated": ["update", "a layer is not updated"],
  "update-sign": ["update", "the update climbs"],
  "update-scale": ["update", "the update has the wrong size"],

  "accuracy-miscounted": ["evaluation", "the accuracy is miscounted"],

  "learning-rate-too-high": ["dynamics", "the learning rate is too high"],
  "learning-rate-too-low": ["dynamics", "the learning rate is too low"],
  "dead-relu": ["dynamics", "ReLU units are dead"],
  "saturated-units": ["dynamics", "units are saturated"],
  "vanishing-gradient": ["dynamics", "the gradient vanishes on its way back"],
  "exploding-gradient": ["dynamics", "the gradient explodes on its way back"],
  divergence: ["dynamics", "the loss diverges"],
  plateau: ["dynamics", "the loss does not fall any more"],
  oscillation: ["dynamics", "the loss jumps up and down"],
  overfitting: ["dynamics", "the network learns the training set by heart"],

  unexplained: ["backward", "it differs, and no known mistake reproduces it"],
} as const satisfies Record<string, readonly [Place, string]>;

/**
 * The identifier of a diagnosis, like "softmax-axis": stable, and the name of its page in `docs/diagnoses`.
 */
export type DiagnosisId = keyof typeof DIAGNOSES;

/** Every identifier with its place and what it says, in a few words. */
export const CATALOGUE: Readonly<Record<DiagnosisId, readonly [Place, string]>> = DIAGNOSES;

/** What a diagnosis says, in a few words. */
export function titleOf(id: DiagnosisId): string {
  return CATALOGUE[id][1];
}
