/** `wasmlp doctor data`: what is wrong with a data set, and with a network before its first step. */
import type { Command } from "commander";
import { examineData, examineStart } from "../../index.js";
import { findingsReport } from "../../report/findings.js";
import { addDataOptions, type DataFlags, loadTrainingData } from "../data.js";
import { Findings } from "../findings.js";
import type { Terminal } from "../terminal.js";
import { flagOf, resolveSettings, SETTINGS, type SettingTexts } from "../trainSettings.js";

interface DataCheckFlags extends DataFlags, SettingTexts {
  readonly json?: true;
}

const EXPLANATION = `
Looked at: the size of the inputs, the classes, samples that are in the test set
and in the training set, whether a small network can tell anything of labels
that it has not seen; then the network that --hidden and the like describe: its
first loss, and whether it can learn 32 samples by heart.

Exit code 3 when something is wrong.

Examples:
  $ wasmlp doctor data
  $ wasmlp doctor data --data digits --hidden 256,128 --activation relu --init he
  $ wasmlp doctor data --data my-files --json
`;

const SHARED = ["hidden", "activation", "outputActivation", "loss", "init", "seed"] as const;

export function defineData(command: Command, terminal: Terminal): void {
  addDataOptions(command);
  for (const name of SHARED) {
    const { value, help } = SETTINGS[name];
    command.option(`${flagOf(name)} <${value}>`, help);
  }
  command
    .option("--json", "print one JSON object")
    .addHelpText("after", EXPLANATION)
    .action((flags: DataCheckFlags) => data(flags, terminal));
}

async function data(flags: DataCheckFlags, terminal: Terminal): Promise<void> {
  const { training, test } = await loadTrainingData(flags, terminal);
  const texts = Object.fromEntries(
    SHARED.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
  const { settings } = resolveSettings([{ texts, place: flagOf }]);
  const { hidden, activation, outputActivation, loss, init, seed = 0 } = settings;
  terminal.progress("looking at the data set …");
  const samples = await examineData(training, { test, seed, signal: terminal.signal });
  terminal.progress("looking at the network …");
  const architecture = {
    inputs: training.features,
    layers: [
      ...hidden.map((units) => ({ units, activation })),
      { units: training.targets.names.length, activation: outputActivation },
    ],
    ...(loss !== undefined && { loss }),
  };
  const start = await examineStart({ architecture, initialization: init, seed }, training);
  terminal.progress("");
  const findings = [...samples.findings, ...start.findings];
  const facts = [...samples.facts, ...start.facts];
  if (flags.json) terminal.print(JSON.stringify({ data: training.name, findings, facts }));
  else terminal.print(findingsReport(findings, facts, terminal.layout));
  if (findings.length > 0) throw new Findings();
}
