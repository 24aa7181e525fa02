/** `wasmlp evaluate MODEL`: how good a saved model is, and where it goes wrong. */
import type { Command } from "commander";
import { type Dataset, type Evaluation, type Mlp, OptionError, type Targets } from "../index.js";
import { loadModel } from "../node/index.js";
import { evaluationReport, regressionReport } from "../report/evaluationReport.js";
import { type Mistake, sampleImage, worstMistakes } from "../report/mistakes.js";
import {
  type ActivationFlags,
  addActivationOptions,
  missingActivations,
} from "./activationOptions.js";
import { addDataOptions, type DataFlags } from "./data.js";
import { addExecutionOptions, type ExecutionFlags, executionOptions } from "./executionOptions.js";
import { evaluateValues, isOfClasses, loadDataFor } from "./ownData.js";
import { type ArrayNames, addArrayOptions } from "./sampleData.js";
import { addTableOptions, type TableFlags } from "./tableData.js";
import type { Terminal } from "./terminal.js";

interface EvaluateFlags extends DataFlags, ArrayNames, TableFlags, ActivationFlags, ExecutionFlags {
  readonly json?: true;
}

/** As many as two rows on a wide screen hold; programs get as many. */
const MOST_MISTAKES = 24;

const EXAMPLES = `
Examples:
  $ wasmlp evaluate model.safetensors
  $ wasmlp evaluate model.safetensors --data digits
  $ wasmlp evaluate iris.safetensors --data more-irises.csv
  $ wasmlp evaluate model.safetensors --data mnist.npz
  $ wasmlp evaluate model.safetensors --data X.npy --target y.npy
  $ wasmlp evaluate pytorch.safetensors --activation relu
  $ wasmlp evaluate model.safetensors --json | jq .accuracy
`;

export function defineEvaluate(command: Command, terminal: Terminal): void {
  addDataOptions(
    command.argument("MODEL", "a saved model, or a .safetensors or .npz file of PyTorch's names"),
  );
  addArrayOptions(command);
  addTableOptions(command);
  addActivationOptions(command);
  addExecutionOptions(command)
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((path: string, flags: EvaluateFlags) => evaluate(path, flags, terminal));
}

async function evaluate(path: string, flags: EvaluateFlags, terminal: Terminal): Promise<void> {
  using model = await loadModel(path, {
    ...executionOptions(flags),
    ...missingActivations(flags),
  });
  if (model.preprocessing && flags.data === undefined) {
    throw new OptionError(
      `${path}: the model was trained on a table, expected --data FILE with one like it`,
    );
  }
  const data = await loadDataFor(model, flags, terminal);
  const dataset: Dataset<Targets> = data;
  if (!isOfClasses(dataset)) {
    await evaluateRegression(model, dataset, flags, terminal);
    return;
  }
  const evaluation = await model.evaluate(dataset, { signal: terminal.signal });
  const { numbers } = data;
  const mistakes = worstMistakes(dataset, evaluation, MOST_MISTAKES).map((sample) => ({
    ...describeMistake(model, dataset, evaluation, sample),
    sample: numbers?.[sample] ?? sample,
  }));
  if (flags.json) printJson(terminal, dataset, evaluation, mistakes);
  else terminal.print(evaluationReport(dataset.name, evaluation, mistakes, terminal.layout));
}

async function evaluateRegression(
  model: Mlp,
  dataset: Dataset<Targets>,
  { json }: EvaluateFlags,
  terminal: Terminal,
): Promise<void> {
  const { name } = dataset;
  const { samples, loss, values } = await evaluateValues(model, dataset, terminal.signal);
  if (json) {
    terminal.print(JSON.stringify({ event: "evaluation", data: name, samples, loss, values }));
  } else terminal.print(regressionReport(name, { samples, loss, values }, terminal.layout));
}

function describeMistake(
  model: Mlp,
  dataset: Dataset,
  { predicted, losses }: Evaluation,
  sample: number,
): Mistake {
  const { inputs, features, targets } = dataset;
  const probabilities = model.predict(inputs.subarray(sample * features, (sample + 1) * features));
  return {
    sample,
    is: targets.names[targets.labels[sample]],
    said: targets.names[predicted[sample]],
    probability: probabilities[predicted[sample]],
    loss: losses[sample],
    image: sampleImage(dataset, sample),
  };
}

function printJson(
  terminal: Terminal,
  { name, targets }: Dataset,
  { samples, correct, accuracy, loss, classes, confusion }: Evaluation,
  mistakes: readonly Mistake[],
): void {
  const size = targets.names.length;
  terminal.print(
    JSON.stringify({
      event: "evaluation",
      data: name,
      samples,
      correct,
      accuracy,
      loss,
      classes,
      confusion: classes.map((_, row) => [...confusion.subarray(row * size, (row + 1) * size)]),
      mistakes: mistakes.map(({ image: _, ...mistake }) => mistake),
    }),
  );
}
