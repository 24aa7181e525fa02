/** ∂L/∂z of the last layer as a dump holds it, or as what follows from it shows it, and where the mean is taken. */
import { Matrix } from "../../reference/matrix.js";
import type { Chain } from "./chain.js";
import { explain, type Factor, type Hypothesis, type Reference } from "./explain.js";
import { scalesOf } from "./factors.js";
import { errorHypotheses, throughActivation } from "./hiddenGradient.js";
import type { LossName } from "./losses.js";
import type { Variation } from "./objective.js";
import type { Dump } from "./orientation.js";
import type { GradientHypothesis } from "./outputGradient.js";
import type { Forward, ForwardLayer, Mean, TopGradient } from "./passes.js";
import { isFiniteArray } from "./products.js";
import type { Quantity } from "./quantity.js";
import { columnSums, combine, productTransposed } from "./references.js";
import { witness } from "./witness.js";

interface TopOptions {
  readonly factors: readonly Factor[];
  readonly loss: LossName;
  readonly variation: Variation;
}

export function topGradient(
  dump: Dump,
  last: ForwardLayer,
  forward: Forward,
  chain: Chain,
  hypotheses: readonly GradientHypothesis[],
  { factors, loss, variation }: TopOptions,
): TopGradient {
  const name = `dZ${last.dump.index}`;
  const roundoff = Math.max(forward.P.roundoff, last.Z.roundoff);
  const { dZ } = last.dump;
  if (!dZ) {
    const found = witness(dump, last, hypotheses, name, roundoff, chain);
    if (!found) return { dZ: undefined, mean: "after", sign: 1 };
    return scaleOf(dump, found, forward, factors);
  }
  if (variation.isOfDistance) {
    chain.link(name, "right");
    return { dZ, mean: meanBehind(dZ, last, dump.samples), sign: 1 };
  }
  const { weights } = variation;
  const found = chain.judge(dZ, weights ? [weighted(hypotheses[0], weights)] : hypotheses, {
    name,
    factors,
    roundoff,
    from: [forward.P, last.Z],
  });
  const factor = found?.factor ?? 1;
  const scales = scalesOf(loss, dump.outputs);
  const isSum = scales.some((scale) => Math.abs(factor) === scale);
  const mayBeMean = scales.some(
    (scale) => Math.abs(Math.abs(factor) * dump.samples - scale) < 1e-9,
  );
  // Of n = 10 samples and 10 outputs 1/10 may be either, and of what differs nobody knows.
  const isOpen = found === undefined || weights !== undefined || (isSum && mayBeMean);
  const mean = isOpen ? meanBehind(dZ, last, dump.samples) : isSum ? "after" : "before";
  return { dZ, mean, sign: factor < 0 ? -1 : 1 };
}

/** A gradient in which samples count differently. */
function weighted({ compute }: Hypothesis, weights: Float64Array): Hypothesis {
  return {
    mistakes: [],
    compute: () => {
      const { matrix, sensitivity } = compute();
      const { rows, columns } = matrix;
      const data = matrix.data.map((value, at) => value * weights[Math.floor(at / columns)]);
      return {
        matrix: new Matrix(rows, columns, data),
        sensitivity: 64 * sensitivity * Math.max(...weights),
      };
    },
  };
}

/** A gradient that is less than this many times the sum over the samples was divided by something. */
const LEAST_SUM = 0.9;

/** Where the mean is taken, as the gradients of the last layer's parameters have it. */
function meanBehind(dZ: Quantity, { dump, input }: ForwardLayer, samples: number): Mean {
  const { dW, db } = dump;
  const factors = [1, -1, 1 / samples, -1 / samples].map((value) => ({ value, mistakes: [] }));
  const tried: [Quantity | undefined, () => Reference][] = [
    [db?.matrix.rows === 1 ? db : undefined, () => columnSums(dZ.matrix)],
    [dW, () => productTransposed(input.matrix, dZ.matrix)],
  ];
  for (const [gradient, compute] of tried) {
    if (!gradient || !isFiniteArray(gradient.matrix.data)) continue;
    const found = explain(gradient, [{ mistakes: [], compute }], {
      factors,
      roundoff: dZ.roundoff,
    });
    if (found?.reason) return Math.abs(found.factor) === 1 ? "before" : "after";
    // Whoever divides here, by whatever number, means to take the mean here.
    if (found) return Math.abs(found.factor) < LEAST_SUM ? "after" : "before";
  }
  return "before";
}

/**
 * ∂L/∂z of the last layer, which the dump does not hold, with the factor that what follows from it has: the
 * mean may be in it, and a squared error's 2.
 */
function scaleOf(
  dump: Dump,
  dZ: Quantity,
  { layers }: Forward,
  factors: readonly Factor[],
): TopGradient {
  const last = layers[layers.length - 1];
  const right = factors.filter(({ mistakes }) => mistakes.every(({ id }) => id === "sign-flipped"));
  const scaled = (factor: number, mean: Mean): TopGradient => ({
    dZ: { ...dZ, matrix: combine(dZ.matrix, dZ.matrix, (value) => value * factor) },
    mean,
    sign: factor < 0 ? -1 : 1,
  });
  const below = layers[layers.length - 2];
  const next = below?.dump.dA ?? below?.dump.dZ;
  if (below && next && isFiniteArray(next.matrix.data)) {
    const errors = errorHypotheses(dump, below, last, dZ);
    const hypotheses = below.dump.dA ? errors : throughActivation(below, errors, []);
    const found = explain(next, hypotheses, { factors: right, roundoff: dZ.roundoff });
    if (found?.reason) {
      return scaled(
        found.factor,
        Math.abs(found.factor) < 1 / Math.sqrt(dump.samples) ? "before" : "after",
      );
    }
  }
  const { dW, db } = last.dump;
  const { matrix: input } = last.input;
  const candidates: [Quantity | undefined, () => Reference][] = [
    [db?.matrix.rows === 1 ? db : undefined, () => columnSums(dZ.matrix)],
    [dW, () => productTransposed(input, dZ.matrix)],
  ];
  for (const [gradient, compute] of candidates) {
    if (!gradient || !isFiniteArray(gradient.matrix.data) || !isFiniteArray(input.data)) continue;
    const found = explain(gradient, [{ mistakes: [], compute }], {
      factors: right,
      roundoff: dZ.roundoff,
    });
    // Whether the mean is taken here or there makes no difference to what follows.
    const isMean = found && Math.abs(found.factor) < 1 / Math.sqrt(dump.samples);
    if (found?.reason) return scaled(found.factor * (isMean ? dump.samples : 1), "after");
  }
  return { dZ, mean: "after", sign: 1 };
}
