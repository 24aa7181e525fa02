/** A loss that takes its softmax of what went through an activation already, or over the samples. */
import { Matrix } from "../../reference/matrix.js";
import { softmax } from "../../reference/network.js";
import { activationNamed } from "./activations.js";
import { type Chain, show } from "./chain.js";
import type { Reference } from "./explain.js";
import type { Misuse } from "./passes.js";
import { norm } from "./products.js";
import { computed, type Quantity } from "./quantity.js";
import { combine, overSamples, throughSoftmax } from "./references.js";

interface Misused {
  /** What the loss takes for probabilities. */
  readonly P: Quantity;
  /** ∂L/∂z, the sum over the samples, of the cross-entropy. */
  readonly gradient: (targets: Matrix) => Reference;
}

/** @param right the probabilities as they should be, softmax(z) */
export function misused(misuse: Misuse, Z: Quantity, right: Quantity, chain: Chain): Misused {
  const { matrix: z } = Z;
  const inner = innerOf(misuse, Z, right);
  const matrix = misuse === "samples" ? overSamples(z).matrix : softmax(inner);
  const P = computed(right.name, matrix, right.roundoff, right.origin);
  const largest = ({ data, columns }: Matrix) => show(Math.max(...data.subarray(0, columns)));
  const numbers = `the first sample's largest probability is ${largest(matrix)}, and ${largest(right.matrix)} with the softmax of each sample's z`;
  if (misuse === "samples") {
    chain.discover({
      id: "softmax-axis",
      at: right.name,
      evidence: `the loss and its gradient are those of a softmax over the samples: ${numbers}`,
      cause:
        "the softmax is taken over the samples, not the classes: those of a class add up to 1, not those of a sample",
    });
  } else {
    chain.discover({
      id: "wrong-activation",
      at: right.name,
      evidence: `the loss and its gradient are those of the softmax of the ${misuse}: ${numbers}`,
      cause: `the loss applies a softmax of its own to what went through ${misuse === "softmax" ? "one" : `the ${misuse}`} already`,
      advice: `leave the ${misuse} out of the network where the loss takes logits, as PyTorch's CrossEntropyLoss does`,
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
    if (misuse === "softmax")
      return throughSoftmax(softmax(z), { matrix: difference, sensitivity });
    if (misuse === "samples") return overAllSamples(p, targets);
    const f = activationNamed(misuse);
    return { matrix: combine(difference, z, (g, x) => g * (f?.derivative(x) ?? 1)), sensitivity };
  };
}

/** What the softmax is taken of. */
function innerOf(misuse: Misuse, { matrix: z }: Quantity, right: Quantity): Matrix {
  if (misuse === "softmax") return right.matrix;
  const f = misuse === "samples" ? undefined : activationNamed(misuse);
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
