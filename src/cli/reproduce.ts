/** `wasmlp reproduce`: the three programs of the project's origin, published beside measured. */
import type { Command } from "commander";
import { type Reproduction, type ReproductionEpoch, reproduce } from "../index.js";
import { percent } from "../report/numbers.js";
import { reproductionProgress } from "../report/progressLine.js";
import { reproductionTable } from "../report/reproductionTable.js";
import { addDataDirectoryOption, type DataFlags, loadTestData } from "./data.js";
import { wholeNumber } from "./optionValues.js";
import type { Terminal } from "./terminal.js";

interface ReproduceFlags extends Pick<DataFlags, "dataDir"> {
  readonly seed?: number;
  readonly json?: true;
}

const EXPLANATION = `
Three programs train a perceptron on the 10 000 MNIST test images, as a question
about a network that does not learn and two of its answers do:

  question             with all its mistakes
  small-learning-rate  the same gradients in smaller steps
  repaired             correct gradients

"measured" is what a program's own counter says; the question's counter is one
of its mistakes, so "counted properly" stands beside it.

Examples:
  $ wasmlp reproduce
  $ wasmlp reproduce --seed 7
  $ wasmlp reproduce --json
`;

export function defineReproduce(command: Command, terminal: Terminal): void {
  addDataDirectoryOption(command)
    .option(
      "--seed <n>",
      "chooses the initial weights (default: 1)",
      wholeNumber("--seed", { minimum: 0, maximum: 2 ** 32 - 1 }),
    )
    .option("--json", "print one JSON object a line")
    .addHelpText("after", EXPLANATION)
    .action((flags: ReproduceFlags) => run(flags, terminal));
}

async function run({ dataDir, seed, json }: ReproduceFlags, terminal: Terminal): Promise<void> {
  const dataset = await loadTestData({ data: "mnist", dataDir }, terminal);
  const result = await reproduce(dataset, {
    ...(seed !== undefined && { seed }),
    signal: terminal.signal,
    onEpoch: (epoch) => showEpoch(epoch, terminal),
  });
  terminal.progress("");
  if (json) printJson(result, terminal);
  else terminal.print(reproductionTable(result.rows, terminal.layout));
}

function showEpoch(progress: ReproductionEpoch, terminal: Terminal): void {
  const { program, epoch, epochs, accuracy } = progress;
  if (terminal.showsProgress) {
    terminal.progress(reproductionProgress(progress, terminal.progressLayout));
  } else if (epoch === epochs) {
    terminal.note(`${program}: ${epochs} epochs done, accuracy ${percent(accuracy)}`);
  }
}

function printJson({ rows, seconds }: Reproduction, terminal: Terminal): void {
  for (const row of rows) terminal.print(JSON.stringify({ event: "row", ...row }));
  terminal.print(JSON.stringify({ event: "end", seconds }));
}
