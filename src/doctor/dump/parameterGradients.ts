import { Matrix } from "../../reference/matrix.js";
import { examineBiasGradient, examineShape, hasWrongShape } from "./biasGradient.js";
import type { Chain } from "./chain.js";
import type { Explanation, Hypothesis, Mistake } from "./explain.js";
import { distinct, flipped, meanFactors, sizesOf } from "./factors.js";
import type { Dump, LayerDump } from "./orientation.js";
import type { BackwardLayer, Forward, ForwardLayer, Mean, TopGradient } from "./passes.js";
import { isFiniteArray, norm, transpose } from "./products.js";
import type { Quantity } from "./quantity.js";
import { columnSums, once, productTransposed } from "./references.js";
import { type Decay, decayDirection, decayOf } from "./weightDecay.js";

export function examineGradients(
  dump: Dump,
  layer: ForwardLayer,
  forward: Forward,
  { dZ, mean, sign }: TopGradient,
  chain: Chain,
): Pick<BackwardLayer, "dW" | "db" | "sums" | "decay"> {
  const { dW, db, index, W, b } = layer.dump;
  const isKnown = dZ !== undefined && isFiniteArray(dZ.matrix.data);
  const sums = { weights: false, biases: false };
  const none = { dW, db, sums, decay: { weights: undefined, biases: undefined } };
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
  const options = { factors, roundoff, sign };
  const decay: Record<"weights" | "biases", Decay | undefined> = {
    weights: undefined,
    biases: undefined,
  };
  let gradient = dW;
  if (dW) {
    const hypotheses = weightHypotheses(layer, forward, dZ);
    decay.weights = decayOf(dW, hypotheses[0], W, options);
    gradient = without(decay.weights, dW, W, sign, chain);
    const found = chain.judge(gradient, hypotheses, {
      name: `dW${index}`,
      factors,
      roundoff,
      from: [dZ, layer.input],
    });
    sums.weights = isUnmeaned(found, mean, dump.samples);
  }
  examineTransposed(layer.dump, chain);
  if (db) {
    if (b && !hasWrongShape(db, layer.dump)) {
      const textbook = { mistakes: [], compute: () => columnSums(dZ.matrix) };
      decay.biases = decayOf(db, textbook, b, options);
    }
    const rest = b ? without(decay.biases, db, b, sign, chain) : db;
    const found = examineBiasGradient(dump, { layer, db: rest, dZ }, factors, chain);
    // Of a gradient that is summed over the wrong axis the weights' must tell.
    sums.biases = hasWrongShape(db, layer.dump)
      ? sums.weights
      : isUnmeaned(found, mean, dump.samples);
  }
  return { dW: gradient, db, sums, decay };
}

/** The gradient of the loss alone. */
function without(
  decay: Decay | undefined,
  gradient: Quantity,
  parameters: Quantity,
  sign: 1 | -1,
  chain: Chain,
): Quantity {
  if (!decay) return gradient;
  const ofWhat = decay.kind === "squares" ? "" : "absolute values of the ";
  chain.note(`the gradients of the weights hold a penalty on the ${ofWhat}weights`);
  const direction = decayDirection(decay.kind, parameters);
  const { rows, columns, data } = gradient.matrix;
  const rest = data.map((value, at) => value - sign * decay.rate * direction[at]);
  return { ...gradient, matrix: new Matrix(rows, columns, rest) };
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
