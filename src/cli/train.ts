/** `wasmlp train`: trains a network and reports how good it is. */
import type { Command } from "commander";
import {
  type Dataset,
  type EpochReport,
  examineData,
  examineStart,
  type Finding,
  type FitOptions,
  type LayerState,
  lossOf,
  Mlp,
  OptionError,
  perceptron,
  RunExaminer,
  splitDataset,
  standardizedDataset,
  type Targets,
  TrainingError,
} from "../index.js";
import { checkWritable, saveModel, writeFileAtomically } from "../node/index.js";
import { learningRateCurve } from "../report/learningRateCurve.js";
import { encodeTrace, Trace } from "../trace/index.js";
import { readConfig } from "./config.js";
import { addDataOptions, type DataFlags, loadTrainingData, type OwnData } from "./data.js";
import { type DataKind, dataKindOf } from "./dataKind.js";
import { addExecutionOptions, type ExecutionFlags, executionOptions } from "./executionOptions.js";
import { Findings } from "./findings.js";
import {
  evaluateValues,
  isOfClasses,
  isOfNumbers,
  loadOwnData,
  NUMBER_DEFAULTS,
} from "./ownData.js";
import { readRecipe } from "./recipes.js";
import { openRecords, type RecordFlags } from "./runRecords.js";
import type { Terminal } from "./terminal.js";
import { TRAINED_ON } from "./trainedRows.js";
import { fullReport, jsonReport, resultReport, type TestScore } from "./trainReport.js";
import {
  flagOf,
  refuseStrangers,
  resolveSettings,
  SETTING_NAMES,
  SETTINGS,
  type SettingSource,
  type SettingTexts,
  strangersTo,
  type TrainSettings,
} from "./trainSettings.js";

interface TrainFlags extends DataFlags, ExecutionFlags, RecordFlags, SettingTexts {
  readonly recipe?: string;
  readonly config?: string;
  readonly findLr?: true;
  readonly doctor?: true;
  readonly trace?: string;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const EXAMPLES = `
Flags go before --config, and that before --recipe.

Examples:
  $ wasmlp train
  $ wasmlp train --recipe fast
  $ wasmlp train --hidden 256,128 --optimizer adam --learning-rate 0.002 \\
      --schedule one-cycle --dropout 0.3 --out model.safetensors
  $ wasmlp train --config model.safetensors
  $ wasmlp train --recipe simard --checkpoint-dir run --log run/log.csv
  $ wasmlp train --recipe simard --checkpoint-dir run --log run/log.csv --resume
  $ wasmlp train --optimizer adam --find-lr
  $ wasmlp train --epochs 2 --trace trace.json
  $ wasmlp train --data iris.csv --target species --out iris.safetensors
  $ wasmlp train --data houses.csv.gz --target price,rent --ignore id
  $ wasmlp train --data mnist.npz          # as Keras has it
  $ wasmlp train --data X.npy --target y.npy --task regression
`;

export function defineTrain(command: Command, terminal: Terminal): void {
  addExecutionOptions(addDataOptions(command))
    .option("--recipe <name>", "settings that come with wasmlp: see `wasmlp recipes`")
    .option("--config <file>", "settings from a JSON or YAML file, or of a saved model");
  for (const name of SETTING_NAMES) {
    const { value, help, default: text } = SETTINGS[name];
    const ending = text === undefined ? "" : ` (default: ${text})`;
    command.option(`${flagOf(name)} <${value}>`, help + ending);
  }
  command
    .option("--find-lr", "try learning rates, draw the loss, and suggest one")
    .option("--checkpoint-dir <dir>", "save after each epoch what it takes to go on from there")
    .option("--resume", "go on from the checkpoint in that folder")
    .option("--log <file>", "write each epoch's figures to a .csv or .jsonl file")
    .option("--tensorboard <dir>", "write them as TensorBoard's event files")
    .option(
      "--doctor",
      "watch the run, and say what keeps it from learning; exit code 3 when something does",
    )
    .option("--trace <file>", "write what each thread did when, for Perfetto or chrome://tracing")
    .option("--out <file>", "save the model, in the safetensors format")
    .option("--json", "print one JSON object a line")
    .option("--quiet", "print only the result")
    .addHelpText("after", EXAMPLES)
    .action((flags: TrainFlags) => train(flags, terminal));
}

async function train(flags: TrainFlags, terminal: Terminal): Promise<void> {
  const { out } = flags;
  if (flags.trace !== undefined && flags.findLr) {
    throw new OptionError("--trace and --find-lr are given, expected one of them");
  }
  const kind = await dataKindOf(flags.data);
  let { settings, texts } = await gatherSettings(flags, kind);
  for (const file of [out, flags.trace]) if (file !== undefined) await checkWritable(file);
  const records = await openRecords(flags, terminal);
  const data = await loadData(flags, settings, terminal, kind);
  if (isOfNumbers(data.training)) {
    ({ settings, texts } = await gatherSettings(flags, kind, NUMBER_DEFAULTS));
  }
  const parts = splitTrainingData(data.training, settings);
  const { training, test } = { ...data, training: parts.training };
  const { seed } = settings;
  const architecture = architectureOf(settings, training);
  using model = await Mlp.create({
    architecture,
    initialization: settings.init,
    ...executionOptions(flags),
    classNames: training.targets.names,
    ...(seed !== undefined && { seed }),
    ...(training.image && { image: training.image }),
    ...(data.preprocessing && { preprocessing: data.preprocessing }),
  });
  if (flags.findLr) {
    await findLearningRate(model, training, settings, flags, terminal);
    return;
  }
  const report = chooseReport(flags, terminal, settings, texts);
  // What is tuned by validation must not be tuned by the test set.
  const tuned = settings.schedule.kind === "plateau";
  const validation = parts.validation ?? (tuned ? undefined : test);
  report.start({ model, training, test, validation });

  const before =
    flags.doctor && isOfClasses(training) && isOfClasses(test)
      ? await examineBefore(
          standardizedDataset(training, data.preprocessing),
          standardizedDataset(test, data.preprocessing),
          settings,
          terminal,
        )
      : [];
  for (const finding of before) report.finding(finding);
  const classes = training.targets.names.length;
  const examiner = flags.doctor
    ? new RunExaminer(classes, { loss: lossOf(architecture), before })
    : undefined;
  /** Seen, and printed behind the epoch's own line. */
  const waiting: Finding[] = [];
  let findings = before.length;
  const done: EpochReport[] = [];
  const trace = flags.trace === undefined ? undefined : new Trace();
  let interruption: unknown;
  let restoredEpoch: number | undefined;
  try {
    const history = await model.fit(training, {
      ...fitOptions(settings),
      ...(validation && { validation }),
      ...records.fitOptions,
      signal: terminal.signal,
      trace,
      onProgress: report.progress,
      ...(examiner && {
        inspect(epoch: EpochReport, layers: readonly LayerState[]) {
          waiting.push(...examiner.observe(epoch, layers));
        },
      }),
      async onEpoch(epoch) {
        done.push(epoch);
        report.epoch(epoch);
        findings += waiting.length;
        for (const finding of waiting.splice(0)) report.finding(finding);
        await records.epoch(epoch);
      },
    });
    done.splice(0, done.length, ...history.epochs);
    restoredEpoch = history.restoredEpoch;
  } catch (error) {
    if (error instanceof TrainingError) {
      for (const finding of examiner?.observeBreakdown(error.message) ?? [])
        report.finding(finding);
    }
    if (error !== terminal.signal.reason) throw error;
    interruption = error;
  }
  if (out !== undefined) {
    const { digest } = data;
    const remembered = digest === undefined ? {} : { [TRAINED_ON]: digest };
    await saveModel(model, out, { training: { ...texts, ...remembered } });
  }
  const ownData = kind === "images" ? undefined : flags.data;
  const ended = { training, test, epochs: done, ownData, out, restoredEpoch };
  if (trace && flags.trace !== undefined) {
    await writeFileAtomically(flags.trace, encodeTrace(trace));
    terminal.progress("");
    report.trace(trace, flags.trace);
  }
  if (interruption) {
    report.interrupted({ ...ended, score: undefined });
    throw interruption;
  }
  const last = validation === test ? done.at(-1)?.validationAccuracy : undefined;
  report.end({ ...ended, score: await scoreOf(model, test, last) });
  if (findings > 0) throw new Findings();
}

async function loadData(
  flags: TrainFlags,
  settings: TrainSettings,
  terminal: Terminal,
  kind: DataKind,
): Promise<OwnData> {
  if (kind === "images" || flags.data === undefined) {
    return { ...(await loadTrainingData(flags, terminal)), preprocessing: undefined };
  }
  const data = await loadOwnData(kind, flags.data, settings, terminal);
  if (flags.doctor && !isOfClasses(data.training)) {
    throw new OptionError("--doctor was given for a regression, expected a classification");
  }
  return data;
}

/** @param accuracy where it is known already */
async function scoreOf(
  model: Mlp,
  test: Dataset<Targets>,
  accuracy: number | undefined,
): Promise<TestScore> {
  if (!isOfClasses(test)) {
    return { kind: "values", values: (await evaluateValues(model, test)).values };
  }
  return { kind: "classes", accuracy: accuracy ?? (await model.evaluate(test)).accuracy };
}

/** What flags, configuration and recipe say together. */
async function gatherSettings(flags: TrainFlags, kind: DataKind, defaults?: SettingSource) {
  const given = Object.fromEntries(
    SETTING_NAMES.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
  refuseStrangers(flags, kind);
  const sources = [
    ...(defaults ? [defaults] : []),
    ...(flags.recipe === undefined ? [] : [readRecipe(flags.recipe).settings]),
    ...(flags.config === undefined ? [] : [await readConfig(flags.config)]),
    { texts: given, place: flagOf },
  ];
  const resolved = resolveSettings(sources);
  const { earlyStopping, validationSplit } = resolved.settings;
  if (earlyStopping !== undefined && !validationSplit) {
    throw new OptionError(
      "--early-stopping was given without a validation set, expected --validation-split too",
    );
  }
  for (const name of strangersTo(kind)) delete resolved.texts[name];
  return resolved;
}

function splitTrainingData(
  dataset: Dataset<Targets>,
  { validationSplit = 0, seed = 0 }: TrainSettings,
): { readonly training: Dataset<Targets>; readonly validation?: Dataset<Targets> } {
  if (validationSplit === 0) return { training: dataset };
  return splitDataset(dataset, { fraction: validationSplit, seed });
}

/** What is wrong with the data set and the network before the first step. */
async function examineBefore(
  training: Dataset,
  test: Dataset,
  settings: TrainSettings,
  terminal: Terminal,
): Promise<Finding[]> {
  terminal.progress("looking at the data set …");
  const { signal } = terminal;
  const architecture = architectureOf(settings, training);
  const { init, seed = 0 } = settings;
  const samples = await examineData(training, { test, seed, signal });
  const start = await examineStart({ architecture, initialization: init, seed }, training);
  terminal.progress("");
  return [...samples.findings, ...start.findings];
}

function architectureOf(settings: TrainSettings, { features, targets }: Dataset<Targets>) {
  const { hidden, activation, loss } = settings;
  const usual = targets.kind === "values" ? "identity" : "softmax";
  const { outputActivation = usual } = settings;
  const outputs = targets.names.length;
  return {
    ...perceptron(features, hidden, outputs, activation, outputActivation),
    ...(loss !== undefined && { loss }),
  };
}

function fitOptions(settings: TrainSettings): FitOptions {
  const { epochs, batchSize, learningRate, schedule, warmup, optimizer, momentum } = settings;
  const { weightDecay, clipNorm, maxNorm, labelSmoothing, averaging, earlyStopping } = settings;
  const { inputDropout, dropout, shift, rotation, scale, shear, elastic, smoothness } = settings;
  return {
    epochs,
    batchSize,
    learningRate,
    schedule,
    warmup,
    optimizer: { name: optimizer, momentum },
    ...(weightDecay !== undefined && { weightDecay }),
    clipNorm,
    maxNorm,
    labelSmoothing,
    dropout: { input: inputDropout, hidden: dropout },
    averaging,
    augmentation: { shift, rotation, scale, shear, elastic, smoothness },
    ...(earlyStopping !== undefined && { earlyStopping: { patience: earlyStopping } }),
    seed: settings.seed ?? 0,
  };
}

async function findLearningRate(
  model: Mlp,
  training: Dataset<Targets>,
  settings: TrainSettings,
  { json }: TrainFlags,
  terminal: Terminal,
): Promise<void> {
  terminal.progress("trying learning rates …");
  const { signal } = terminal;
  const curve = await model.findLearningRate(training, { ...fitOptions(settings), signal });
  terminal.progress("");
  if (json) {
    terminal.print(JSON.stringify({ event: "learning-rates", ...curve }));
    return;
  }
  terminal.print(learningRateCurve(curve, terminal.layout));
  const { suggestion } = curve;
  terminal.print(
    suggestion === undefined
      ? "The loss never fell: no learning rate can be suggested."
      : `Suggested: --learning-rate ${suggestion.toPrecision(2)}`,
  );
}

function chooseReport(
  { json, quiet }: TrainFlags,
  terminal: Terminal,
  settings: TrainSettings,
  texts: SettingTexts,
) {
  const report = json ? jsonReport : quiet ? resultReport : fullReport;
  return report(terminal, settings, texts);
}
