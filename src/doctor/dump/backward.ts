/**
 * The backward pass of a dump, from the loss down. ∂L/∂z of each layer is taken from the dump where it has
 * it; where it has not, the gradients of the parameters tell which way of computing it reproduces them.
 */
import { Matrix } from "../../reference/matrix.js";
import { ACTIVATIONS } from "./activations.js";
import { type Chain, show } from "./chain.js";
import {
  type Explanation,
  explain,
  type Factor,
  type Hypothesis,
  type Mistake,
  type Reference,
} from "./explain.js";
import { distinct, flipped, meanFactors, type Sizes } from "./factors.js";
import { type Forward, type ForwardLayer, product } from "./forward.js";
import type { LossName } from "./loss.js";
import type { Dump, LayerDump } from "./orientation.js";
import { dot, isFiniteArray, multiplyTransposed, norm, normOf, transpose } from "./products.js";
import { computed, type Quantity } from "./quantity.js";
import { oneHot, repeatedLabels, type Targets } from "./targets.js";

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
  /** λ of a penalty on the weights that `dW` holds, beside the gradient of the loss. */
  readonly decay: number;
}

export interface Backward {
  /** The first layer first. */
  readonly layers: readonly BackwardLayer[];
  /** −1 when ∂L/∂z begins as targets − outputs: right where the update adds. */
  readonly sign: 1 | -1;
}

interface GradientHypothesis extends Hypothesis {
  readonly loss?: LossName;
}

interface TopGradient {
  readonly dZ: Quantity | undefined;
  readonly mean: Mean;
  readonly sign: 1 | -1;
}

export interface BackwardOptions {
  readonly targets: Targets;
  readonly loss: LossName;
}

export function examineBackward(
  dump: Dump,
  forward: Forward,
  chain: Chain,
  options: BackwardOptions,
): Backward {
  const { layers } = forward;
  const top = layers.length - 1;
  const hypotheses = outputHypotheses(dump, forward, options);
  const last = layers[top];
  const factors = outputFactors(sizesOf(dump, last.dump), options.loss, dump.samples);
  const first = topGradient(dump, last, forward, chain, hypotheses, {
    factors,
    loss: options.loss,
  });
  const { sign } = first;
  let { dZ, mean } = first;
  const results: BackwardLayer[] = [];
  for (let index = top; index >= 0; index--) {
    const layer = layers[index];
    const gradients = examineGradients(dump, layer, forward, { dZ, mean, sign }, chain);
    results.unshift({ dump: layer.dump, dZ, mean, ...gradients });
    if (index === 0) break;
    ({ dZ, mean } = hiddenGradient(
      dump,
      forward,
      index - 1,
      { dZ, mean, sign },
      options.loss,
      chain,
    ));
  }
  return { layers: results, sign };
}

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

function cosine(a: Float64Array, b: Float64Array): number {
  const size = norm(a) * norm(b);
  return size === 0 ? 0 : dot(a, b) / size;
}

function sizesOf({ samples, features, outputs }: Dump, { inputs, units }: LayerDump): Sizes {
  return { samples, features, outputs, inputs, units };
}

// ---------------------------------------------------------------------------------------------------
// The last layer
// ---------------------------------------------------------------------------------------------------

function outputHypotheses(
  dump: Dump,
  { layers, output, P, endsInLogits, inner }: Forward,
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
    compute: inner ? () => throughSoftmax(inner, plain()) : plain,
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
  const operand = (cause: string): Mistake => ({ id: "wrong-operand", cause });
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
    cause:
      "the target is the class next to the label's: the labels count from 1 in one place and from 0 in another",
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

/** g through the softmax's Jacobian: p ⊙ (g − Σ g·p). */
function throughSoftmax(p: Matrix, { matrix: g, sensitivity }: Reference): Reference {
  const result = new Matrix(p.rows, p.columns);
  for (let row = 0; row < p.rows; row++) {
    const start = row * p.columns;
    let sum = 0;
    for (let index = start; index < start + p.columns; index++)
      sum += g.data[index] * p.data[index];
    for (let index = start; index < start + p.columns; index++) {
      result.data[index] = p.data[index] * (g.data[index] - sum);
    }
  }
  return { matrix: result, sensitivity };
}

/** What A − Y may be multiplied by: a squared error may bring 2 and the outputs' number. */
export function scalesOf(loss: LossName, outputs: number): number[] {
  return loss === "cross-entropy" ? [1] : [1, 2, 1 / outputs, 2 / outputs];
}

/** Factors of A − Y: 1 and 1/n are both right, and so are their multiples. */
function outputFactors(sizes: Sizes, loss: LossName, samples: number): Factor[] {
  const { outputs } = sizes;
  const scales = scalesOf(loss, outputs);
  const right: Factor[] = scales.flatMap((scale) => [
    { value: scale, mistakes: [] },
    { value: scale / samples, mistakes: [] },
  ]);
  const wrong = scales.flatMap((scale) =>
    meanFactors(sizes)
      .filter(({ value, mistakes }) => value > 0 && mistakes.length > 0)
      .map((factor) => ({ ...factor, value: (factor.value * scale) / samples })),
  );
  return distinct([...right, ...right.map(flipped), ...wrong, ...wrong.map(flipped)]);
}

function topGradient(
  dump: Dump,
  last: ForwardLayer,
  forward: Forward,
  chain: Chain,
  hypotheses: readonly GradientHypothesis[],
  { factors, loss }: { readonly factors: readonly Factor[]; readonly loss: LossName },
): TopGradient {
  const name = `dZ${last.dump.index}`;
  const roundoff = Math.max(forward.P.roundoff, last.Z.roundoff);
  const { dZ } = last.dump;
  if (!dZ) {
    const found = witness(dump, last, hypotheses, name, roundoff, chain);
    if (!found) return { dZ: undefined, mean: "after", sign: 1 };
    return scaleOf(dump, found, forward, factors);
  }
  const smoothed = smoothing(dZ, hypotheses, forward, chain);
  const found = chain.judge(dZ, smoothed ? [smoothed, ...hypotheses] : hypotheses, {
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
  const isOpen = found === undefined || (isSum && mayBeMean);
  const mean = isOpen ? meanBehind(dZ, last, dump.samples) : isSum ? "after" : "before";
  return { dZ, mean, sign: factor < 0 ? -1 : 1 };
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

/** What is left of a target of 1 less one of 0; people smooth by 0.1. */
const LEAST_SMOOTHED = 0.5;

/** Label smoothing: the targets that dZ implies have two values, that of the class and that of the others. */
function smoothing(
  { matrix }: Quantity,
  [textbook]: readonly GradientHypothesis[],
  { P, output }: Forward,
  chain: Chain,
): GradientHypothesis | undefined {
  if (output !== "softmax" || matrix.columns < 3) return undefined;
  const reference = textbook.compute().matrix;
  const { columns } = matrix;
  for (const scale of [1, 1 / matrix.rows]) {
    const targets = combine(P.matrix, matrix, (p, dz) => p - dz / scale);
    const low = Math.min(...targets.data.subarray(0, columns));
    const high = Math.max(...targets.data.subarray(0, columns));
    const isSmoothed =
      low > 1e-4 &&
      high - low >= LEAST_SMOOTHED &&
      Math.abs(high + (columns - 1) * low - 1) < 1e-3 &&
      targets.data.every((t) => Math.min(Math.abs(t - low), Math.abs(t - high)) < 1e-4);
    if (!isSmoothed) continue;
    const expected = combine(P.matrix, reference, (p, g) => (p - g > 0.5 ? high : low));
    chain.note(`the targets are smoothed: ${high.toFixed(3)} and ${low.toFixed(3)} for 1 and 0`);
    return {
      mistakes: [],
      compute: () => ({
        matrix: combine(P.matrix, expected, (p, t) => p - t),
        sensitivity: 16 * norm(P.matrix.data) + 16 * norm(expected.data),
      }),
    };
  }
  return undefined;
}

// ---------------------------------------------------------------------------------------------------
// Hidden layers
// ---------------------------------------------------------------------------------------------------

function hiddenGradient(
  dump: Dump,
  forward: Forward,
  position: number,
  { dZ: dZAbove, mean, sign }: TopGradient,
  loss: LossName,
  chain: Chain,
): { dZ: Quantity | undefined; mean: Mean } {
  const layer = forward.layers[position];
  const above = forward.layers[position + 1];
  const { index } = layer.dump;
  const name = `dZ${index}`;
  const { dZ, dA } = layer.dump;
  if (!dZAbove) {
    if (dZ) chain.link(name, "unjudged");
    return { dZ, mean };
  }
  const roundoff = Math.max(
    dZAbove.roundoff,
    above.dump.W.roundoff,
    layer.Z.roundoff,
    layer.A.roundoff,
  );
  const errors = errorHypotheses(dump, layer, above, dZAbove);
  const usual = meanFactors(sizesOf(dump, above.dump));
  // The mean may be taken here; and what is above, if it is not in the dump, may have any right scale.
  const scales = dZAbove.origin === "computed" ? scalesOf(loss, dump.outputs) : [1];
  const means = mean === "after" ? scales.map((scale) => scale / dump.samples) : [];
  const right = [...scales, ...means].map((value) => ({ value, mistakes: [] }));
  // Of a sign that nothing else shows nobody can say that it is wrong.
  const turned = right.map(({ value }) => ({ value: -value, mistakes: [] }));
  const signs = dZAbove.origin === "computed" && sign > 0 ? turned : [];
  const factors = distinct([...right, ...signs, ...usual]);
  const isMean = (found: Explanation | undefined) =>
    found?.mistakes.length === 0 && means.some((value) => Math.abs(found.factor) === value);
  let operands = errors;
  let meanOfA = mean;
  if (dA && isFiniteArray(dA.matrix.data)) {
    const found = chain.judge(dA, errors, {
      name: `dA${index}`,
      factors,
      roundoff,
      from: [dZAbove],
    });
    if (isMean(found)) meanOfA = "before";
    const reference = { matrix: dA.matrix, sensitivity: norm(dA.matrix.data) };
    operands = [{ mistakes: [], compute: () => reference }];
  }
  const others = forward.layers.filter(
    ({ dump: other }) => other !== layer.dump && other.units === layer.dump.units,
  );
  const hypotheses = throughActivation(layer, operands, others);
  if (!dZ) {
    return { dZ: witness(dump, layer, hypotheses, name, roundoff, chain), mean: meanOfA };
  }
  const found = chain.judge(dZ, hypotheses, {
    name,
    factors: (operands === errors ? factors : usual).map(unlikely),
    roundoff,
    from: [dZAbove, layer.Z, layer.A],
  });
  return { dZ, mean: operands === errors && isMean(found) ? "before" : meanOfA };
}

/** Nobody divides here; a derivative that happens to be 1/10 everywhere is the better reason. */
function unlikely(factor: Factor): Factor {
  const isCount = factor.mistakes.some(({ id }) => id.startsWith("mean-by"));
  return isCount ? { ...factor, cost: factor.mistakes.length + 0.5 } : factor;
}

/** ∂L/∂a = ∂L/∂z·Wᵀ of the layer above, and what is taken for W by mistake. */
function errorHypotheses(
  dump: Dump,
  { dump: { index, units } }: ForwardLayer,
  above: ForwardLayer,
  dZ: Quantity,
): Hypothesis[] {
  const { W, newW, dW } = above.dump;
  const through = (weights: Matrix) => (): Reference => product(dZ.matrix, transpose(weights));
  const result: Hypothesis[] = [{ mistakes: [], compute: through(W.matrix) }];
  const updated = newW?.matrix ?? descended(W, dW, dump.learningRate);
  if (updated) {
    result.push({
      mistakes: [
        {
          id: "weights-updated-early",
          cause: `the error comes back through W${above.dump.index} as it is after the update, not as it was in the forward pass`,
        },
      ],
      compute: through(updated),
    });
  }
  if (W.matrix.rows === W.matrix.columns) {
    result.push({
      mistakes: [
        {
          id: "wrong-operand",
          cause: `the error comes back through W${above.dump.index}, not through its transpose`,
        },
      ],
      compute: () => product(dZ.matrix, W.matrix),
    });
  }
  for (const other of dump.layers) {
    if (other === above.dump || other.units !== dZ.matrix.columns || other.inputs !== units)
      continue;
    result.push({
      mistakes: [
        {
          id: "wrong-operand",
          cause: `the error comes back through W${other.index}, not through W${above.dump.index}`,
        },
      ],
      compute: through(other.W.matrix),
    });
  }
  return result.map((hypothesis) => ({ ...hypothesis, compute: once(hypothesis.compute), index }));
}

function descended(
  W: Quantity,
  dW: Quantity | undefined,
  rate: number | undefined,
): Matrix | undefined {
  if (!dW || rate === undefined || !isFiniteArray(dW.matrix.data)) return undefined;
  return combine(W.matrix, dW.matrix, (w, g) => w - rate * g);
}

/** ∂L/∂z = ∂L/∂a ⊙ f′(z), and what is taken for f′ by mistake. */
function throughActivation(
  { dump: { index }, Z, A, activation, mask }: ForwardLayer,
  errors: readonly Hypothesis[],
  others: readonly ForwardLayer[],
): Hypothesis[] {
  const f = activation;
  const a = A.matrix.data;
  const z = Z.matrix.data;
  const m = mask?.data;
  interface Slope {
    readonly mistakes: readonly Mistake[];
    readonly of: (at: number) => number;
  }
  // At the kink of a ReLU there is no slope, and 1 is as good as 0.
  const hasKink = f.name.includes("relu");
  const undropped = (at: number) => (m ? (m[at] === 0 ? f.of(z[at]) : a[at] / m[at]) : a[at]);
  const slopes: Slope[] = [{ mistakes: [], of: (at) => f.derivative(z[at]) }];
  if (hasKink) slopes.push({ mistakes: [], of: (at) => (z[at] === 0 ? 1 : f.derivative(z[at])) });
  const slope = (mistake: Mistake | readonly Mistake[], of: (at: number) => number) =>
    slopes.push({ mistakes: [mistake].flat(), of });
  const formula = (name: string, letter: string) =>
    name === "tanh"
      ? `1 − ${letter}²`
      : name === "relu"
        ? `(${letter} > 0)`
        : name === "sigmoid"
          ? `${letter}·(1 − ${letter})`
          : `${name}′(${letter})`;
  const { derivativeOfA } = f;
  if (derivativeOfA) slopes.push({ mistakes: [], of: (at) => derivativeOfA(undropped(at)) });
  slope(
    {
      id: "activation-derivative-missing",
      cause: `the derivative of the ${f.name} of layer ${index} is missing`,
    },
    () => 1,
  );
  const notLinear = derivativeOfA && f.name !== "relu" && f.name !== "identity";
  if (notLinear) {
    slope(
      {
        id: "derivative-of-z",
        cause: `${formula(f.name, "z")} is computed from Z${index}, where ${formula(f.name, "a")} of A${index} belongs`,
      },
      (at) => derivativeOfA(z[at]),
    );
  }
  slope(
    {
      id: "derivative-applied-twice",
      cause: `the derivative of the ${f.name} of layer ${index} is applied twice`,
    },
    (at) => f.derivative(z[at]) ** 2,
  );
  if (f.name !== "relu") {
    slope(
      {
        id: "wrong-operand",
        cause: `the derivative of the ${f.name} is taken at A${index}, which went through it already, not at Z${index}`,
      },
      (at) => f.derivative(undropped(at)),
    );
  }
  for (const { dump, Z: otherZ, A: otherA } of others) {
    for (const [used, { matrix }] of [
      [`A${dump.index}`, otherA],
      [`Z${dump.index}`, otherZ],
    ] as const) {
      const values = matrix.data;
      slope(
        {
          id: "wrong-operand",
          cause: `the derivative of the ${f.name} is taken of ${used}, which belongs to layer ${dump.index}, not to layer ${index}`,
        },
        (at) => (used.startsWith("A") && derivativeOfA ? derivativeOfA : f.derivative)(values[at]),
      );
    }
  }
  for (const other of ACTIVATIONS) {
    if (other.name === f.name || other.name === "identity") continue;
    const wrong = (text: string): Mistake => ({
      id: "wrong-activation-derivative",
      cause: `the error is multiplied by ${text}, the derivative of the ${other.name}, in layer ${index}, which applies the ${f.name}`,
    });
    const ofA = other.derivativeOfA;
    if (ofA) {
      slope(wrong(formula(other.name, "a")), (at) => ofA(undropped(at)));
      if (other.name !== "relu") slope(wrong(formula(other.name, "z")), (at) => ofA(z[at]));
    }
    slope(wrong(`${other.name}′(z)`), (at) => other.derivative(z[at]));
    slope(wrong(`${other.name}′(a)`), (at) => other.derivative(undropped(at)));
  }
  slope(
    {
      id: "wrong-activation-derivative",
      cause: `the error is multiplied by A${index} itself, not by the derivative of the ${f.name}`,
    },
    (at) => a[at],
  );
  slope(
    {
      id: "wrong-activation-derivative",
      cause: `the error is multiplied by Z${index} itself, not by the derivative of the ${f.name}`,
    },
    (at) => z[at],
  );
  if (m) {
    slope(
      {
        id: "wrong-operand",
        cause: `the error does not pass through the dropout of layer ${index}`,
      },
      (at) => f.derivative(z[at]) / (m[at] || 1),
    );
  }
  const kinks = (at: number) =>
    m ? (m[at] === 0 && Math.abs(f.of(z[at])) > 1e-6 ? 0 : m[at] || 1) : 1;
  return errors.flatMap((error) =>
    slopes.map(({ mistakes, of }) => ({
      mistakes: [...error.mistakes, ...mistakes],
      compute: () => {
        const { matrix, sensitivity } = error.compute();
        let largest = 0;
        const data = matrix.data.map((value, at) => {
          const factor = of(at) * kinks(at);
          largest = Math.max(largest, Math.abs(factor));
          return value === 0 ? 0 : value * factor;
        });
        return {
          matrix: new Matrix(matrix.rows, matrix.columns, data),
          sensitivity: sensitivity * Math.max(1, largest),
        };
      },
    })),
  );
}

// ---------------------------------------------------------------------------------------------------
// The gradients of the parameters
// ---------------------------------------------------------------------------------------------------

/**
 * ∂L/∂z that the dump does not hold: the hypothesis with which it gives the gradients that the dump does
 * hold, at the least mistakes.
 */
function witness(
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
    (decayOf(dW, through[0], layer.dump, factors, roundoff, 1) ??
      decayOf(dW, through[0], layer.dump, factors, roundoff, -1));
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

function examineGradients(
  dump: Dump,
  layer: ForwardLayer,
  forward: Forward,
  { dZ, mean, sign }: TopGradient,
  chain: Chain,
): Pick<BackwardLayer, "dW" | "db" | "sums" | "decay"> {
  const { dW, db, index, W } = layer.dump;
  const isKnown = dZ !== undefined && isFiniteArray(dZ.matrix.data);
  const sums = { weights: false, biases: false };
  const none = { dW, db, sums, decay: 0 };
  if (!isKnown || !isFiniteArray(layer.input.matrix.data)) {
    if (dW) chain.link(`dW${index}`, "unjudged");
    if (db) chain.link(`db${index}`, "unjudged");
    if (db && hasWrongShape(db, layer.dump)) examineShape(db, layer.dump, dump.samples, chain);
    examineTransposed(layer.dump, chain);
    return none;
  }
  const sizes = sizesOf(dump, layer.dump);
  const divisor = mean === "before" ? 1 : dump.samples;
  const base = meanFactors(sizes).map((factor) => ({ ...factor, value: factor.value / divisor }));
  // A sum may wait for the update to take its mean.
  const factors =
    mean === "after"
      ? distinct([
          base[0],
          { value: 1, mistakes: [] },
          { value: -1, mistakes: flipped(base[0]).mistakes },
          ...base,
        ])
      : base;
  const roundoff = Math.max(dZ.roundoff, layer.input.roundoff);
  let decay = 0;
  let gradient = dW;
  if (dW) {
    const hypotheses = weightHypotheses(layer, forward, dZ);
    const decayed = decayOf(dW, hypotheses[0], layer.dump, factors, roundoff, sign);
    if (decayed) {
      decay = decayed.decay;
      chain.note("the gradients of the weights hold a penalty on the weights");
      gradient = {
        ...dW,
        matrix: combine(dW.matrix, W.matrix, (g, w) => g - sign * decay * w),
      };
    }
    const found = chain.judge(gradient ?? dW, hypotheses, {
      name: `dW${index}`,
      factors,
      roundoff,
      from: [dZ, layer.input],
    });
    sums.weights = isUnmeaned(found, mean, dump.samples);
  }
  examineTransposed(layer.dump, chain);
  if (db) {
    const found = examineBiasGradient(dump, layer, dZ, factors, chain);
    // Of a gradient that is summed over the wrong axis the weights' must tell.
    sums.biases = hasWrongShape(db, layer.dump)
      ? sums.weights
      : isUnmeaned(found, mean, dump.samples);
  }
  return { dW: gradient, db, sums, decay };
}

function examineTransposed({ index, W, dWIsTransposed }: LayerDump, chain: Chain): void {
  if (!dWIsTransposed) return;
  const expected = `${W.matrix.rows} × ${W.matrix.columns}`;
  chain.link(`dW${index}`, "wrong");
  chain.discover({
    id: "gradient-transposed",
    at: `dW${index}`,
    evidence: `dW${index} has the shape of the transposed W${index}, which has ${expected}`,
    cause: "the two factors of the product are the wrong way round",
  });
}

/** Whether a gradient is the sum over the samples, with nothing wrong but that. */
function isUnmeaned(found: Explanation | undefined, mean: Mean, samples: number): boolean {
  return (
    mean === "after" &&
    samples > 1 &&
    found?.reason !== undefined &&
    norm(found.reference.matrix.data) > 0 &&
    Math.abs(Math.abs(found.factor) - 1) < 1e-9
  );
}

/** aᵀ·∂L/∂z, and what is taken for a by mistake. */
function weightHypotheses(layer: ForwardLayer, { layers }: Forward, dZ: Quantity): Hypothesis[] {
  const { index, inputs, units } = layer.dump;
  const right = once(() => productTransposed(layer.input.matrix, dZ.matrix));
  const result: Hypothesis[] = [{ mistakes: [], compute: right }];
  const inputName = index === 1 ? "X" : `A${index - 1}`;
  const operand = (used: string): Mistake => ({
    id: "wrong-operand",
    cause: `dW${index} is computed from ${used}, not from ${inputName}`,
  });
  for (const { dump, Z, A, input } of layers) {
    const candidates: [string, Quantity][] = [
      [`Z${dump.index}`, Z],
      [`A${dump.index}`, A],
      ...(dump.index === 1 ? [["X", input] as [string, Quantity]] : []),
    ];
    for (const [used, { matrix }] of candidates) {
      if (used === inputName || matrix === layer.input.matrix) continue;
      if (matrix.columns !== inputs || !isFiniteArray(matrix.data)) continue;
      result.push({
        mistakes: [operand(used)],
        compute: () => productTransposed(matrix, dZ.matrix),
      });
    }
  }
  const below = layers[index - 2];
  if (index > 1 && below.dump.dA && below.dump.units === inputs) {
    const { matrix } = below.dump.dA;
    result.push({
      mistakes: [operand(`dA${index - 1}`)],
      compute: () => productTransposed(matrix, dZ.matrix),
    });
  }
  const own = layers[index - 1];
  if (index < layers.length && own.dump.dA) {
    const { matrix } = own.dump.dA;
    result.push({
      mistakes: [
        operand(`dA${index} for dZ${index}; the derivative of the activation is left out`),
      ],
      compute: () => productTransposed(layer.input.matrix, matrix),
    });
  }
  if (inputs === units && inputs > 1) {
    result.push({
      mistakes: [
        {
          id: "gradient-transposed",
          cause:
            "the two factors of the product are the wrong way round, which the shape of a square matrix does not show",
        },
      ],
      compute: () => {
        const { matrix, sensitivity } = right();
        return { matrix: transpose(matrix), sensitivity };
      },
    });
  }
  return result;
}

function productTransposed(a: Matrix, b: Matrix): Reference {
  return {
    matrix: multiplyTransposed(a, b),
    sensitivity: (1 + Math.sqrt(a.rows) / 32) * normOf(a) * normOf(b),
  };
}

function columnSums({ rows, columns, data }: Matrix): Reference {
  const sums = new Matrix(1, columns);
  for (let index = 0; index < data.length; index++) sums.data[index % columns] += data[index];
  return { matrix: sums, sensitivity: (1 + Math.sqrt(rows) / 32) * Math.sqrt(rows) * norm(data) };
}

function rowSums({ rows, columns, data }: Matrix): Reference {
  const sums = new Matrix(rows, 1);
  for (let index = 0; index < data.length; index++)
    sums.data[Math.floor(index / columns)] += data[index];
  return { matrix: sums, sensitivity: 2 * Math.sqrt(columns) * norm(data) };
}

function examineBiasGradient(
  dump: Dump,
  layer: ForwardLayer,
  dZ: Quantity,
  factors: readonly Factor[],
  chain: Chain,
): Explanation | undefined {
  const db = layer.dump.db as Quantity;
  const name = `db${layer.dump.index}`;
  const { samples } = dump;
  const { units } = layer.dump;
  const axis = (cause: string): Mistake => ({ id: "bias-gradient-axis", cause });
  const options = { name, factors, roundoff: dZ.roundoff, from: [dZ] };
  const overUnits: Hypothesis = {
    mistakes: [
      axis(
        `it is summed over the ${units} units, which leaves a number for each of ${samples} samples, not one for each unit`,
      ),
    ],
    compute: () => rowSums(dZ.matrix),
  };
  const textbook: Hypothesis = { mistakes: [], compute: () => columnSums(dZ.matrix) };
  const { rows, columns } = db.matrix;
  if (rows === 1 && columns === units) {
    const everything: Hypothesis = {
      mistakes: [axis("it is summed over samples and units alike")],
      compute: () => {
        const { matrix, sensitivity } = columnSums(dZ.matrix);
        const sum = matrix.data.reduce((total, value) => total + value, 0);
        return { matrix: new Matrix(1, units, new Float64Array(units).fill(sum)), sensitivity };
      },
    };
    return chain.judge(
      db,
      [textbook, ...(units === samples ? [overUnits] : []), everything],
      options,
    );
  }
  // Of the wrong shape it is wrong whatever its numbers.
  examineShape(db, layer.dump, samples, chain);
  if (columns !== 1 || rows === 1) return undefined;
  const found = explain(db, [{ mistakes: [], compute: overUnits.compute }], {
    factors,
    roundoff: dZ.roundoff,
  });
  for (const mistake of found?.reason?.mistakes ?? []) {
    const evidence = `${name} is ${show(found?.factor ?? 0)} times the sum over the units`;
    chain.discover({ at: name, evidence, ...mistake });
  }
  return undefined;
}

function hasWrongShape({ matrix }: Quantity, { units }: LayerDump): boolean {
  return matrix.rows !== 1 || matrix.columns !== units;
}

function examineShape(
  { matrix: { rows, columns } }: Quantity,
  { index, units }: LayerDump,
  samples: number,
  chain: Chain,
): void {
  const name = `db${index}`;
  const isList = rows === 1 || columns === 1;
  chain.link(name, "wrong");
  chain.discover({
    id: "bias-gradient-axis",
    at: name,
    evidence: `${name} has ${isList ? rows * columns : `${rows} × ${columns}`} numbers, expected ${units}, one for each unit`,
    cause:
      rows === 1
        ? "it is summed over samples and units alike, which leaves one number"
        : columns === 1
          ? `it is summed over the ${units} units, which leaves a number for each of ${samples} samples`
          : "it is not summed over the samples, which leaves a matrix",
  });
}

/** λ > 0 for which dW = c·reference + λ·W, c a factor without a mistake; undefined when there is none. */
function decayOf(
  dW: Quantity,
  textbook: Hypothesis,
  { W }: LayerDump,
  factors: readonly Factor[],
  roundoff: number,
  sign: 1 | -1,
): { readonly decay: number } | undefined {
  const { matrix: reference, sensitivity } = textbook.compute();
  const x = dW.matrix.data;
  const w = W.matrix.data;
  const r = reference.data;
  if (x.length !== r.length || norm(w) === 0) return undefined;
  const unit = Math.max(roundoff, dW.roundoff) * 32;
  for (const { value, mistakes } of factors) {
    if (mistakes.length > 0) continue;
    let wx = 0;
    let ww = 0;
    let total = 0;
    for (let index = 0; index < x.length; index++) {
      const rest = x[index] - value * r[index];
      wx += rest * w[index];
      ww += w[index] * w[index];
      total += rest * rest;
    }
    const noise = unit * (Math.abs(value) * sensitivity + norm(x));
    const left = Math.sqrt(Math.max(0, total - (wx * wx) / ww));
    if (Math.sqrt(total) <= noise) return undefined;
    if (sign * wx > 0 && left <= noise + 1e-6 * Math.sqrt(total))
      return { decay: Math.abs(wx / ww) };
  }
  return undefined;
}

function once(compute: () => Reference): () => Reference {
  let result: Reference | undefined;
  return () => {
    result ??= compute();
    return result;
  };
}

/** f of the entries of two matrices of the same shape. */
export function combine(a: Matrix, b: Matrix, f: (a: number, b: number) => number): Matrix {
  const result = new Matrix(a.rows, a.columns);
  for (let index = 0; index < result.data.length; index++) {
    result.data[index] = f(a.data[index], b.data[index]);
  }
  return result;
}
