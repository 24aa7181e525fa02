/** `wasmlp doctor data`: what is wrong with a data set, and with a network before its first step. */
import type { Command } from "commander";
import { examineData, examineStart, OptionError, standardizedDataset } from "../../index.js";
import { findingsReport } from "../../report/findings.js";
import { addDataOptions, type DataFlags, loadTrainingData, type TrainingData } from "../data.js";
import { dataKindOf } from "../dataKind.js";
import { Findings } from "../findings.js";
import { isOfClasses, isOfNumbers, loadOwnData, NUMBER_DEFAULTS } from "../ownData.js";
import type { Terminal } from "../terminal.js";
import {
  DATA_SETTING_NAMES,
  type DataSettings,
  flagOf,
  refuseStrangers,
  resolveSettings,
  SETTINGS,
  type SettingTexts,
} from "../trainSettings.js";

interface DataCheckFlags extends DataFlags, SettingTexts {
  readonly json?: true;
}

const EXPLANATION = `
Looked at: the size of the inputs, the classes, samples that are in the test set
and in the training set, whether a small network can tell anything of labels
that it has not seen; then the network that --hidden and the like describe: its
first loss, whether its gradient vanishes or explodes on the way back, and
whether it can learn 32 samples by heart.

Exit code 3 when something is wrong.

Examples:
  $ wasmlp doctor data
  $ wasmlp doctor data --data digits --hidden 256,128 --activation relu --init he
  $ wasmlp doctor data --data my-files --json
  $ wasmlp doctor data --data iris.csv --target species
  $ wasmlp doctor data --data mnist.npz
`;

const SHARED = ["hidden", "activation", "outputActivation", "loss", "init", "seed"] as const;

/** Those, and how data of one's own is read. */
const NAMES = [...SHARED, ...DATA_SETTING_NAMES] as const;

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
  const given = { texts, place: flagOf };
  const { training, test } = await loadClasses(flags, resolveSettings([given]).settings, terminal);
  // The network that train would train.
  const { settings } = resolveSettings([
    ...(isOfNumbers(training) ? [NUMBER_DEFAULTS] : []),
    given,
  ]);
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

/** Inputs of one's own are looked at as the network sees them. */
async function loadClasses(
  flags: DataCheckFlags,
  settings: DataSettings,
  terminal: Terminal,
): Promise<TrainingData> {
  const kind = await dataKindOf(flags.data);
  refuseStrangers(flags, kind);
  if (flags.data === undefined || kind === "images") return await loadTrainingData(flags, terminal);
  const { training, test, preprocessing } = await loadOwnData(kind, flags.data, settings, terminal);
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
