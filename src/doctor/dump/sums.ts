/** Gradients of parameters that are sums over the samples, whose mean nobody has taken. */
import type { Chain } from "./chain.js";
import { lossesOf, type Objective } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Step } from "./parameterStep.js";
import type { Backward, BackwardLayer, Forward } from "./passes.js";
import { isFiniteArray } from "./products.js";
import { MOST_UNCERTAIN } from "./stepVerdict.js";
import { outputsWith } from "./textbookPass.js";

interface Program {
  readonly dump: Dump;
  readonly forward: Forward;
  readonly backward: Backward;
  readonly objective: Objective;
}

interface Update {
  readonly steps: readonly Step[];
  /** That the dump states, or that most steps have. */
  readonly learningRate: number | undefined;
}

export function examineSums(program: Program, update: Update, chain: Chain): void {
  const { dump, backward } = program;
  const unmeaned = backward.layers.flatMap((layer) =>
    (["weights", "biases"] as const)
      .filter(
        (parameter) =>
          layer.sums[parameter] && !isMeanedLater({ layer, parameter }, update, dump, chain),
      )
      .map((parameter) => [layer, parameter] as const),
  );
  if (unmeaned.length > 0) {
    if (isConventionalSum(program, chain)) {
      for (const { name } of dump.losses) chain.forget("missing-mean", name);
      chain.note(
        `the gradients are sums over the ${dump.samples} samples, not their means, and the learning rate suits that: it has to change with the size of the batch`,
      );
    } else {
      for (const [layer, parameter] of unmeaned) reportSum(dump, layer, parameter, chain);
    }
  }
  // Of a clipped gradient only the direction is left, and a sum has the same as a mean.
  if (backward.isClipped) for (const { name } of dump.losses) chain.forget("missing-mean", name);
}

/** Whether the update takes the mean, or nobody can tell. */
function isMeanedLater(
  { layer, parameter }: Pick<Step, "layer" | "parameter">,
  { steps, learningRate }: Update,
  { samples, learningRate: stated }: Dump,
  chain: Chain,
): boolean {
  const all = steps.filter((step) => step.layer === layer && step.parameter === parameter);
  const own = all.filter(({ rate, isUnchanged }) => rate !== undefined && !isUnchanged);
  // Adam and the like take a step of the same length whatever the gradient's scale.
  const hasStep = (parameter === "weights" ? layer.dump.newW : layer.dump.newB) !== undefined;
  const isJudged = own.some(({ uncertainty }) => uncertainty <= MOST_UNCERTAIN);
  if (hasStep && !isJudged && !all.some(({ isUnchanged }) => isUnchanged)) return true;
  const isMeaned = own.some(({ rate = 0, uncertainty }) => {
    if (learningRate === undefined) return false;
    if (stated === undefined) return Math.abs(rate) <= 2 / samples;
    const ratio = (Math.abs(rate) * samples) / Math.abs(stated);
    return Math.abs(ratio - 1) <= Math.max(1e-3, 4 * uncertainty);
  });
  if (isMeaned) chain.note("the mean over the samples is taken in the update");
  return isMeaned;
}

/**
 * Whether gradients that are sums over the samples are what the program means, and not a mean that was
 * forgotten. The sum is as good an objective as the mean if the whole program has it: every gradient is a sum,
 * no loss of the dump is a mean, and the learning rate is made for it: the program's own step lowers the loss of
 * its samples. A forgotten mean makes a step n times as long as its learning rate says.
 */
function isConventionalSum(
  { dump, forward, backward, objective: { loss, targets } }: Program,
  chain: Chain,
): boolean {
  const isEverySum = backward.layers.every(
    ({ dump: { dW, db }, sums }) => (!dW || sums.weights) && (!db || sums.biases),
  );
  const hasMean = dump.losses.some(
    ({ name, matrix }) =>
      matrix.data.length === 1 &&
      !chain.has("missing-mean", name) &&
      chain.links.some((link) => link.name === name && link.verdict === "right"),
  );
  if (!isEverySum || hasMean) return false;
  if (dump.layers.some(({ b, newW, newB }) => !newW || (b !== undefined && !newB))) return false;
  const lossWith = (parameters: Parameters<typeof outputsWith>[2]) => {
    if (parameters.some(({ b }) => b !== undefined && b.rows !== 1)) return Number.NaN;
    const { outputs } = outputsWith(dump, forward, parameters);
    if (!isFiniteArray(outputs.data)) return Number.NaN;
    return lossesOf(loss, outputs, targets, { clip: 1e-300 }).reduce((sum, each) => sum + each, 0);
  };
  const before = lossWith(dump.layers.map(({ W, b }) => ({ W: W.matrix, b: b?.matrix })));
  const after = lossWith(
    dump.layers.map(({ W, newW = W, newB }) => ({ W: newW.matrix, b: newB?.matrix })),
  );
  return after < before;
}

function reportSum(
  { samples }: Dump,
  { dump: layer }: BackwardLayer,
  parameter: Step["parameter"],
  chain: Chain,
): void {
  const name = `${parameter === "weights" ? "dW" : "db"}${layer.index}`;
  chain.link(name, "wrong");
  chain.discover({
    id: "missing-mean",
    at: name,
    evidence: `${name} is ${samples} times the gradient of the mean loss, and there are ${samples} samples`,
    cause:
      "the sum over the samples is not divided by their number, neither here nor in the update",
  });
}
