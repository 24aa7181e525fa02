/** The last activations of a dump. */

import { Matrix } from "../../reference/matrix.js";
import { softmax } from "../../reference/network.js";
import { ACTIVATIONS } from "./activations.js";
import type { Chain } from "./chain.js";
import type { Hypothesis, Mistake } from "./explain.js";
import { ONE } from "./factors.js";
import { OVER_SAMPLES } from "./misuse.js";
import type { LayerDump } from "./orientation.js";
import { overflowed } from "./overflow.js";
import type { Forward, ForwardOptions, Misuse, OutputFunction } from "./passes.js";
import { computed, type Quantity } from "./quantity.js";
import { apply, overAll, overSamples, softmaxOf } from "./references.js";

interface OutputHypothesis extends Hypothesis {
  readonly output: OutputFunction;
  readonly endsInLogits?: boolean;
  /** What the softmax is taken over or of by mistake. */
  readonly misuse?: Misuse;
}

interface Outputs extends Pick<Forward, "output" | "P" | "endsInLogits"> {
  /** What the dump's last activations take their softmax over or of by mistake. */
  readonly misuse?: Misuse | undefined;
}

export function outputs(
  layer: LayerDump,
  Z: Quantity,
  chain: Chain,
  { declared, output: supposed, isClassification }: ForwardOptions,
): Outputs {
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
      misuse: "samples",
      mistakes: [axis(OVER_SAMPLES)],
      compute: () => overSamples(Z.matrix),
    },
    {
      output: "softmax",
      mistakes: [axis("the softmax is taken over all samples and classes at once")],
      compute: () => overAll(Z.matrix),
    },
    {
      output: "softmax",
      misuse: "softmax",
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
  const { output = supposed, endsInLogits = false, misuse } = explanation?.hypothesis ?? {};
  const isBare = supposed === "softmax" && output !== "softmax" && output.name === "identity";
  if (!endsInLogits && !(isBare && !isDeclared))
    return { output, P: A, endsInLogits: false, misuse };
  const { matrix } = softmaxOf(Z);
  return {
    output: "softmax",
    P: computed(name, matrix, A.roundoff, "dumped"),
    endsInLogits: true,
  };
}

/** Last activations that a classifier may well have. */
const USUAL_OUTPUTS: readonly string[] = ["softmax", "sigmoid", "identity", "tanh"];

function nameOf(output: OutputFunction): string {
  return output === "softmax" ? "softmax" : output.name;
}
