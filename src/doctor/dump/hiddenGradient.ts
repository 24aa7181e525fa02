/** ∂L/∂z of the hidden layers of a dump: ∂L/∂z·Wᵀ of the layer above, times f′(z). */
import { Matrix } from "../../reference/matrix.js";
import { ACTIVATIONS } from "./activations.js";
import type { Chain } from "./chain.js";
import type { Explanation, Factor, Hypothesis, Mistake, Reference } from "./explain.js";
import { distinct, meanFactors, scalesOf, sizesOf } from "./factors.js";
import type { LossName } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Forward, ForwardLayer, Mean, TopGradient } from "./passes.js";
import { isFiniteArray, norm, transpose } from "./products.js";
import type { Quantity } from "./quantity.js";
import { combine, once, product } from "./references.js";
import { witness } from "./witness.js";

export function hiddenGradient(
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
  if (!dZAbove || layer.isNormalised) {
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
export function errorHypotheses(
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

/** The derivative as a formula in a, with a bracket, a square or a sign where it does not belong. */
const MISWRITTEN: Readonly<Record<string, readonly [string, (a: number) => number][]>> = {
  tanh: [
    ["(1 − a)²", (a) => (1 - a) ** 2],
    ["1 − a", (a) => 1 - a],
    ["1 + a²", (a) => 1 + a * a],
  ],
  sigmoid: [
    ["1 − a", (a) => 1 - a],
    ["a·(1 + a)", (a) => a * (1 + a)],
  ],
};

/** ∂L/∂z = ∂L/∂a ⊙ f′(z), and what is taken for f′ by mistake. */
export function throughActivation(
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
  for (const [text, of] of MISWRITTEN[f.name] ?? []) {
    slope(
      {
        id: "wrong-activation-derivative",
        cause: `the error is multiplied by ${text} of A${index}, where ${formula(f.name, "a")} belongs`,
      },
      (at) => of(undropped(at)),
    );
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
