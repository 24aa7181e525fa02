/** a = f(z) of the hidden layers of a dump, dropout included. */
import { Matrix } from "../../reference/matrix.js";
import {
  ACTIVATIONS,
  type ActivationFunction,
  activationNamed,
  KNOWN_ACTIVATIONS,
  leakyThrough,
} from "./activations.js";
import type { Chain } from "./chain.js";
import { explain, type Hypothesis, type Mistake } from "./explain.js";
import { ONE } from "./factors.js";
import { normalisedOver } from "./normalisation.js";
import type { LayerDump } from "./orientation.js";
import { overflowed } from "./overflow.js";
import type { ForwardLayer, ForwardOptions } from "./passes.js";
import { computed, type Quantity } from "./quantity.js";
import { apply, softmaxOf } from "./references.js";

interface ActivationHypothesis extends Hypothesis {
  readonly activation: ActivationFunction;
}

/** Neither dropout nor normalisation. */
const PLAIN = { mask: undefined, isNormalised: false } as const;

export function hiddenActivations(
  layer: LayerDump,
  Z: Quantity,
  chain: Chain,
  { declared, hidden: supposed }: ForwardOptions,
): Pick<ForwardLayer, "A" | "activation" | "mask" | "isNormalised"> {
  const name = `A${layer.index}`;
  const said = declared ? activationNamed(declared[layer.index - 1]) : undefined;
  const { A } = layer;
  if (!A) {
    const activation = said ?? supposed;
    const { matrix } = apply(activation.of, Z);
    return { ...PLAIN, A: computed(name, matrix, Z.roundoff), activation };
  }
  if (overflowed(name, A, Z, chain)) {
    return { ...PLAIN, A, activation: said ?? supposed };
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
    : [supposed, ...KNOWN_ACTIVATIONS].map((activation) => hypothesis(activation, []));
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
      return { ...PLAIN, A, activation, mask };
    }
    const slope = said ? undefined : leakyThrough(Z.matrix.data, A.matrix.data);
    if (slope) hypotheses.unshift(hypothesis(slope, []));
    else if (!found) {
      const over = normalisedOver(Z.matrix, A.matrix);
      if (over) {
        chain.link(name, "unjudged");
        chain.note(
          `between Z${layer.index} and ${name} each ${over === "samples" ? "unit" : "sample"} is normalised, as batch or layer normalisation does; the way back through it is not judged`,
        );
        return { ...PLAIN, A, activation: fallback, isNormalised: true };
      }
    }
  }
  const explanation = chain.judge(A, orderedBy(hypotheses, found?.hypothesis), {
    name,
    ...options,
  });
  return { ...PLAIN, A, activation: explanation?.hypothesis.activation ?? fallback };
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
