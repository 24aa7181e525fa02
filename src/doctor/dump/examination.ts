/** Everything in a dump under one reading of it, from its first product to its update. */
import type { DiagnosisId } from "../catalogue.js";
import { examineAccumulation } from "./accumulation.js";
import { examineAccuracy } from "./accuracy.js";
import { prescribe } from "./advice.js";
import { type Assumption, type Declared, isAmbiguous } from "./assumptions.js";
import { examineBackward } from "./backward.js";
import { Chain, type Link } from "./chain.js";
import { causeOf } from "./consequences.js";
import type { Diagnosis } from "./diagnosis.js";
import { examineFlow } from "./flow.js";
import { examineForward } from "./forward.js";
import { examineInitialWeights } from "./initialWeights.js";
import { examineInputDropout } from "./inputDropout.js";
import { examineRate } from "./learningRate.js";
import { examineLoss, reportSummedLoss, reportUnexplainedLoss } from "./loss.js";
import { type LossName, lossesFor } from "./losses.js";
import { isWeightedLoss, type Variation, variationOf } from "./objective.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { penaltyIn } from "./penalty.js";
import type { Quantity } from "./quantity.js";
import { examineDistributions, type Targets } from "./targets.js";
import { examineUpdate } from "./update.js";

export interface Examination {
  readonly diagnosis: Omit<Diagnosis, "ignored">;
  /** The lower, the better the dump is explained. */
  readonly score: number;
  /** Whether no other reading in this orientation can do better: the dump's own loss says which one it is. */
  readonly isSettled: boolean;
}

export interface Subject {
  readonly dump: Dump;
  readonly targets: Targets;
  /** What was found in the samples. */
  readonly samples: Chain;
}

/** The dump under one reading; undefined where the dump itself speaks for another one. */
export function examine(
  { dump, targets, samples }: Subject,
  { hidden, output, loss, misuse }: Assumption,
  declared: Declared,
): Examination | undefined {
  const chain = new Chain();
  for (const discovery of samples.discoveries) chain.discover(discovery);
  for (const note of samples.notes) chain.note(note);
  const forward = examineForward(dump, chain, {
    declared: declared.activation,
    hidden,
    output,
    misuse,
    isClassification: targets.kind === "classes",
  });
  // The dump's own last activations speak for another reading, which has its own turn.
  if (forward.output !== output && !declared.activation && !declared.loss) {
    const actual = forward.output === "softmax" ? "softmax" : forward.output.name;
    if (!lossesFor(actual).includes(loss)) return undefined;
  }
  if (forward.output === "softmax") examineDistributions(dump, targets, loss, chain);
  examineInitialWeights(dump, forward, chain);
  const variation = variationOf(dump, forward, { loss, targets }, chain);
  const excesses = examineLosses(dump, forward, chain, { loss, targets, variation });
  const backward = examineBackward(dump, forward, chain, {
    targets: variation.targets,
    loss,
    variation,
  });
  examineInputDropout(forward, backward, chain);
  examineAccumulation(forward, backward, chain);
  for (const { of, excess } of excesses) {
    const penalty = penaltyIn(dump, of, excess, backward.layers);
    if (penalty) {
      chain.link(of.name, "right");
      chain.note(`${of.name} holds a penalty on the weights`);
      if (penalty.isSum) reportSummedLoss(of, dump.samples, chain);
    } else {
      reportUnexplainedLoss(forward, of, { name: loss, excess: excess[0].value }, chain);
    }
  }
  examineFlow(backward, chain);
  const update = examineUpdate(dump, forward, backward, { loss, targets }, chain);
  examineAccuracy(dump, forward, targets, chain);
  if (update.isPlain) examineRate(dump, forward, update.learningRate, { loss, targets }, chain);
  const top = forward.layers.length - 1;
  const activations = forward.layers.map(({ activation }, index) =>
    index === top && forward.output === "softmax" ? "softmax" : activation.name,
  );
  const program = {
    orientation: dump.orientation,
    activations,
    loss,
    hasMean: (layer: number) => backward.layers[layer - 1].mean === "before",
  };
  const findings = chain.discoveries.map((discovery) => {
    const follows = causeOf(discovery, chain.discoveries);
    return { ...prescribe(discovery, program), ...(follows && { follows }) };
  });
  return {
    diagnosis: {
      findings,
      chain: inOrder(chain.links, dump.layers.length),
      orientation: dump.orientation,
      samples: dump.samples,
      sizes: [dump.features, ...dump.layers.map(({ units }) => units)],
      activations,
      loss,
      notes: chain.notes,
    },
    score: scoreOf(chain),
    isSettled: isSettled(dump, forward, chain),
  };
}

/** A loss that is more or less than it should be. */
interface Excess {
  readonly of: Quantity;
  readonly excess: ReturnType<typeof examineLoss>;
}

/** Judges every loss that the dump holds; returns those that a penalty on the weights may yet explain. */
function examineLosses(
  dump: Dump,
  forward: Forward,
  chain: Chain,
  {
    loss,
    targets,
    variation,
  }: { readonly loss: LossName; readonly targets: Targets; readonly variation: Variation },
): Excess[] {
  const { weights } = variation;
  return dump.losses.flatMap((each) => {
    // A loss that is weighted, or none of the usual ones, follows from its gradient or is not judged.
    if (weights || variation.isOfDistance) {
      const value = each.matrix.data[0];
      const isRight = weights && isWeightedLoss(value, forward, { loss, targets }, weights);
      chain.link(each.name, isRight ? "right" : "unjudged");
      return [];
    }
    const excess = examineLoss(dump, forward, chain, each, { loss, targets: variation.targets });
    return excess.length > 0 ? [{ of: each, excess }] : [];
  });
}

/** A difference that nothing explains speaks against a reading more than a mistake that explains it. */
const SCORES: Partial<Record<DiagnosisId, number>> = { unexplained: 3 };

/** The lower, the better a reading explains the dump: a mistake counts once, in however many quantities it shows. */
function scoreOf({ discoveries, doubts }: Chain): number {
  const ids = new Set(discoveries.map(({ id }) => id));
  return [...ids].reduce((sum, id) => sum + (SCORES[id] ?? 1), 2 * doubts);
}

/** Small numbers make a tanh look like no activation at all; a softmax is like nothing else. */
function isSettled({ losses, layers }: Dump, { output }: Forward, chain: Chain): boolean {
  return (
    output === "softmax" &&
    losses.length > 0 &&
    layers.every(({ A }) => A !== undefined) &&
    !layers.slice(0, -1).some(isAmbiguous) &&
    chain.doubts === 0 &&
    chain.discoveries.every(({ id }) => id !== "unexplained") &&
    losses.some(({ name }) => isRight(chain, name))
  );
}

/** Mistakes in dividing a loss that leave no doubt which loss it is. */
const DIVISIONS: readonly DiagnosisId[] = ["missing-mean", "mean-by-features"];

function isRight(chain: Chain, loss: string): boolean {
  const found = chain.discoveries.filter(({ at }) => at === loss);
  const isKnown = chain.links.some(({ name, verdict }) => name === loss && verdict !== "unjudged");
  return isKnown && found.every(({ id }) => DIVISIONS.includes(id));
}

/** Z1, A1, Z2, … loss, … dZ2, dW2, db2, dZ1, … W1_new, … accuracy. */
function inOrder(links: readonly Link[], layers: number): Link[] {
  const rank = ({ name }: Link): number => {
    const [, prefix = "", digits = "0", suffix = ""] =
      /^([a-zA-Z]+?)_?(\d*)(\D*)$/.exec(name) ?? [];
    const index = Number(digits);
    if (prefix === "b" && !suffix) return 10 * index - 1;
    if (prefix === "Z") return 10 * index;
    if (prefix === "A") return 10 * index + 1;
    const after = 10 * layers + 10;
    if (name === "loss" || name === "cost") return after;
    const back = after + 10 * (layers - index) + 1;
    const step = ["dA", "dZ", "dW", "db"].indexOf(prefix);
    if (step >= 0) return back + step;
    if (prefix === "accuracy") return 1e9;
    return after + 10 * layers + 10 + 10 * index + (/^n?b/i.test(prefix) ? 1 : 0);
  };
  return links.toSorted((a, b) => rank(a) - rank(b));
}
