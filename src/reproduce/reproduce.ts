/** Runs the three programs of the question and sets what they reach beside what was published. */
import { checkOptions } from "../arguments.js";
import type { Dataset } from "../data/dataset.js";
import { Mlp } from "../mlp.js";
import { perceptron } from "../model/architecture.js";
import { nextTask } from "../tasks/nextTask.js";
import { checkSeed } from "../training/resolveOptions.js";
import { type MistakenEpoch, runMistakenProgram } from "./mistaken.js";
import { PROGRAMS, type Program, type ProgramName } from "./published.js";

/**
 * The question's program never settles: what its counter claims in the end lies between 1.1 and 3.1 %
 * for the seeds 0 to 5.
 */
const DEFAULT_SEED = 1;

/** How the three programs are run. */
export interface ReproduceOptions {
  /** Chooses the initial weights, 0 … 2³² − 1; default 1. */
  readonly seed?: number;
  /** Ends the run after the epoch under way; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each epoch of each program. */
  readonly onEpoch?: (epoch: ReproductionEpoch) => void;
}

/** One epoch of one of the programs. */
export interface ReproductionEpoch {
  /** Which of the three. */
  readonly program: ProgramName;
  /** From 1. */
  readonly epoch: number;
  /** Epochs of this program in all. */
  readonly epochs: number;
  /** Fraction of the samples classified correctly before the epoch's update, properly counted. */
  readonly accuracy: number;
  /** The same by the program's own counter; the question's miscounts. */
  readonly claimedAccuracy: number;
}

/** A published accuracy beside the measured one. */
export interface ReproductionRow {
  /** Which of the three. */
  readonly program: ProgramName;
  /** After which epoch, counted from 1. */
  readonly epoch: number;
  /** As the document has it, for instance "about 50 %". */
  readonly published: string;
  /** By the program's own counter, as a fraction: what compares with `published`. */
  readonly measured: number;
  /** Properly counted, as a fraction. */
  readonly countedProperly: number;
}

/** What came of running the programs. */
export interface Reproduction {
  /** Every accuracy that was published, beside the measured one. */
  readonly rows: readonly ReproductionRow[];
  /** Time of all of it. */
  readonly seconds: number;
}

/**
 * @param dataset the 10 000 MNIST test images, for figures that compare with the published ones
 * @throws OptionError when an option is misspelt, the seed is out of range or the data set has no ten classes.
 * @throws the signal's reason, after the epoch under way, when `options.signal` aborts.
 */
export async function reproduce(
  dataset: Dataset,
  options: ReproduceOptions = {},
): Promise<Reproduction> {
  checkOptions("reproduce", options, { seed: "checked", signal: "signal", onEpoch: "function" });
  const { seed = DEFAULT_SEED, signal, onEpoch } = options;
  checkSeed(seed);
  const start = performance.now();
  const rows: ReproductionRow[] = [];
  for (const program of PROGRAMS) {
    const { name, epochs, published } = program;
    for await (const result of runProgram(program, dataset, seed, signal)) {
      signal?.throwIfAborted();
      const { epoch, accuracy } = result;
      // Only the question's counter is wrong; the answers repaired it.
      const claimedAccuracy = name === "question" ? result.claimedAccuracy : accuracy;
      onEpoch?.({ program: name, epoch, epochs, accuracy, claimedAccuracy });
      const row = published.find((entry) => entry.epoch === epoch);
      if (row) {
        rows.push({
          program: name,
          epoch,
          published: row.accuracy,
          measured: claimedAccuracy,
          countedProperly: accuracy,
        });
      }
      await nextTask();
    }
  }
  return { rows, seconds: (performance.now() - start) / 1000 };
}

function runProgram(
  program: Program,
  dataset: Dataset,
  seed: number,
  signal: AbortSignal | undefined,
): AsyncIterable<Pick<MistakenEpoch, "epoch" | "accuracy" | "claimedAccuracy">> {
  return program.name === "repaired"
    ? runRepairedProgram(program, dataset, seed, signal)
    : runMistakenProgram(program, dataset, seed);
}

async function* runRepairedProgram(
  { hidden, epochs, learningRate }: Program,
  dataset: Dataset,
  seed: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Pick<MistakenEpoch, "epoch" | "accuracy" | "claimedAccuracy">> {
  const classes = dataset.targets.names.length;
  const model = await Mlp.create({
    architecture: perceptron(dataset.features, [hidden], classes, "tanh"),
    initialization: "normal:0.01",
    seed,
  });
  try {
    const options = { epochs, batchSize: "full", learningRate, ...(signal && { signal }) } as const;
    for await (const { epoch, accuracy = 0 } of model.epochs(dataset, options)) {
      yield { epoch, accuracy, claimedAccuracy: accuracy };
    }
  } finally {
    model.dispose();
  }
}
