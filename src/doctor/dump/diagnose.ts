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
import { ACTIVATIONS, type ActivationFunction, activationNamed } from "./activations.js";
import { prescribe } from "./advice.js";
import { examineBackward } from "./backward.js";
import { Chain, type Link } from "./chain.js";
import { examineFlow, examineRate, examineStart } from "./dynamics.js";
import { examineForward } from "./forward.js";
import { examineInputs } from "./inputs.js";
import { examineLoss, LOSSES, type LossName, lossesFor, reportUnexplainedLoss } from "./loss.js";
import { nameArrays } from "./names.js";
import { type Dump, type Orientation, orient } from "./orientation.js";
import type { OutputFunction } from "./passes.js";
import { dot } from "./products.js";
import type { Quantity } from "./quantity.js";
import { examineTargets, readTargets, type Targets } from "./targets.js";
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
  for (const dump of dumps) {
    const targets = readTargets(dump);
    // What can be said of the samples does not depend on what is done with them.
    const samples = new Chain();
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
  /** Whether the loss applies a softmax to what went through one. */
  readonly isDoubled: boolean;
}

interface Examination {
  readonly diagnosis: Omit<Diagnosis, "ignored">;
  /** The lower, the better the dump is explained. */
  readonly score: number;
  /** Whether no other reading in this orientation can do better: the dump's own loss says which one it is. */
  readonly isSettled: boolean;
}

/** Every reading that is possible, the usual ones first. */
function assumptions(
  { layers, outputs }: Dump,
  { kind }: Targets,
  declared: Declared,
): Assumption[] {
  // Of zeros alone nobody can tell what was applied to them.
  const isOpen = layers
    .slice(0, -1)
    .some(({ A, Z }) => A === undefined || Z?.matrix.data.every((value) => value === 0));
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
    return fits.map((loss) => ({ output, loss, isDoubled: false }));
  });
  const all = hiddens.flatMap((hidden) => readings.map((reading) => ({ hidden, ...reading })));
  // What is usual of both goes first, and a mistake last.
  const usualFirst = all.toSorted((a, b) => lossRank(a) - lossRank(b));
  const doubled = usualFirst
    .filter(({ output, loss }) => output === "softmax" && loss === "cross-entropy")
    .map((assumption) => ({ ...assumption, isDoubled: true }));
  return [...usualFirst, ...doubled];
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
    const names = ACTIVATIONS.map((known) => known.name).join(", ");
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
  { hidden, output, loss, isDoubled }: Assumption,
  declared: Declared,
): Examination | undefined {
  const chain = new Chain();
  for (const discovery of samples.discoveries) chain.discover(discovery);
  const forward = examineForward(dump, chain, {
    declared: declared.activation,
    hidden,
    output,
    isDoubled,
    isClassification: targets.kind === "classes",
  });
  // The dump's own last activations speak for another reading, which has its own turn.
  if (forward.output !== output && !declared.activation && !declared.loss) {
    const actual = forward.output === "softmax" ? "softmax" : forward.output.name;
    if (!lossesFor(actual).includes(loss)) return undefined;
  }
  examineStart(dump, forward, chain);
  const excesses = dump.losses.map((each) => {
    return examineLoss(dump, forward, chain, each, { loss, targets });
  });
  const backward = examineBackward(dump, forward, chain, { targets, loss });
  examineAccumulation(forward, backward, chain);
  dump.losses.forEach((each, index) => {
    const excess = excesses[index];
    if (excess.length === 0) return;
    if (explainedByPenalty(dump, each, excess, backward.layers)) {
      chain.link(each.name, "right");
      chain.note(`${each.name} holds a penalty on the weights`);
    } else {
      reportUnexplainedLoss(forward, each, { name: loss, excess: excess[0] }, chain);
    }
  });
  examineFlow(backward, chain);
  const update = examineUpdate(dump, forward, backward, loss, chain);
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
  const findings = chain.discoveries.map((discovery) => prescribe(discovery, program));
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

/** A logarithm that is kept from 0 changes a loss by this much of a penalty, and chance seldom comes as close. */
const PENALTY_TOLERANCE = 3e-5;

/**
 * Whether what the loss has too much is a penalty λ/2·ΣW² on the weights: its gradient λ·W is in dW too, or, when
 * the dump has no dW, λ is a number that people write.
 */
function explainedByPenalty(
  dump: Dump,
  loss: Quantity,
  excess: readonly number[],
  layers: readonly { readonly decay: number; readonly dW: unknown }[],
): boolean {
  const squares = dump.layers.map(({ W }) => dot(W.matrix.data, W.matrix.data));
  // Some forget the half, or divide one of both by the samples.
  const scales = [1 / 2, 1, 1 / (2 * dump.samples), 1 / dump.samples, 1 / 4];
  const total = squares.reduce((sum, value) => sum + value, 0);
  const decayed = squares.reduce((sum, value, index) => sum + layers[index].decay * value, 0);
  const found = Math.abs(loss.matrix.data[0]) * loss.roundoff;
  return excess.some((value) => {
    if (value <= 0) return false;
    const tolerance = PENALTY_TOLERANCE + (16 * found) / value;
    const near = (a: number, b: number) => Math.abs(a / b - 1) <= Math.min(0.05, tolerance);
    if (decayed > 0) {
      return scales.some((scale) => Math.abs(value / (scale * decayed) - 1) <= 1e-3 + tolerance);
    }
    if (layers.some(({ dW }) => dW !== undefined)) return false;
    return scales.some((scale) => {
      const rate = value / (scale * total);
      const digit = rate / 10 ** Math.floor(Math.log10(rate) + 1e-4);
      return rate <= 1.01 && [1, 2, 3, 5].some((round) => near(digit, round));
    });
  });
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
