import type { Chain } from "./chain.js";
import { explain, type Hypothesis, type Reference } from "./explain.js";
import { distinct, meanFactors, outputFactors, sizesOf } from "./factors.js";
import type { Dump } from "./orientation.js";
import type { ForwardLayer } from "./passes.js";
import { isFiniteArray } from "./products.js";
import { computed, type Quantity } from "./quantity.js";
import { columnSums, productTransposed } from "./references.js";
import { decayOf } from "./weightDecay.js";

/**
 * ∂L/∂z that the dump does not hold: the hypothesis with which it gives the gradients that the dump does
 * hold, at the least mistakes.
 */
export function witness(
  dump: Dump,
  layer: ForwardLayer,
  hypotheses: readonly Hypothesis[],
  name: string,
  roundoff: number,
  chain: Chain,
): Quantity | undefined {
  const { dW, db } = layer.dump;
  const asQuantity = (hypothesis: Hypothesis) =>
    computed(name, hypothesis.compute().matrix, roundoff);
  const textbook = asQuantity(hypotheses[0]);
  const isVector = db?.matrix.rows === 1 && db.matrix.columns === layer.dump.units;
  const gradient = dW ?? (isVector ? db : undefined);
  if (!gradient || !isFiniteArray(gradient.matrix.data)) return textbook;
  const sizes = sizesOf(dump, layer.dump);
  const factors = distinct([
    ...meanFactors(sizes),
    ...outputFactors(sizes, "binary-cross-entropy", 1),
  ]);
  const through = hypotheses.map((hypothesis) => ({
    mistakes: hypothesis.mistakes,
    hypothesis,
    compute: (): Reference => {
      const { matrix } = hypothesis.compute();
      return dW ? productTransposed(layer.input.matrix, matrix) : columnSums(matrix);
    },
  }));
  const decayed =
    dW &&
    ([1, -1] as const).some((sign) =>
      decayOf(dW, through[0], layer.dump.W, { factors, roundoff, sign }),
    );
  if (decayed) return textbook;
  const found = explain(gradient, through, {
    factors,
    roundoff: Math.max(roundoff, layer.input.roundoff),
  });
  if (!found || found.hypothesis.mistakes.length === 0) return textbook;
  for (const mistake of found.hypothesis.mistakes) {
    const evidence = `the dump has no ${name}, but ${gradient.name} is what follows from this one`;
    chain.discover({ at: name, evidence, ...mistake });
  }
  chain.link(name, "wrong");
  return asQuantity(found.hypothesis.hypothesis);
}
