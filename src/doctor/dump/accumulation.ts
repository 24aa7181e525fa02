import { type Chain, show } from "./chain.js";
import type { Backward, Forward } from "./passes.js";
import { dot, norm } from "./products.js";
import { combine, productTransposed } from "./references.js";

/** Least cosine between a gradient and what it has too much, for that to be an earlier step's gradient. */
const LEAST_AGREEMENT = 0.3;

/**
 * Every gradient of parameters has something too much although every ∂L/∂z is right, and it points where the
 * gradient does: the gradients of steps before, which nobody set back to 0.
 */
export function examineAccumulation({ layers }: Forward, backward: Backward, chain: Chain): void {
  const entries = backward.layers.flatMap(({ dump, dZ }, index) => {
    const { input } = layers[index];
    if (!dump.dW || !dZ || !chain.has("unexplained", `dW${dump.index}`)) return [];
    const { matrix } = productTransposed(input.matrix, dZ.matrix);
    const isMean = backward.layers[index].mean === "before";
    const scale = isMean ? 1 : 1 / dZ.matrix.rows;
    const excess = combine(dump.dW.matrix, matrix, (found, right) => found - scale * right);
    return [{ dump, agreement: cosine(excess.data, matrix.data) }];
  });
  if (entries.length < Math.min(2, layers.length)) return;
  if (entries.length < backward.layers.filter(({ dump }) => dump.dW).length) return;
  if (entries.some(({ agreement }) => agreement < LEAST_AGREEMENT)) return;
  for (const { dump, agreement } of entries) {
    for (const name of [`dW${dump.index}`, `db${dump.index}`]) {
      if (!chain.has("unexplained", name)) continue;
      chain.forget("unexplained", name);
      chain.link(name, "wrong");
      chain.discover({
        id: "gradient-accumulated",
        at: name,
        evidence: `what ${name} has beyond the gradient of this step points the same way in dW${dump.index}, with a cosine of ${show(agreement)}`,
        cause: "the gradients of earlier steps are added up and never set back to 0",
      });
    }
  }
}

export function cosine(a: Float64Array, b: Float64Array): number {
  const size = norm(a) * norm(b);
  return size === 0 ? 0 : dot(a, b) / size;
}
