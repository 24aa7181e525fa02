/** `wasmlp doctor data`: what is wrong with a data set, and with a network before its first step. */
import type { Command } from "commander";
import { examineData, examineStart, OptionError, standardizedDataset } from "../../index.js";
import { findingsReport } from "../../report/findings.js";
import { addDataOptions, type DataFlags, loadTrainingData, type TrainingData } from "../data.js";
import { Findings } from "../findings.js";
import { isOfClasses, isTablePath, loadTable } from "../tableData.js";
import type { Terminal } from "../terminal.js";
import {
  flagOf,
  resolveSettings,
  SETTINGS,
  type SettingTexts,
  TABLE_SETTING_NAMES,
  type TableSettings,
} from "../trainSettings.js";

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
  $ wasmlp doctor data --data iris.csv --target species
`;

const SHARED = ["hidden", "activation", "outputActivation", "loss", "init", "seed"] as const;

/** Those, and how a table is read. */
const NAMES = [...SHARED, ...TABLE_SETTING_NAMES] as const;

export function defineData(command: Command, terminal: Terminal): void {
  addDataOptions(command);
  for (const name of NAMES) {
    const { value, help } = SETTINGS[name];
    command.option(`${flagOf(name)} <${value}>`, help);
  }
  command
    .option("--json", "print one JSON object")
    .addHelpText("after", EXPLANATION)
    .action((flags: DataCheckFlags) => data(flags, terminal));
}

async function data(flags: DataCheckFlags, terminal: Terminal): Promise<void> {
  const texts = Object.fromEntries(
    NAMES.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
  const { settings } = resolveSettings([{ texts, place: flagOf }]);
  const { training, test } = await loadClasses(flags, settings, terminal);
  const { hidden, activation, outputActivation = "softmax", loss, init, seed = 0 } = settings;
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

/** A table's inputs are looked at as the network sees them. */
async function loadClasses(
  flags: DataCheckFlags,
  settings: TableSettings,
  terminal: Terminal,
): Promise<TrainingData> {
  if (flags.data === undefined || !(await isTablePath(flags.data))) {
    const stray = TABLE_SETTING_NAMES.find((name) => flags[name] !== undefined);
    if (stray === undefined) return await loadTrainingData(flags, terminal);
    throw new OptionError(`${flagOf(stray)} was given, expected --data FILE with a table too`);
  }
  const { training, test, preprocessing } = await loadTable(flags.data, settings, terminal);
  if (!isOfClasses(training) || !isOfClasses(test)) {
    throw new OptionError(
      `${flags.data}: is a regression, expected a classification, or --task classification`,
    );
  }
  return {
    training: standardizedDataset(training, preprocessing),
    test: standardizedDataset(test, preprocessing),
  };
}
