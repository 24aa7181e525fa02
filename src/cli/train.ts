/** `wasmlp train`: trains a network and reports how good it is. */
import { type Command, Option } from "commander";
import {
  type EpochReport,
  HIDDEN_ACTIVATIONS,
  type HiddenActivation,
  type Initialization,
  Mlp,
  parseInitialization,
  perceptron,
} from "../index.js";
import { checkWritable, saveModel } from "../node/index.js";
import { addDataOptions, type DataFlags, loadTrainingData } from "./data.js";
import { TRAIN_DEFAULTS } from "./defaults.js";
import { addExecutionOptions, type ExecutionFlags, executionOptions } from "./executionOptions.js";
import { batchSize, hiddenLayers, numberAboveZero, oneOf, wholeNumber } from "./optionValues.js";
import type { Terminal } from "./terminal.js";
import { fullReport, jsonReport, resultReport, type TrainSettings } from "./trainReport.js";

interface TrainFlags extends DataFlags, ExecutionFlags {
  readonly hidden: readonly number[];
  readonly activation: HiddenActivation;
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly learningRate: number;
  readonly init: Initialization;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** What float32 and int32 hold, and what one takes for a mistake. */
const LARGEST = { units: 1_048_576, epochs: 1_000_000_000, batch: 2 ** 31 - 1, seed: 2 ** 32 - 1 };

const EXAMPLES = `
Examples:
  $ wasmlp train
  $ wasmlp train --hidden 256,128 --activation relu --out model.safetensors
  $ wasmlp train --data ./my-digits --batch-size full --learning-rate 0.5
  $ wasmlp train --data digits --seed 1 --json > run.ndjson
`;

export function defineTrain(command: Command, terminal: Terminal): void {
  const defaults = TRAIN_DEFAULTS;
  addExecutionOptions(addDataOptions(command))
    .addOption(
      new Option("--hidden <units>", "units of each hidden layer, the first one first")
        .argParser(hiddenLayers("--hidden", LARGEST.units))
        .default(defaults.hidden, defaults.hidden.join(",")),
    )
    .option(
      "--activation <name>",
      `activation of the hidden layers: ${HIDDEN_ACTIVATIONS.join(", ")}`,
      oneOf("--activation", HIDDEN_ACTIVATIONS),
      defaults.activation,
    )
    .option(
      "--epochs <n>",
      "passes over the training set",
      wholeNumber("--epochs", { minimum: 1, maximum: LARGEST.epochs }),
      defaults.epochs,
    )
    .option(
      "--batch-size <n|full>",
      "samples a step, or all of them at once",
      batchSize("--batch-size", LARGEST.batch),
      defaults.batchSize,
    )
    .option(
      "--learning-rate <rate>",
      "size of a step",
      numberAboveZero("--learning-rate"),
      defaults.learningRate,
    )
    .option(
      "--init <name>",
      "initial weights: glorot, he, lecun, zeros or normal:σ",
      parseInitialization,
      defaults.init,
    )
    .option(
      "--seed <n>",
      "makes the run repeatable, to the bit",
      wholeNumber("--seed", { minimum: 0, maximum: LARGEST.seed }),
    )
    .option("--out <file>", "save the model, in the safetensors format")
    .option("--json", "print one JSON object a line")
    .option("--quiet", "print only the result")
    .addHelpText("after", EXAMPLES)
    .action((flags: TrainFlags) => train(flags, terminal));
}

async function train(flags: TrainFlags, terminal: Terminal): Promise<void> {
  const { hidden, activation, epochs, batchSize, learningRate, init, seed = 0, out } = flags;
  const settings: TrainSettings = {
    hidden,
    activation,
    initialization: init,
    epochs,
    batchSize,
    learningRate,
    seed,
  };
  if (out !== undefined) await checkWritable(out);
  const { training, test } = await loadTrainingData(flags, terminal);
  using model = await Mlp.create({
    architecture: perceptron(training.features, hidden, training.targets.names.length, activation),
    initialization: init,
    ...executionOptions(flags),
    classNames: training.targets.names,
    ...(flags.seed !== undefined && { seed: flags.seed }),
    ...(training.image && { image: training.image }),
  });
  const report = chooseReport(flags, terminal, settings);
  report.start({ model, training, test });

  const done: EpochReport[] = [];
  let interruption: unknown;
  try {
    await model.fit(training, {
      epochs,
      batchSize,
      learningRate,
      seed,
      validation: test,
      signal: terminal.signal,
      onProgress: report.progress,
      onEpoch(epoch) {
        done.push(epoch);
        report.epoch(epoch);
      },
    });
  } catch (error) {
    if (error !== terminal.signal.reason) throw error;
    interruption = error;
  }
  if (out !== undefined) await saveModel(model, out);
  const end = { training, test, epochs: done, out };
  if (interruption) {
    report.interrupted(end);
    throw interruption;
  }
  report.end(end);
}

function chooseReport({ json, quiet }: TrainFlags, terminal: Terminal, settings: TrainSettings) {
  const report = json ? jsonReport : quiet ? resultReport : fullReport;
  return report(terminal, settings);
}
