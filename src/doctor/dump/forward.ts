/** The forward pass of a dump: z = a·W + b and a = f(z), layer after layer. */
import { Matrix } from "../../reference/matrix.js";
import { softmax } from "../../reference/network.js";
import { ACTIVATIONS, type ActivationFunction, activationNamed } from "./activations.js";
import { type Chain, show } from "./chain.js";
import type { Factor, Hypothesis, Mistake, Reference } from "./explain.js";
import { explain } from "./explain.js";
import type { Dump, LayerDump } from "./orientation.js";
import { isFiniteArray, multiply, norm, normOf, transpose } from "./products.js";
import { computed, type Quantity } from "./quantity.js";

/** What the last layer's numbers are made of z: the softmax is no function of one z alone. */
export type OutputFunction = "softmax" | ActivationFunction;

/** A layer after the forward pass: what the dump holds, or else what follows from it. */
export interface ForwardLayer {
  readonly dump: LayerDump;
  /** What goes into the layer, `[samples, inputs]`. */
  readonly input: Quantity;
  readonly Z: Quantity;
  readonly A: Quantity;
  /** f of a hidden layer. */
  readonly activation: ActivationFunction;
  /** Factors of dropout that a hidden layer's activations were multiplied by, `[samples, units]`. */
  readonly mask: Matrix | undefined;
}

export interface Forward {
  readonly layers: readonly ForwardLayer[];
  readonly output: OutputFunction;
  /** What the loss takes for probabilities or predictions, `[samples, outputs]`. */
  readonly P: Quantity;
  /** Whether the dump's last activations are logits, and the softmax is a part of the loss. */
  readonly endsInLogits: boolean;
  /** softmax(z), where the loss takes the softmax of that once more. */
  readonly inner: Matrix | undefined;
}

export interface ForwardOptions {
  /** What the person says that the layers apply, one name a layer. */
  readonly declared: readonly string[] | undefined;
  /** What hidden layers are supposed to apply whose activations the dump does not hold. */
  readonly hidden: ActivationFunction;
  /** The same of the last layer. */
  readonly output: OutputFunction;
  readonly isClassification: boolean;
  /** Whether the loss is supposed to apply a softmax to what went through one. */
  readonly isDoubled: boolean;
}

const ONE: readonly Factor[] = [{ value: 1, mistakes: [] }];

export function examineForward(dump: Dump, chain: Chain, options: ForwardOptions): Forward {
  const layers: ForwardLayer[] = [];
  let input = dump.X;
  const top = dump.layers.length - 1;
  for (const layer of dump.layers.slice(0, -1)) {
    const Z = weightedSums(dump, layer, input, layers, chain);
    const { A, activation, mask } = hiddenActivations(layer, Z, chain, options);
    layers.push({ dump: layer, input, Z, A, activation, mask });
    input = A;
  }
  const layer = dump.layers[top];
  const Z = weightedSums(dump, layer, input, layers, chain);
  const single = outputs(layer, Z, chain, options);
  const { output, endsInLogits } = single;
  const isDoubled = options.isDoubled && output === "softmax";
  const inner = isDoubled ? single.P.matrix : undefined;
  const P = isDoubled ? doubled(single.P, chain) : single.P;
  const activation = output === "softmax" ? ACTIVATIONS[0] : output;
  layers.push({ dump: layer, input, Z, A: layer.A ?? P, activation, mask: undefined });
  return { layers, output, P, endsInLogits, inner };
}

/**
 * A·B and its rounding: a sum of k products is rounded k times, by as much as its partial sums are large.
 * These grow like √k when the products have one sign, and hardly when they have not.
 */
export function product(a: Matrix, b: Matrix): Reference {
  return {
    matrix: multiply(a, b),
    sensitivity: (1 + Math.sqrt(a.columns) / 32) * normOf(a) * normOf(b),
  };
}

/** z = a·W + b */
function weightedSums(
  dump: Dump,
  layer: LayerDump,
  input: Quantity,
  below: readonly ForwardLayer[],
  chain: Chain,
): Quantity {
  const { W, b, Z, newW, index } = layer;
  const roundoff = Math.max(input.roundoff, W.roundoff, b?.roundoff ?? 0);
  const bias = b && b.matrix.rows === dump.samples && dump.samples > 1 ? "matrix" : "row";
  if (b && bias === "matrix") {
    chain.discover({
      id: "bias-broadcast",
      at: b.name,
      evidence: `${b.name} has ${b.matrix.rows} × ${b.matrix.columns} numbers, expected ${layer.units}, one for each unit`,
      cause: "the bias has become a matrix with a row for each sample",
    });
    chain.link(b.name, "wrong");
  }
  const sums = (a: Matrix, w: Matrix, sign = 1): Reference => {
    const result = product(a, w);
    return b && sign !== 0 ? withBias(result, b.matrix, sign) : result;
  };
  const textbook: Hypothesis = { mistakes: [], compute: () => sums(input.matrix, W.matrix) };
  const name = `Z${index}`;
  if (!Z) return computed(name, textbook.compute().matrix, roundoff, input.origin);
  const hypotheses: Hypothesis[] = [textbook];
  const add = (mistake: Mistake, compute: () => Reference) =>
    hypotheses.push({ mistakes: [mistake], compute });
  const operand = (text: string): Mistake => ({ id: "wrong-operand", cause: text });
  const inputName = index === 1 ? "X" : `A${index - 1}`;
  if (b && norm(b.matrix.data) > 0) {
    add(operand(`${name} is computed without b${index}`), () => sums(input.matrix, W.matrix, 0));
    add(operand(`b${index} is subtracted, not added`), () => sums(input.matrix, W.matrix, -1));
    add(operand(`b${index} is added twice`), () => sums(input.matrix, W.matrix, 2));
  }
  for (const { dump: other, Z: z, A } of below) {
    for (const quantity of [z, A]) {
      if (quantity === input || quantity.matrix.columns !== layer.inputs) continue;
      const used = quantity === z ? `Z${other.index}` : `A${other.index}`;
      add(operand(`${name} is computed from ${used}, not from ${inputName}`), () =>
        sums(quantity.matrix, W.matrix),
      );
    }
  }
  if (index > 1 && dump.features === layer.inputs) {
    add(operand(`${name} is computed from X, not from ${inputName}`), () =>
      sums(dump.X.matrix, W.matrix),
    );
  }
  if (newW) {
    add(operand(`${name} is computed with W${index} as it is after the update`), () =>
      sums(input.matrix, newW.matrix),
    );
  }
  for (const other of dump.layers) {
    if (other === layer || other.inputs !== layer.inputs || other.units !== layer.units) continue;
    add(operand(`${name} is computed with ${other.W.name}, not with ${W.name}`), () =>
      sums(input.matrix, other.W.matrix),
    );
  }
  if (layer.inputs === layer.units) {
    add(operand(`${name} is computed with the transposed ${W.name}`), () =>
      sums(input.matrix, transpose(W.matrix)),
    );
  }
  if (index === 1) {
    for (const [scale, id, text] of [
      [1 / 255, "inputs-scaled-twice", "X is divided by 255 once more on its way into layer 1"],
      [255, "inputs-unscaled", "X is multiplied by 255 on its way into layer 1"],
    ] as const) {
      add({ id, cause: text }, () => sums(scaled(input.matrix, scale), W.matrix));
    }
  }
  chain.judge(Z, hypotheses, { name, factors: ONE, roundoff, from: [input] });
  return Z;
}

function withBias(sums: Reference, bias: Matrix, sign: number): Reference {
  const { matrix } = sums;
  const { rows, columns, data } = matrix;
  const isRow = bias.rows === 1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] += sign * bias.data[isRow ? column : row * columns + column];
    }
  }
  const size = norm(bias.data) * (isRow ? Math.sqrt(rows) : 1);
  return { matrix, sensitivity: sums.sensitivity + size };
}

function scaled(matrix: Matrix, scale: number): Matrix {
  return new Matrix(
    matrix.rows,
    matrix.columns,
    matrix.data.map((value) => scale * value),
  );
}

/** f(z) of every entry; its rounding grows with z where f is steep. */
export function apply(f: (z: number) => number, { matrix }: Quantity): Reference {
  const data = matrix.data.map((z) => f(z));
  let steepness = 0;
  for (const z of matrix.data) steepness += (1 + Math.abs(z)) ** 2;
  return {
    matrix: new Matrix(matrix.rows, matrix.columns, data),
    sensitivity: norm(data) + Math.sqrt(steepness),
  };
}

/** The softmax of each row. */
export function softmaxOf({ matrix }: Quantity): Reference {
  return { matrix: softmax(matrix), sensitivity: softmaxSensitivity(matrix) };
}

function softmaxSensitivity({ data, rows }: Matrix): number {
  let largest = 0;
  for (const value of data)
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return Math.sqrt(rows) * (1 + largest);
}

interface ActivationHypothesis extends Hypothesis {
  readonly activation: ActivationFunction;
}

function hiddenActivations(
  layer: LayerDump,
  Z: Quantity,
  chain: Chain,
  { declared, hidden: supposed }: ForwardOptions,
): Pick<ForwardLayer, "A" | "activation" | "mask"> {
  const name = `A${layer.index}`;
  const said = declared ? activationNamed(declared[layer.index - 1]) : undefined;
  const { A } = layer;
  if (!A) {
    const activation = said ?? supposed;
    const { matrix } = apply(activation.of, Z);
    return { A: computed(name, matrix, Z.roundoff), activation, mask: undefined };
  }
  if (overflowed(name, A, Z, chain)) {
    return { A, activation: said ?? supposed, mask: undefined };
  }
  const hypothesis = (activation: ActivationFunction, mistakes: Mistake[]) => ({
    activation,
    mistakes,
    compute: () => apply(activation.of, Z),
  });
  const wrong = (actual: string): Mistake => ({
    id: "wrong-activation",
    cause: `layer ${layer.index} applies ${actual}${said ? `, not ${said.name}` : ""}`,
  });
  const hypotheses: ActivationHypothesis[] = said
    ? [
        hypothesis(said, []),
        ...ACTIVATIONS.filter((other) => other !== said).map((other) =>
          hypothesis(other, [wrong(other.name === "identity" ? "none" : other.name)]),
        ),
      ]
    : [supposed, ...ACTIVATIONS].map((activation) => hypothesis(activation, []));
  const fallback = said ?? supposed;
  hypotheses.push(
    {
      activation: fallback,
      mistakes: [wrong("a softmax over the units")],
      compute: () => softmaxOf(Z),
    },
    ...ACTIVATIONS.slice(0, 3).map((activation) => ({
      activation,
      mistakes: [wrong(`${activation.name} twice`)],
      compute: () => apply((z) => activation.of(activation.of(z)), Z),
    })),
    ...ACTIVATIONS.slice(0, 3).map((activation) => ({
      activation,
      mistakes: [wrong(`${activation.name} of −z`)],
      compute: () => apply((z) => activation.of(-z), Z),
    })),
  );
  const options = { factors: ONE, roundoff: Z.roundoff, from: [Z] };
  // Dropout changes activations, and is no mistake.
  const found = explain(A, hypotheses, options);
  if (!found || found.reason === undefined) {
    for (const activation of said ? [said] : ACTIVATIONS) {
      const mask = dropoutMask(A.matrix, apply(activation.of, Z).matrix);
      if (!mask) continue;
      chain.link(name, "right");
      chain.note(`${name} went through dropout`);
      return { A, activation, mask };
    }
  }
  const explanation = chain.judge(A, orderedBy(hypotheses, found?.hypothesis), {
    name,
    ...options,
  });
  return { A, activation: explanation?.hypothesis.activation ?? fallback, mask: undefined };
}

/** With nothing declared, whatever fits is the textbook's, and goes first. */
function orderedBy(
  hypotheses: readonly ActivationHypothesis[],
  found: ActivationHypothesis | undefined,
): ActivationHypothesis[] {
  if (!found || found.mistakes.length > 0) return [...hypotheses];
  return [found, ...hypotheses.filter((other) => other !== found)];
}

/** Least fraction of activations that dropout must have set to 0 to be told from anything else. */
const LEAST_DROPPED = 0.02;

/** A/f(z), when that is 0 here and one constant above or equal to 1 there; else undefined. */
function dropoutMask(a: Matrix, expected: Matrix): Matrix | undefined {
  let scale = 0;
  let dropped = 0;
  let visible = 0;
  const mask = new Matrix(a.rows, a.columns);
  for (let index = 0; index < a.data.length; index++) {
    const reference = expected.data[index];
    if (Math.abs(reference) < 1e-6) {
      if (Math.abs(a.data[index]) > 1e-4) return undefined;
      continue;
    }
    visible++;
    const ratio = a.data[index] / reference;
    if (ratio === 0) {
      dropped++;
      continue;
    }
    if (scale === 0) scale = ratio;
    if (!(Math.abs(ratio / scale - 1) < 1e-3) || scale < 0.99) return undefined;
    mask.data[index] = scale;
  }
  return visible > 0 && dropped / visible > LEAST_DROPPED && dropped < visible ? mask : undefined;
}

/** NaN or infinity from finite numbers: an exponential was too large. */
function overflowed(name: string, A: Quantity, Z: Quantity, chain: Chain): boolean {
  if (isFiniteArray(A.matrix.data)) return false;
  if (!isFiniteArray(Z.matrix.data)) {
    chain.link(name, "unjudged");
    return true;
  }
  const { data, columns } = A.matrix;
  const index = data.findIndex((value) => !Number.isFinite(value));
  const place = A.locate(Math.floor(index / columns), index % columns);
  const count = data.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
  const z = Z.matrix.data[index];
  const largest = Z.matrix.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  chain.link(name, "wrong");
  chain.discover({
    id: "overflow",
    at: name,
    evidence: `${name}${place} is ${data[index]} where z is ${show(z)}, and so are ${count} of ${data.length}; the largest |z| is ${show(largest)}`,
    cause: "e to the power of a large number is infinite, and ∞/∞ is not a number",
  });
  return true;
}

interface OutputHypothesis extends Hypothesis {
  readonly output: OutputFunction;
  readonly endsInLogits?: boolean;
}

function outputs(
  layer: LayerDump,
  Z: Quantity,
  chain: Chain,
  { declared, output: supposed, isClassification }: ForwardOptions,
): Pick<Forward, "output" | "P" | "endsInLogits"> {
  const name = `A${layer.index}`;
  const isDeclared = declared !== undefined;
  const compute = (output: OutputFunction) => () =>
    output === "softmax" ? softmaxOf(Z) : apply(output.of, Z);
  const { A } = layer;
  if (!A) {
    const { matrix } = compute(supposed)();
    return {
      output: supposed,
      P: computed(name, matrix, Z.roundoff, Z.origin),
      endsInLogits: false,
    };
  }
  if (overflowed(name, A, Z, chain)) return { output: supposed, P: A, endsInLogits: false };
  const wrong = (actual: string, expected = nameOf(supposed)): Mistake => ({
    id: "wrong-activation",
    cause: `the last layer applies ${actual === "identity" ? "no activation" : actual}, not ${expected}`,
  });
  const others = (["softmax", ...ACTIVATIONS] as const).filter((output) => output !== supposed);
  const isOdd = (output: OutputFunction) =>
    isDeclared || (isClassification && !USUAL_OUTPUTS.includes(nameOf(output)));
  const axis = (cause: string): Mistake => ({ id: "softmax-axis", cause });
  const hypotheses: OutputHypothesis[] = [
    { output: supposed, mistakes: [], compute: compute(supposed) },
    ...others.map((output) => ({
      output: isDeclared ? supposed : output,
      mistakes: isOdd(output) ? [wrong(nameOf(output))] : [],
      compute: compute(output),
    })),
    {
      output: "softmax",
      mistakes: [
        axis("the softmax is taken over the samples, not the classes: its columns add up to 1"),
      ],
      compute: () => overSamples(Z.matrix),
    },
    {
      output: "softmax",
      mistakes: [axis("the softmax is taken over all samples and classes at once")],
      compute: () => overAll(Z.matrix),
    },
    {
      output: "softmax",
      mistakes: [wrong("the softmax twice", "once")],
      compute: () => {
        const first = softmaxOf(Z);
        return { ...first, matrix: softmax(first.matrix) };
      },
    },
    {
      output: "softmax",
      mistakes: [],
      note: `${name} holds logarithms of probabilities`,
      compute: () => {
        const { matrix, sensitivity } = softmaxOf(Z);
        const logs = matrix.data.map((value) => Math.log(value));
        return { matrix: new Matrix(matrix.rows, matrix.columns, logs), sensitivity };
      },
      endsInLogits: true,
    },
  ];
  const explanation = chain.judge(A, hypotheses, {
    name,
    factors: ONE,
    roundoff: Z.roundoff,
    from: [Z],
  });
  const { output = supposed, endsInLogits = false } = explanation?.hypothesis ?? {};
  const isBare = supposed === "softmax" && output !== "softmax" && output.name === "identity";
  if (!endsInLogits && !(isBare && !isDeclared)) return { output, P: A, endsInLogits: false };
  const { matrix } = softmaxOf(Z);
  return {
    output: "softmax",
    P: computed(name, matrix, A.roundoff, "dumped"),
    endsInLogits: true,
  };
}

/** The loss of a library that takes logits is given probabilities. */
function doubled(P: Quantity, chain: Chain): Quantity {
  const matrix = softmax(P.matrix);
  const largest = ({ data, columns }: Matrix) => show(Math.max(...data.subarray(0, columns)));
  chain.discover({
    id: "wrong-activation",
    at: P.name,
    evidence: `the loss and its gradient are those of the softmax of the softmax: the first sample's largest probability is ${largest(P.matrix)}, and ${largest(matrix)} after the second`,
    cause: "the loss applies a softmax of its own to what went through one already",
    advice:
      "leave the softmax out of the network where the loss takes logits, as PyTorch's CrossEntropyLoss does",
  });
  return computed(P.name, matrix, P.roundoff, P.origin);
}

/** Last activations that a classifier may well have. */
const USUAL_OUTPUTS: readonly string[] = ["softmax", "sigmoid", "identity", "tanh"];

function nameOf(output: OutputFunction): string {
  return output === "softmax" ? "softmax" : output.name;
}

/** e^(z − m) / Σ over the samples: each column adds up to 1. */
function overSamples(z: Matrix): Reference {
  return { matrix: transpose(softmax(transpose(z))), sensitivity: softmaxSensitivity(z) };
}

function overAll(z: Matrix): Reference {
  const row = softmax(new Matrix(1, z.data.length, z.data));
  return {
    matrix: new Matrix(z.rows, z.columns, row.data),
    sensitivity: softmaxSensitivity(z) / Math.sqrt(z.rows),
  };
}

/** A forward pass with other parameters than the dump's. */
export interface Pass {
  /** z of each layer. */
  readonly sums: readonly Matrix[];
  /** Activations of the hidden layers. */
  readonly activations: readonly Matrix[];
  /** What the loss takes. */
  readonly outputs: Matrix;
}

/** The pass of the textbook, had the step begun with other parameters; biases are rows. */
export function outputsWith(
  { X }: Pick<Dump, "X">,
  { layers, output }: Forward,
  parameters: readonly { readonly W: Matrix; readonly b: Matrix | undefined }[],
): Pass {
  const sums: Matrix[] = [];
  const activations: Matrix[] = [];
  let a = X.matrix;
  parameters.forEach(({ W, b }, index) => {
    const z = multiply(a, W);
    if (b) for (let at = 0; at < z.data.length; at++) z.data[at] += b.data[at % b.data.length];
    sums.push(z);
    const f = index === layers.length - 1 ? output : layers[index].activation;
    a =
      f === "softmax"
        ? softmax(z)
        : new Matrix(
            z.rows,
            z.columns,
            z.data.map((value) => f.of(value)),
          );
    if (index < layers.length - 1) activations.push(a);
  });
  return { sums, activations, outputs: a };
}
