/** From arrays to what a network sees, and back to the same for arrays that come later. */
import { checkChoice, checkOptions } from "../../arguments.js";
import { DataError } from "../../errors.js";
import { show } from "../arrays/show.js";
import { TASKS, type Task } from "../csv/encode.js";
import { createDataset, type Dataset, type Targets } from "../dataset.js";
import { inputStandardization, type Preprocessing, type TargetColumn } from "../preprocessing.js";
import { spreadOf } from "../spread.js";
import {
  type ArrayInputs,
  learnColumns,
  plainColumns,
  readInputs,
  readRawInputs,
} from "./arrayInputs.js";
import { type ArraySamples, checkSameRows, type LabelledSamples } from "./arraySamples.js";
import {
  classNamesOf,
  inferArrayTask,
  readLabels,
  readValues,
  valueNamesOf,
} from "./arrayTargets.js";
import { refuseNonFinite } from "./finiteValues.js";

/** What the arrays are taken for. */
export interface SamplesEncodingOptions {
  /** Default: classification of whole numbers and of one-hot rows, regression of other numbers. */
  readonly task?: Task | undefined;
  /** Whether numbers, values to be predicted too, are brought to a common scale; default true. */
  readonly standardize?: boolean | undefined;
}

/** How arrays of one kind become data sets. */
export interface SamplesEncoding {
  /** Whether the targets are classes or values. */
  readonly task: Task;
  /** Of the classes, or of the values that are predicted. */
  readonly names: readonly string[];
  /** Absent where inputs stay as they are, as pixels do, and classes are predicted. */
  readonly preprocessing?: Preprocessing | undefined;
}

/**
 * How `samples`, the training set, and others like them are to be encoded: bytes and pictures are pixels; of other
 * numbers each feature is standardised, and so are values to be predicted.
 *
 * @throws OptionError when an option is misspelt or of another type.
 * @throws DataError when the arrays do not fit together, or the targets are not what the task wants.
 */
export function learnSamplesEncoding(
  samples: LabelledSamples,
  options: SamplesEncodingOptions = {},
): SamplesEncoding {
  checkOptions("learnSamplesEncoding", options, { task: "checked", standardize: "boolean" });
  checkChoice("task", options.task, TASKS);
  const { standardize = true } = options;
  const { place, inputs, targets } = samples;
  checkSameRows(samples);
  const task = options.task ?? inferArrayTask(targets, place);
  refuseNonFinite(samples);
  const read = readInputs(inputs, place);
  const columns = standardize ? learnColumns(inputs, read) : undefined;
  if (task === "classification") {
    const names = classNamesOf(targets, place);
    if (!columns) return { task, names };
    return { task, names, preprocessing: { columns, targets: [{ name: targets.name }] } };
  }
  const names = valueNamesOf(targets, place);
  const { values } = readValues(targets, names, place);
  const rows = values.length / names.length;
  if (values.every((value, index) => value === values[index % names.length])) {
    const value = names.length === 1 ? targets.values[0] : "the same";
    throw new DataError(
      `${place}: ${show(targets.name)} is ${value} in every sample, expected values that differ`,
    );
  }
  const described = names.map((name, output): TargetColumn => {
    if (!standardize) return { name, mean: 0, scale: 1 };
    return { name, ...spreadOf(rows, (row) => values[row * names.length + output]) };
  });
  return {
    task,
    names,
    preprocessing: { columns: columns ?? plainColumns(read.features), targets: described },
  };
}

/**
 * The data set that `samples` are.
 *
 * @throws DataError when the arrays do not fit together, or targets are none that the encoding knows.
 */
export function encodeSamples(
  samples: LabelledSamples,
  { task, names, preprocessing }: SamplesEncoding,
): Dataset<Targets> {
  const { place, targets } = samples;
  checkSameRows(samples);
  refuseNonFinite(samples);
  const { values, features, image } = encodeSampleInputs(samples, preprocessing);
  return createDataset<Targets>({
    name: place,
    inputs: values,
    features,
    targets:
      task === "classification"
        ? readLabels(targets, names, place)
        : readValues(targets, names, place),
    ...(image && { image }),
  });
}

/**
 * Inputs alone, of samples whose targets may be unknown.
 *
 * @throws DataError when the array holds no samples, or a value is no finite number.
 */
export function encodeSampleInputs(
  samples: ArraySamples,
  preprocessing: Preprocessing | undefined,
): ArrayInputs {
  const { inputs, place } = samples;
  const isStandardized = preprocessing && inputStandardization(preprocessing) !== undefined;
  refuseNonFinite({ place, inputs });
  return isStandardized ? readRawInputs(inputs, place) : readInputs(inputs, place);
}
