/**
 * Examines one step of somebody else's training program, from the arrays that it dumped. Every quantity is
 * computed again in float64 from the dump's own quantities before it, so that each mistake shows where it is
 * made, and not in what follows from it.
 */
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { OptionError } from "../../errors.js";
import type { DiagnosisId } from "../catalogue.js";
import type { Finding } from "../finding.js";
import { examineAccumulation } from "./accumulation.js";
import { examineAccuracy } from "./accuracy.js";
import {
  ACTIVATIONS,
  type ActivationFunction,
  activationNamed,
  KNOWN_ACTIVATIONS,
} from "./activations.js";
import { prescribe } from "./advice.js";
import { examineBackward } from "./backward.js";
import { Chain, type Link } from "./chain.js";
import { causeOf } from "./consequences.js";
import { examineFlow } from "./flow.js";
import { examineForward } from "./forward.js";
import { examineInitialWeights } from "./initialWeights.js";
import { examineInputDropout } from "./inputDropout.js";
import { scaledInside } from "./inputScaling.js";
import { examineInputs } from "./inputs.js";
import { examineRate } from "./learningRate.js";
import { examineLoss, reportSummedLoss, reportUnexplainedLoss } from "./loss.js";
import { LOSSES, type LossName, lossesFor } from "./losses.js";
import { nameArrays } from "./names.js";
import { isWeightedLoss, variationOf } from "./objective.js";
import { type Dump, type LayerDump, type Orientation, orient } from "./orientation.js";
import type { Misuse, OutputFunction } from "./passes.js";
import { penaltyIn } from "./penalty.js";
import type { Quantity } from "./quantity.js";
import { examineDistributions, examineTargets, readTargets, type Targets } from "./targets.js";
import { examineUpdate } from "./update.js";

export interface DiagnoseOptions {
  /** What each layer applies, the first layer first; inferred where it is not given. */
  readonly activation?: readonly string[] | undefined;
  readonly loss?: string | undefined;
}

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Every quantity of the dump that was compared, in the order of the computation. */
  readonly chain: readonly Link[];
  readonly orientation: Orientation;
  readonly samples: number;
  /** Features, and the units of each layer. */
  readonly sizes: readonly number[];
  /** What each layer applies. */
  readonly activations: readonly string[];
  readonly loss: LossName;
  /** What is unusual and right. */
  readonly notes: readonly string[];
  /** Arrays whose names say nothing. */
  readonly ignored: readonly string[];
}

/**
 * @throws DataError when arrays are missing, fit no orientation or hold NaN where nothing can be said then.
 * @throws OptionError when an option is out of range.
 */
export function diagnose(
  arrays: readonly NumericArray[],
  options: DiagnoseOptions = {},
): Diagnosis {
  const named = nameArrays(arrays);
  const declared = checkOptions(options, named.layers.length);
  const dumps = orient(named);
  let best: Examination | undefined;
  for (const oriented of dumps) {
    const scaled = scaledInside(oriented);
    const dump = scaled?.dump ?? oriented;
    const targets = readTargets(dump);
    // What can be said of the samples does not depend on what is done with them.
    const samples = new Chain();
    if (scaled) samples.note(scaled.note);
    examineInputs(dump, targets, samples);
    examineTargets(dump, targets, samples);
    // The loss may settle what the network computes, but not which way its square matrices lie.
    let bestHere: Examination | undefined;
    for (const assumption of assumptions(dump, targets, declared)) {
      if (best?.score === 0 || bestHere?.isSettled) break;
      const examination = examine({ dump, targets, samples }, assumption, declared);
      if (!examination) continue;
      if (!bestHere || examination.score < bestHere.score) bestHere = examination;
      if (!best || examination.score < best.score) best = examination;
    }
  }
  if (!best) throw new RangeError("no reading of the dump was examined, expected at least one");
  return { ...best.diagnosis, ignored: named.unknown };
}

/** What is supposed where neither the dump nor the person says it. */
interface Assumption {
  readonly hidden: ActivationFunction;
  readonly output: OutputFunction;
  readonly loss: LossName;
  /** What the loss takes its softmax of or over, if that is a mistake. */
  readonly misuse: Misuse | undefined;
}

interface Examination {
  readonly diagnosis: Omit<Diagnosis, "ignored">;
  /** The lower, the better the dump is explained. */
  readonly score: number;
  /** Whether no other reading in this orientation can do better: the dump's own loss says which one it is. */
  readonly isSettled: boolean;
}

const MISUSES: readonly Misuse[] = ["softmax", "samples", "sigmoid", "relu", "tanh"];

/** Every reading that is possible, the usual ones first. */
function assumptions(
  { layers, outputs }: Dump,
  { kind }: Targets,
  declared: Declared,
): Assumption[] {
  const isOpen = layers.slice(0, -1).some(isAmbiguous);
  const hiddens = isOpen && !declared.activation ? ACTIVATIONS : ACTIVATIONS.slice(0, 1);
  const last = declared.activation?.at(-1);
  const usual =
    kind === "values"
      ? ["identity", "sigmoid", "tanh", "relu", "softmax"]
      : outputs > 1
        ? ["softmax", "sigmoid", "identity", "tanh"]
        : ["sigmoid", "identity", "tanh"];
  const names = last === undefined ? usual : [last];
  const readings = names.flatMap((name) => {
    const output: OutputFunction | undefined =
      name === "softmax" ? "softmax" : activationNamed(name);
    if (!output) return [];
    const possible = lossesFor(name);
    const losses = declared.loss ? [declared.loss] : possible;
    const fits = losses.filter((loss) => possible.includes(loss) || last !== undefined);
    return fits.map((loss) => ({ output, loss, misuse: undefined }));
  });
  const all = hiddens.flatMap((hidden) => readings.map((reading) => ({ hidden, ...reading })));
  // What is usual of both goes first, and a mistake last.
  const usualFirst = all.toSorted((a, b) => lossRank(a) - lossRank(b));
  // What the dump holds of the last activations says whether they add up to 1 over the samples, and without them and
  // z nobody can tell what the loss is taken of.
  const { A, Z } = layers[layers.length - 1];
  const unlessShown = MISUSES.filter((misuse) => misuse !== "samples");
  const misuses: readonly Misuse[] = A ? unlessShown : Z ? MISUSES : ["softmax"];
  const misused = usualFirst
    .filter(({ output, loss }) => output === "softmax" && loss === "cross-entropy")
    .flatMap((assumption) => misuses.map((misuse) => ({ ...assumption, misuse })));
  return [...usualFirst, ...misused];
}

/** Of zeros alone nobody can tell what was applied to them. */
function isAmbiguous({ A, Z }: LayerDump): boolean {
  return A === undefined || (Z?.matrix.data.every((value) => value === 0) ?? false);
}

function lossRank({ output, loss }: Assumption): number {
  return lossesFor(output === "softmax" ? "softmax" : output.name).indexOf(loss);
}

interface Declared {
  readonly activation: readonly string[] | undefined;
  readonly loss: LossName | undefined;
}

function checkOptions({ activation, loss }: DiagnoseOptions, layers: number): Declared {
  if (activation && activation.length !== layers) {
    throw new OptionError(
      `activation has ${activation.length} names, expected ${layers} as there are layers`,
    );
  }
  for (const [index, name] of (activation ?? []).entries()) {
    if (activationNamed(name) || (name === "softmax" && index === layers - 1)) continue;
    const names = KNOWN_ACTIVATIONS.map((known) => known.name).join(", ");
    throw new OptionError(
      `activation of layer ${index + 1} is "${name}", expected one of ${names}${index === layers - 1 ? ", softmax" : ""}`,
    );
  }
  const known = LOSSES.find((name) => name === loss);
  if (loss !== undefined && !known) {
    throw new OptionError(`loss is "${loss}", expected one of ${LOSSES.join(", ")}`);
  }
  return { activation, loss: known };
}

/** A difference that nothing explains speaks against a reading more than a mistake that explains it. */
const SCORES: Partial<Record<DiagnosisId, number>> = { unexplained: 3 };

interface Subject {
  readonly dump: Dump;
  readonly targets: Targets;
  /** What was found in the samples. */
  readonly samples: Chain;
}

function examine(
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
  const { weights } = variation;
  /** A loss that is weighted, or none of the usual ones, follows from its gradient or is not judged. */
  const isVaried = ({ name, matrix }: Quantity): boolean => {
    if (!weights && !variation.isOfDistance) return false;
    const isRight =
      weights !== undefined && isWeightedLoss(matrix.data[0], forward, { loss, targets }, weights);
    chain.link(name, isRight ? "right" : "unjudged");
    return true;
  };
  const excesses = dump.losses.map((each) => {
    if (isVaried(each)) return [];
    return examineLoss(dump, forward, chain, each, { loss, targets: variation.targets });
  });
  const backward = examineBackward(dump, forward, chain, {
    targets: variation.targets,
    loss,
    variation,
  });
  examineInputDropout(forward, backward, chain);
  examineAccumulation(forward, backward, chain);
  dump.losses.forEach((each, index) => {
    const excess = excesses[index];
    if (excess.length === 0) return;
    const penalty = penaltyIn(dump, each, excess, backward.layers);
    if (penalty) {
      chain.link(each.name, "right");
      chain.note(`${each.name} holds a penalty on the weights`);
      if (penalty.isSum) reportSummedLoss(each, dump.samples, chain);
    } else {
      reportUnexplainedLoss(forward, each, { name: loss, excess: excess[0].value }, chain);
    }
  });
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
  // A mistake counts once, in however many quantities it shows.
  const ids = new Set(chain.discoveries.map(({ id }) => id));
  const score = [...ids].reduce((sum, id) => sum + (SCORES[id] ?? 1), 2 * chain.doubts);
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
    score,
    // Small numbers make a tanh look like no activation at all; a softmax is like nothing else.
    isSettled:
      forward.output === "softmax" &&
      dump.losses.length > 0 &&
      dump.layers.every(({ A }) => A !== undefined) &&
      !dump.layers.slice(0, -1).some(isAmbiguous) &&
      chain.doubts === 0 &&
      !ids.has("unexplained") &&
      dump.losses.some(({ name }) => isRight(chain, name)),
  };
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
