/** What ∂L/∂z of the last layer may be: right for each loss, or wrong in a way that has a name. */
import { Matrix } from "../../reference/matrix.js";
import { ACTIVATIONS } from "./activations.js";
import type { Hypothesis, Mistake, Reference } from "./explain.js";
import type { LossName } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { BackwardOptions, Forward } from "./passes.js";
import { norm } from "./products.js";
import { combine, throughSoftmax } from "./references.js";
import { NEXT_CLASS, oneHot, repeatedLabels, type Targets } from "./targets.js";

export interface GradientHypothesis extends Hypothesis {
  /** The loss whose right gradient it is. */
  readonly loss?: LossName;
}

/** What all of them are made from. */
interface Terms {
  /** The layer's number, counted from 1. */
  readonly layer: number;
  readonly isSquared: boolean;
  readonly outputName: string;
  /** The loss that belongs to the output, and takes its derivative back out. */
  readonly matched: "cross-entropy" | "binary-cross-entropy";
  /** P − T */
  readonly difference: (p: Matrix, t: Matrix) => Reference;
  /** A − Y, and that times a factor of each of its entries. */
  readonly plain: () => Reference;
  readonly times: (factor: (p: number, z: number) => number) => () => Reference;
}

/** Those that mean no mistake first, and of mistakes the likelier ones before the others. */
export function outputHypotheses(
  dump: Dump,
  forward: Forward,
  options: BackwardOptions,
): GradientHypothesis[] {
  const terms = termsOf(forward, options);
  return [
    ...rightHypotheses(forward, options, terms),
    ...outputDerivatives(forward, terms),
    ...ACTIVATIONS.slice(0, 3).flatMap((activation) => strayDerivatives(activation, terms)),
    ...operandHypotheses(forward, options, terms),
    ...labelled(dump, forward, options, terms),
  ];
}

function termsOf({ layers, output, P }: Forward, { targets, loss }: BackwardOptions): Terms {
  const last = layers[layers.length - 1];
  const difference = (p: Matrix, t: Matrix): Reference => {
    const matrix = combine(p, t, (a, b) => a - b);
    return { matrix, sensitivity: norm(p.data) + norm(t.data) };
  };
  const plain = () => difference(P.matrix, targets.matrix);
  return {
    layer: last.dump.index,
    isSquared: loss === "mean-squared-error",
    outputName: output === "softmax" ? "softmax" : output.name,
    matched: output === "softmax" ? "cross-entropy" : "binary-cross-entropy",
    difference,
    plain,
    times: (factor) => () =>
      scaledBy(plain(), (at) => factor(P.matrix.data[at], last.Z.matrix.data[at])),
  };
}

function scaledBy({ matrix, sensitivity }: Reference, factor: (at: number) => number): Reference {
  const data = matrix.data.map((value, at) => value * factor(at));
  return { matrix: new Matrix(matrix.rows, matrix.columns, data), sensitivity };
}

/** The gradient of the loss, and of the squared error also that without the derivative of the output. */
function rightHypotheses(
  { output, P, misused, automatic }: Forward,
  { targets }: BackwardOptions,
  { isSquared, outputName, matched, plain, times }: Terms,
): GradientHypothesis[] {
  if (!isSquared) {
    const compute = misused ? () => misused(targets.matrix) : plain;
    const direct = { loss: matched, mistakes: [], compute };
    if (!automatic) return [direct];
    return [direct, { loss: matched, mistakes: [], compute: () => automatic(targets.matrix) }];
  }
  const squared: GradientHypothesis = {
    loss: "mean-squared-error",
    mistakes: [],
    compute:
      output === "softmax"
        ? () => throughSoftmax(P.matrix, plain())
        : times((_, z) => output.derivative(z)),
  };
  // The identity's derivative is 1: without it nothing is missing.
  if (outputName === "identity") return [squared];
  const missing: Mistake = {
    id: "activation-derivative-missing",
    cause: `the derivative of the last layer's ${outputName} is missing, which the squared error needs`,
  };
  return [squared, { mistakes: [missing], compute: plain }];
}

/** The derivative of the output where it does not belong, or that of a sigmoid for a softmax's. */
function outputDerivatives({ output, P }: Forward, terms: Terms): GradientHypothesis[] {
  const { isSquared, outputName, matched, plain, times } = terms;
  const ofSigmoid = times((p) => p * (1 - p));
  if (isSquared) {
    if (output !== "softmax") return [];
    return [{ mistakes: [wrongDerivative("a·(1 − a)", terms)], compute: ofSigmoid }];
  }
  const extra: Mistake = {
    id: "extra-output-derivative",
    cause: `the derivative of the ${outputName} is applied to A − Y, which has it already: the ${matched} takes it back out`,
  };
  return [
    { mistakes: [extra], compute: ofSigmoid },
    { mistakes: [extra], compute: () => throughSoftmax(P.matrix, plain()) },
  ];
}

/** A − Y times something that has to do with the derivative of an activation. */
function strayDerivatives(
  { derivativeOfA, derivative, name }: (typeof ACTIVATIONS)[number],
  terms: Terms,
): GradientHypothesis[] {
  const { layer, isSquared, outputName, times } = terms;
  const ofZ = {
    mistakes: [wrongDerivative(`${name}′(z)`, terms)],
    compute: times((_, z) => derivative(z)),
  };
  if (!derivativeOfA) return [ofZ];
  const text = name === "tanh" ? "1 − a²" : name === "relu" ? "(a > 0)" : "a·(1 − a)";
  const formulaOfZ = times((_, z) => derivativeOfA(z));
  if (!isSquared || name !== outputName) {
    const wrongFormula = wrongDerivative(text.replaceAll("a", "z"), terms);
    return [
      { mistakes: [wrongDerivative(text, terms)], compute: times((p) => derivativeOfA(p)) },
      { mistakes: [wrongFormula], compute: formulaOfZ },
      ofZ,
    ];
  }
  const mistakes: [Mistake, () => Reference][] = [
    [
      { id: "derivative-of-z", cause: `${text} is taken of Z${layer} where A${layer} belongs` },
      formulaOfZ,
    ],
    [
      {
        id: "derivative-applied-twice",
        cause: `the derivative of the ${outputName} is applied twice`,
      },
      times((p) => derivativeOfA(p) ** 2),
    ],
    [
      wrongOperand(
        `the derivative of the ${outputName} is taken at A${layer}, which went through it already`,
      ),
      times((p) => derivative(p)),
    ],
  ];
  return mistakes.map(([mistake, compute]) => ({ mistakes: [mistake], compute }));
}

/** Z in place of A, and A without Y. */
function operandHypotheses(
  { layers, output, P, endsInLogits }: Forward,
  { targets }: BackwardOptions,
  { layer, difference }: Terms,
): GradientHypothesis[] {
  const { Z } = layers[layers.length - 1];
  const ofZ = {
    mistakes: [wrongOperand(`dZ${layer} is computed from Z${layer}, not from A${layer}`)],
    compute: () => difference(Z.matrix, targets.matrix),
  };
  const withoutTargets = {
    mistakes: [wrongOperand(`dZ${layer} is A${layer}; Y is not subtracted`)],
    compute: () => ({ matrix: P.matrix, sensitivity: norm(P.matrix.data) }),
  };
  // Where A is Z nothing can be mixed up.
  const differ = endsInLogits || output === "softmax" || output.name !== "identity";
  return differ ? [ofZ, withoutTargets] : [withoutTargets];
}

/** Mistaken targets, of a squared error times the derivative of the output as well. */
function labelled(
  dump: Dump,
  { layers, output, P }: Forward,
  { targets }: BackwardOptions,
  { isSquared, difference }: Terms,
): GradientHypothesis[] {
  const found = labelHypotheses(dump, P.matrix, targets, difference);
  if (!isSquared) return found;
  const { Z } = layers[layers.length - 1];
  const slope = (at: number) => (output === "softmax" ? 1 : output.derivative(Z.matrix.data[at]));
  const through = found.map(({ mistakes, compute }) => ({
    mistakes,
    compute: () => scaledBy(compute(), slope),
  }));
  return [...found, ...through];
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

function wrongOperand(cause: string): Mistake {
  return { id: "wrong-operand", cause };
}

function wrongDerivative(text: string, { isSquared, outputName }: Terms): Mistake {
  return {
    id: isSquared ? "wrong-activation-derivative" : "extra-output-derivative",
    cause: isSquared
      ? `A − Y is multiplied by ${text}, which is not the derivative of the ${outputName}`
      : `A − Y is multiplied by ${text}, where nothing belongs`,
  };
}
