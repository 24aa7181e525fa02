/** `wasmlp info`: what this host offers to the kernels, and what a training run would use of it. */
import type { Command } from "commander";
import { chooseExecution, detectFeatures } from "../index.js";
import { describeHost } from "../profile/index.js";
import { executionFacts } from "../report/executionFacts.js";
import { addExecutionOptions, type ExecutionFlags, executionOptions } from "./executionOptions.js";
import { wholeNumber } from "./optionValues.js";
import type { Terminal } from "./terminal.js";

interface InfoFlags extends ExecutionFlags {
  readonly seed?: number;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ wasmlp info
  $ wasmlp info --seed 1
  $ wasmlp info --threads 4 --simd plain --json
`;

export function defineInfo(command: Command, terminal: Terminal): void {
  addExecutionOptions(command)
    .option(
      "--seed <n>",
      "what would be chosen for a run with this seed",
      wholeNumber("--seed", { minimum: 0, maximum: 2 ** 32 - 1 }),
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((flags: InfoFlags) => info(flags, terminal));
}

function info(flags: InfoFlags, terminal: Terminal): void {
  const features = detectFeatures();
  const execution = chooseExecution(executionOptions(flags), flags.seed !== undefined, features);
  const { engine } = describeHost();
  const platform = `${process.platform} ${process.arch}`;
  const host = { engine, platform, features, execution };
  if (flags.json) terminal.print(JSON.stringify({ event: "info", ...host }));
  else terminal.print(executionFacts(host, terminal.layout));
}
