/** Arrays in files of one's own: NPY, NPZ, safetensors and IDX, gzip-compressed or not. */
import type { Command } from "commander";
import {
  type ArraySamples,
  type Dataset,
  encodeSampleInputs,
  encodeSamples,
  inferArrayTask,
  type LabelledSamples,
  learnSamplesEncoding,
  type Mlp,
  MOST_CODES,
  OptionError,
  type Preprocessing,
  type SamplesEncoding,
  splitSamples,
  type Targets,
} from "../index.js";
import {
  type ReadSamplesOptions,
  readSamples,
  readTestFiles,
  requireTargets,
} from "../node/index.js";
import { plural } from "../report/numbers.js";
import type { OwnData } from "./data.js";
import { predictsValues } from "./tableData.js";
import type { Terminal } from "./terminal.js";
import { digestOfSamples, type NumberedDataset, samplesToTestOn } from "./trainedRows.js";
import type { DataSettings } from "./trainSettings.js";

/** Which arrays are meant, where their names do not say so. */
export interface ArrayNames {
  readonly inputs?: string | undefined;
  readonly target?: string | undefined;
}

/** The options that say which arrays are meant, of commands that take a model. */
export function addArrayOptions(command: Command): Command {
  return command
    .option("--inputs <name>", "of arrays: the one of the inputs (default: as in training)")
    .option("--target <name>", "of arrays: the one of the targets, or its file");
}

/**
 * Samples to train on, and to test on: those that the file or files beside it hold for that, or a part that is held out.
 *
 * @throws FileError, DataError or OptionError when the files are not what the settings say.
 */
export async function loadSamples(
  path: string,
  settings: DataSettings,
  terminal: Terminal,
): Promise<OwnData> {
  const { testData, testSplit, seed = 0, inputs, target, standardize } = settings;
  if (target && target.length > 1) {
    throw new OptionError(`--target is "${target.join(",")}", expected one array`);
  }
  const names = { inputs, target: target?.[0] };
  const file = await readSamples(path, names);
  const whole = requireTargets(file.training);
  const task = settings.task ?? inferArrayTask(whole.targets, path);
  const given = testData
    ? await readForTest(testData, names)
    : (file.test ?? (await readTestFiles(path)));
  const parts = given
    ? { training: whole, test: requireTargets(given) }
    : splitSamples(whole, {
        fraction: testSplit,
        seed,
        strata: task === "classification" ? "targets" : undefined,
      });
  const encoding = learnSamplesEncoding(parts.training, { task, standardize });
  const training = encodeSamples(parts.training, encoding);
  const test = encodeSamples(parts.test, encoding);
  if (test.features !== training.features) {
    throw new OptionError(
      `${test.name}: samples have ${test.features} features, expected ${training.features} as those of ${path}`,
    );
  }
  const hint =
    settings.task === undefined && task === "regression" && mayBeClasses(whole)
      ? " (--task classification tells classes)"
      : "";
  terminal.note(describe(whole, encoding, training, { hint, testPlace: test.name }));
  return {
    training,
    test,
    preprocessing: encoding.preprocessing,
    // A file that holds what to test on is tested on that again.
    digest: given && testData === undefined ? undefined : digestOfSamples(whole),
  };
}

/**
 * The data set that arrays are to a model: what a file holds to test on, or else all of it; of the arrays that it was
 * trained on, the samples that were held out.
 *
 * @throws FileError, DataError or OptionError when the file holds nothing that the model takes.
 */
export async function loadSamplesFor(
  model: Mlp,
  path: string,
  names: ArrayNames,
  terminal: Terminal,
): Promise<NumberedDataset> {
  const { preprocessing, classNames } = model;
  const task = preprocessing && predictsValues(preprocessing) ? "regression" : "classification";
  const whole = requireTargets(await readFor(model, path, names));
  const { samples, numbers } = samplesToTestOn(model, whole, task, terminal);
  const dataset = encodeSamples(samples, { task, names: classNames, preprocessing });
  checkScale(model, dataset, path);
  tellPixels(samples, dataset, terminal);
  return { ...dataset, numbers };
}

/**
 * The inputs alone, with a row for each sample; nothing need be known of targets.
 *
 * @throws FileError, DataError or OptionError as `loadSamplesFor`.
 */
export async function loadSampleInputsFor(
  model: Mlp,
  path: string,
  names: ArrayNames,
  terminal: Terminal,
): Promise<{
  readonly inputs: Uint8Array | Float32Array;
  readonly preprocessing: Preprocessing | undefined;
}> {
  const { preprocessing } = model;
  const samples = await readFor(model, path, names);
  const { values, features } = encodeSampleInputs(samples, preprocessing);
  const wanted = model.architecture.inputs;
  if (features !== wanted) {
    const { shape } = samples.inputs;
    const single =
      values.length === wanted
        ? `, or ${[1, ...shape].join(" × ")} values where it is one sample`
        : "";
    throw new OptionError(
      `${samples.place}: samples have ${features} features, expected ${wanted} as the network has inputs${single}`,
    );
  }
  checkScale(model, { inputs: values }, path);
  tellPixels(samples, { inputs: values }, terminal);
  return { inputs: values, preprocessing };
}

async function readForTest(path: string, names: ReadSamplesOptions): Promise<ArraySamples> {
  const { training, test } = await readSamples(path, names);
  return test ?? training;
}

/** What a file holds to test on, or else all of it; arrays are called as in training where nobody says otherwise. */
async function readFor(
  { training }: Mlp,
  path: string,
  { inputs, target }: ArrayNames,
): Promise<ArraySamples> {
  const text = (value: string | number | boolean | undefined) =>
    typeof value === "string" ? value : undefined;
  const usual = { inputs: text(training?.inputs), target: text(training?.target) };
  return await readForTest(path, { inputs, target, usual });
}

/**
 * A model that standardises nothing was trained on pixels, from 0 to 1, unless it was told not to.
 *
 * @throws OptionError when inputs are of another scale.
 */
function checkScale(
  { preprocessing, training }: Mlp,
  { inputs }: Pick<Dataset, "inputs">,
  path: string,
): void {
  if (preprocessing || training?.standardize === "no" || inputs instanceof Uint8Array) return;
  const largest = inputs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest <= 1) return;
  throw new OptionError(
    `${path}: holds values up to ${largest}, expected bytes, or numbers from 0 to 1, as the model was trained on pixels`,
  );
}

/** Says it where numbers that a file does not call bytes are taken for such. */
function tellPixels(
  { place, inputs: { name, dtype } }: ArraySamples,
  { inputs }: Pick<Dataset, "inputs">,
  terminal: Terminal,
): void {
  if (!(inputs instanceof Uint8Array) || dtype === "uint8") return;
  const largest = inputs.reduce((most, value) => Math.max(most, value), 0);
  terminal.note(
    `${place}: ${JSON.stringify(name)} holds whole numbers up to ${largest}, taken for pixels: 0 to 255 for 0 to 1.`,
  );
}

/** Whether values are whole, one a sample and few: labels that someone's program made floats of. */
function mayBeClasses({ targets }: LabelledSamples): boolean {
  const different = new Set<number>();
  for (const value of targets.values) {
    if (!Number.isInteger(value) || value < 0) return false;
    different.add(value);
    if (different.size > MOST_CODES) return false;
  }
  return targets.values.length === targets.shape[0];
}

/** What was found, and what was inferred from it. */
function describe(
  { place, inputs, targets }: LabelledSamples,
  { task, names, preprocessing }: SamplesEncoding,
  training: Dataset<Targets>,
  { hint, testPlace }: { readonly hint: string; readonly testPlace: string },
): string {
  const goal =
    task === "classification"
      ? `classification of ${JSON.stringify(targets.name)}, ${names.length} classes`
      : `regression of ${names.map((name) => JSON.stringify(name)).join(", ")}`;
  const { image, features } = training;
  const shape = image ? `${image.width} × ${image.height} pixels` : plural(features, "number");
  const isChanged = preprocessing?.columns.some(
    (column) => column.kind === "number" && (column.mean !== 0 || column.scale !== 1),
  );
  const change =
    training.inputs instanceof Uint8Array
      ? "bytes taken for 0 to 1"
      : isChanged
        ? image
          ? "divided by the largest"
          : "standardised"
        : "as they are";
  return `${place}: ${inputs.shape[0]} samples; ${goal}${hint}; inputs: ${JSON.stringify(inputs.name)}, ${shape}, ${change}; tested on ${testPlace}.`;
}
