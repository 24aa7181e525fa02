/** ∂L/∂z of the last layer of a dump. */
import { Matrix } from "../../reference/matrix.js";
import { ACTIVATIONS } from "./activations.js";
import type { Chain } from "./chain.js";
import { explain, type Factor, type Hypothesis, type Mistake, type Reference } from "./explain.js";
import { scalesOf } from "./factors.js";
import { errorHypotheses, throughActivation } from "./hiddenGradient.js";
import type { LossName } from "./losses.js";
import type { Variation } from "./objective.js";
import type { Dump } from "./orientation.js";
import type { BackwardOptions, Forward, ForwardLayer, Mean, TopGradient } from "./passes.js";
import { isFiniteArray, norm } from "./products.js";
import type { Quantity } from "./quantity.js";
import { columnSums, combine, productTransposed, throughSoftmax } from "./references.js";
import { NEXT_CLASS, oneHot, repeatedLabels, type Targets } from "./targets.js";
import { witness } from "./witness.js";

interface GradientHypothesis extends Hypothesis {
  readonly loss?: LossName;
}

export function outputHypotheses(
  dump: Dump,
  { layers, output, P, endsInLogits, misused, automatic }: Forward,
  { targets, loss }: BackwardOptions,
): GradientHypothesis[] {
  const last = layers[layers.length - 1];
  const { Z } = last;
  const difference = (p: Matrix, t: Matrix): Reference => {
    const matrix = combine(p, t, (a, b) => a - b);
    return { matrix, sensitivity: norm(p.data) + norm(t.data) };
  };
  const plain = (): Reference => difference(P.matrix, targets.matrix);
  const times = (factor: (p: number, z: number) => number) => (): Reference => {
    const { matrix, sensitivity } = plain();
    const data = matrix.data.map(
      (value, at) => value * factor(P.matrix.data[at], Z.matrix.data[at]),
    );
    return { matrix: new Matrix(matrix.rows, matrix.columns, data), sensitivity };
  };
  const squared: GradientHypothesis =
    output === "softmax"
      ? {
          loss: "mean-squared-error",
          mistakes: [],
          compute: () => throughSoftmax(P.matrix, plain()),
        }
      : {
          loss: "mean-squared-error",
          mistakes: [],
          compute: times((_, z) => output.derivative(z)),
        };
  const name = `dZ${last.dump.index}`;
  const outputName = output === "softmax" ? "softmax" : output.name;
  const matched = output === "softmax" ? "cross-entropy" : "binary-cross-entropy";
  const direct: GradientHypothesis = {
    loss: matched,
    mistakes: [],
    compute: misused ? () => misused(targets.matrix) : plain,
  };
  const extra: Mistake = {
    id: "extra-output-derivative",
    cause: `the derivative of the ${outputName} is applied to A − Y, which has it already: the ${matched} takes it back out`,
  };
  const result: GradientHypothesis[] = [];
  const isSquared = loss === "mean-squared-error";
  if (isSquared) {
    result.push(squared);
    if (output !== "softmax" && output.name === "identity") {
      // Nothing is missing: f′ is 1.
    } else {
      result.push({
        mistakes: [
          {
            id: "activation-derivative-missing",
            cause: `the derivative of the last layer's ${outputName} is missing, which the squared error needs`,
          },
        ],
        compute: plain,
      });
    }
  } else {
    result.push(direct);
    if (automatic) {
      const compute = () => automatic(targets.matrix);
      result.push({ loss: matched, mistakes: [], compute });
    }
  }
  const wrongDerivative = (text: string): Mistake => ({
    id: isSquared ? "wrong-activation-derivative" : "extra-output-derivative",
    cause: isSquared
      ? `A − Y is multiplied by ${text}, which is not the derivative of the ${outputName}`
      : `A − Y is multiplied by ${text}, where nothing belongs`,
  });
  if (!isSquared) {
    result.push(
      { mistakes: [extra], compute: times((p) => p * (1 - p)) },
      { mistakes: [extra], compute: () => throughSoftmax(P.matrix, plain()) },
    );
  } else if (output === "softmax") {
    result.push({ mistakes: [wrongDerivative("a·(1 − a)")], compute: times((p) => p * (1 - p)) });
  }
  const operand = (cause: string): Mistake => ({ id: "wrong-operand", cause });
  for (const activation of ACTIVATIONS.slice(0, 3)) {
    const { derivativeOfA, derivative, name: other } = activation;
    if (derivativeOfA) {
      const text = other === "tanh" ? "1 − a²" : other === "relu" ? "(a > 0)" : "a·(1 − a)";
      if (isSquared && other === outputName) {
        result.push({
          mistakes: [
            {
              id: "derivative-of-z",
              cause: `${text} is taken of Z${last.dump.index} where A${last.dump.index} belongs`,
            },
          ],
          compute: times((_, z) => derivativeOfA(z)),
        });
        result.push({
          mistakes: [
            {
              id: "derivative-applied-twice",
              cause: `the derivative of the ${outputName} is applied twice`,
            },
          ],
          compute: times((p) => derivativeOfA(p) ** 2),
        });
        result.push({
          mistakes: [
            operand(
              `the derivative of the ${outputName} is taken at A${last.dump.index}, which went through it already`,
            ),
          ],
          compute: times((p) => derivative(p)),
        });
        continue;
      }
      result.push({ mistakes: [wrongDerivative(text)], compute: times((p) => derivativeOfA(p)) });
      const ofZ = text.replaceAll("a", "z");
      result.push({ mistakes: [wrongDerivative(ofZ)], compute: times((_, z) => derivativeOfA(z)) });
    }
    result.push({
      mistakes: [wrongDerivative(`${other}′(z)`)],
      compute: times((_, z) => derivative(z)),
    });
  }
  if (endsInLogits || output === "softmax" || output.name !== "identity") {
    result.push({
      mistakes: [
        operand(`${name} is computed from Z${last.dump.index}, not from A${last.dump.index}`),
      ],
      compute: () => difference(Z.matrix, targets.matrix),
    });
  }
  result.push({
    mistakes: [operand(`${name} is A${last.dump.index}; Y is not subtracted`)],
    compute: () => ({ matrix: P.matrix, sensitivity: norm(P.matrix.data) }),
  });
  const slopeOf = (index: number) =>
    output === "softmax" ? 1 : output.derivative(Z.matrix.data[index]);
  const labelled = labelHypotheses(dump, P.matrix, targets, difference);
  result.push(...labelled);
  if (isSquared) {
    for (const { mistakes, compute } of labelled) {
      result.push({
        mistakes,
        compute: () => {
          const { matrix, sensitivity } = compute();
          const data = matrix.data.map((value, at) => value * slopeOf(at));
          return { matrix: new Matrix(matrix.rows, matrix.columns, data), sensitivity };
        },
      });
    }
  }
  return result;
}

/** The labels themselves instead of one-hot targets, and labels moved by one. */
function labelHypotheses(
  { outputs }: Dump,
  p: Matrix,
  { kind, labels }: Targets,
  difference: (p: Matrix, t: Matrix) => Reference,
): GradientHypothesis[] {
  if (kind === "values" || outputs < 2) return [];
  const raw = () => repeatedLabels({ labels }, outputs);
  const moved = (by: number) => () =>
    oneHot(
      labels.map((label) => label + by),
      outputs,
    );
  const around = (by: number) => () =>
    oneHot(
      labels.map((label) => (label + by + outputs) % outputs),
      outputs,
    );
  const off: Mistake = {
    id: "labels-off-by-one",
    cause: NEXT_CLASS,
  };
  const notOneHot: Mistake = {
    id: "labels-not-one-hot",
    cause:
      "the label itself is subtracted from every output, where 1 belongs in the label's place and 0 in the others",
  };
  return [
    { mistakes: [notOneHot], compute: () => difference(p, raw()) },
    ...[1, -1].flatMap((by) => [
      { mistakes: [off], compute: () => difference(p, moved(by)()) },
      { mistakes: [off], compute: () => difference(p, around(by)()) },
    ]),
  ];
}

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
