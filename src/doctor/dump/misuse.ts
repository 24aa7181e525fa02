/** A loss that takes its softmax of what went through an activation already, or over the samples. */
import { Matrix } from "../../reference/matrix.js";
import { softmax } from "../../reference/network.js";
import { activationNamed } from "./activations.js";
import { type Chain, show } from "./chain.js";
import type { Reference } from "./explain.js";
import type { Misuse } from "./passes.js";
import { norm, transpose } from "./products.js";
import { computed, type Quantity } from "./quantity.js";
import { combine, overSamples, throughSoftmax } from "./references.js";

export const OVER_SAMPLES =
  "the softmax is taken over the samples, not the classes: those of a class add up to 1, not those of a sample";

interface Misused {
  /** What the loss takes for probabilities. */
  readonly P: Quantity;
  /** ∂L/∂z, the sum over the samples, of the cross-entropy. */
  readonly gradient: (targets: Matrix) => Reference;
}

interface Judged {
  /** The probabilities as they should be, softmax(z), or as the dump holds them. */
  readonly right: Quantity;
  /** Whether the dump holds the last activations, and they have been judged. */
  readonly isShown: boolean;
}

export function misused(
  misuse: Misuse,
  Z: Quantity,
  { right, isShown }: Judged,
  chain: Chain,
): Misused {
  const { matrix: z } = Z;
  const isAxis = misuse === "samples" || misuse === "softmax-over-samples";
  const matrix = misuse === "samples" ? overSamples(z).matrix : softmax(innerOf(misuse, Z, right));
  const P = computed(right.name, matrix, right.roundoff, right.origin);
  const largest = ({ data, columns }: Matrix) => show(Math.max(...data.subarray(0, columns)));
  const numbers = `the first sample's largest probability is ${largest(matrix)}, and ${largest(softmax(z))} with the softmax of each sample's z`;
  if (isAxis && !isShown) {
    const taken = misuse === "samples" ? "a softmax" : "the softmax of a softmax";
    chain.discover({
      id: "softmax-axis",
      at: right.name,
      evidence: `the loss and its gradient are those of ${taken} over the samples: ${numbers}`,
      cause: OVER_SAMPLES,
    });
  }
  if (misuse !== "samples") {
    const inner = misuse === "softmax-over-samples" ? "softmax" : misuse;
    chain.discover({
      id: "wrong-activation",
      at: right.name,
      evidence: `the loss and its gradient are those of the softmax of the ${inner}: ${numbers}`,
      cause: `the loss applies a softmax of its own to what went through ${inner === "softmax" ? "one" : `the ${inner}`} already`,
      advice: `leave the ${inner} out of the network where the loss takes logits, as PyTorch's CrossEntropyLoss does`,
    });
  }
  return { P, gradient: gradientThrough(misuse, Z, matrix) };
}

/**
 * ∂L/∂z of a softmax that is taken of the wrong thing, as automatic differentiation has it: the sum over the
 * samples, of the cross-entropy.
 *
 * @param p what the loss takes for probabilities
 */
export function gradientThrough(
  misuse: Misuse,
  { matrix: z }: Quantity,
  p: Matrix,
): (targets: Matrix) => Reference {
  return (targets) => {
    const difference = combine(p, targets, (a, t) => a - t);
    const sensitivity = norm(p.data) + norm(targets.data);
    const error = { matrix: difference, sensitivity };
    if (misuse === "softmax") return throughSoftmax(softmax(z), error);
    if (misuse === "softmax-over-samples") return throughSoftmaxOverSamples(z, error);
    if (misuse === "samples") return overAllSamples(p, targets);
    const f = activationNamed(misuse);
    return { matrix: combine(difference, z, (g, x) => g * (f?.derivative(x) ?? 1)), sensitivity };
  };
}

function throughSoftmaxOverSamples(z: Matrix, { matrix, sensitivity }: Reference): Reference {
  const error = { matrix: transpose(matrix), sensitivity };
  const through = throughSoftmax(softmax(transpose(z)), error);
  return { matrix: transpose(through.matrix), sensitivity };
}

/** What the softmax is taken of. */
function innerOf(misuse: Misuse, { matrix: z }: Quantity, right: Quantity): Matrix {
  if (misuse === "softmax") return right.matrix;
  if (misuse === "softmax-over-samples") return overSamples(z).matrix;
  const f = activationNamed(misuse);
  return f ? new Matrix(z.rows, z.columns, z.data.map(f.of)) : z;
}

/** Of probabilities that add up to 1 in each column: p · Σ t over the samples − t. */
function overAllSamples(p: Matrix, targets: Matrix): Reference {
  const counts = new Float64Array(p.columns);
  targets.data.forEach((t, at) => {
    counts[at % p.columns] += t;
  });
  const data = p.data.map((value, at) => value * counts[at % p.columns] - targets.data[at]);
  return {
    matrix: new Matrix(p.rows, p.columns, data),
    sensitivity: p.rows * norm(p.data) + norm(targets.data),
  };
}
