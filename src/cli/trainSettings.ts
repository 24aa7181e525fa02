/**
 * The settings of a training run: one list for flags, configuration files, recipes and what is saved with
 * the model. A setting travels as text until every source has been heard.
 */
import {
  type DecimalSeparator,
  type Delimiter,
  HIDDEN_ACTIVATIONS,
  type HiddenActivation,
  type Initialization,
  LOSSES,
  type Loss,
  OPTIMIZERS,
  type OptimizerName,
  OptionError,
  type OutputActivation,
  parseInitialization,
  parseSchedule,
  type Schedule,
  type Task,
} from "../index.js";
import type { DataKind } from "./dataKind.js";
import {
  batchSize,
  decimalSeparator,
  fraction,
  hiddenLayers,
  list,
  number,
  oneOf,
  wholeNumber,
  yesOrNo,
} from "./optionValues.js";

export interface TrainSettings {
  readonly hidden: readonly number[];
  readonly activation: HiddenActivation;
  readonly outputActivation: OutputActivation | undefined;
  readonly loss: Loss | undefined;
  readonly init: Initialization;
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly warmup: number;
  readonly optimizer: OptimizerName;
  readonly momentum: number;
  readonly weightDecay: number | undefined;
  readonly clipNorm: number;
  readonly maxNorm: number;
  readonly labelSmoothing: number;
  readonly inputDropout: number;
  readonly dropout: number;
  readonly averaging: number;
  readonly shift: number;
  readonly rotation: number;
  readonly scale: number;
  readonly shear: number;
  readonly elastic: number;
  readonly smoothness: number;
  readonly validationSplit: number | undefined;
  readonly earlyStopping: number | undefined;
  readonly seed: number | undefined;
  readonly inputs: string | undefined;
  readonly target: readonly string[] | undefined;
  readonly columns: readonly string[] | undefined;
  readonly ignore: readonly string[] | undefined;
  readonly categories: readonly string[] | undefined;
  readonly task: Task | undefined;
  readonly testData: string | undefined;
  readonly testSplit: number;
  readonly standardize: boolean;
  readonly missing: "mean" | "error";
  readonly header: boolean | undefined;
  readonly delimiter: Delimiter | undefined;
  readonly decimal: DecimalSeparator | undefined;
}

export type SettingName = keyof TrainSettings;

/** Settings as text, as far as a source gives any. */
export type SettingTexts = Partial<Record<SettingName, string>>;

interface Setting<Value> {
  /** What stands for the value in the help. */
  readonly value: string;
  readonly help: string;
  /** Taken where no source says anything; absent: nothing is. */
  readonly default?: string;
  /** Reads the text; `place` is what it is called in messages. */
  readonly parse: (place: string) => (text: string) => Value;
}

/** What float32 and int32 hold, and what one takes for a mistake. */
const LARGEST = { units: 1_048_576, epochs: 1_000_000_000, batch: 2 ** 31 - 1, seed: 2 ** 32 - 1 };

const DELIMITERS = { comma: ",", semicolon: ";", tab: "\t" } as const;
const DELIMITER_NAMES = ["comma", "semicolon", "tab"] as const;

const from = (minimum: number) => (place: string) => number(place, { minimum });

/** In the order of the help. The defaults give at least 97.5 % on MNIST's test set within seconds. */
export const SETTINGS: { readonly [Name in SettingName]: Setting<TrainSettings[Name]> } = {
  hidden: {
    value: "units",
    help: "units of each hidden layer, the first one first",
    default: "128",
    parse: (place) => hiddenLayers(place, LARGEST.units),
  },
  activation: {
    value: "name",
    help: `activation of the hidden layers: ${HIDDEN_ACTIVATIONS.join(", ")}`,
    default: "relu",
    parse: (place) => oneOf(place, HIDDEN_ACTIVATIONS),
  },
  outputActivation: {
    value: "name",
    help: "activation of the last layer: softmax or one of the others (default: softmax, of values identity)",
    parse: (place) => oneOf(place, ["softmax", ...HIDDEN_ACTIVATIONS] as const),
  },
  loss: {
    value: "name",
    help: `${LOSSES.join(", ")} (default: what belongs to the last layer)`,
    parse: (place) => oneOf(place, LOSSES),
  },
  init: {
    value: "name",
    help: "initial weights: glorot, he, lecun, zeros or normal:σ",
    default: "he",
    parse: () => parseInitialization,
  },
  epochs: {
    value: "n",
    help: "passes over the training set",
    default: "12",
    parse: (place) => wholeNumber(place, { minimum: 1, maximum: LARGEST.epochs }),
  },
  batchSize: {
    value: "n|full",
    help: "samples a step, or all of them at once",
    default: "32",
    parse: (place) => batchSize(place, LARGEST.batch),
  },
  learningRate: {
    value: "rate",
    help: "size of a step",
    default: "0.1",
    parse: (place) => number(place, { above: 0 }),
  },
  schedule: {
    value: "name",
    help: "constant, step:epochs:factor, cosine:floor, one-cycle:rise:start:end or plateau:factor:patience:threshold",
    default: "constant",
    parse: () => parseSchedule,
  },
  warmup: {
    value: "epochs",
    help: "epochs over which the learning rate rises",
    default: "0",
    parse: from(0),
  },
  optimizer: {
    value: "name",
    help: OPTIMIZERS.join(", "),
    default: "sgd",
    parse: (place) => oneOf(place, OPTIMIZERS),
  },
  momentum: {
    value: "factor",
    help: "of momentum and nesterov; the decay of rmsprop and the first one of adam",
    default: "0.9",
    parse: fraction,
  },
  weightDecay: {
    value: "rate",
    help: "by which weights shrink, times the learning rate (default: 0, of adamw 0.01)",
    parse: from(0),
  },
  clipNorm: {
    value: "norm",
    help: "largest norm of the gradient; 0: no limit",
    default: "0",
    parse: from(0),
  },
  maxNorm: {
    value: "norm",
    help: "largest norm of the weights into a unit; 0: no limit",
    default: "0",
    parse: from(0),
  },
  labelSmoothing: {
    value: "part",
    help: "part of a label's target that all classes share",
    default: "0",
    parse: fraction,
  },
  inputDropout: {
    value: "p",
    help: "probability that an input is left out",
    default: "0",
    parse: fraction,
  },
  dropout: {
    value: "p",
    help: "probability that a hidden unit is left out",
    default: "0",
    parse: fraction,
  },
  averaging: {
    value: "factor",
    help: "keep an average of the weights, as 0.999; 0: none",
    default: "0",
    parse: fraction,
  },
  shift: {
    value: "pixels",
    help: "shift images by up to so many pixels",
    default: "0",
    parse: from(0),
  },
  rotation: {
    value: "degrees",
    help: "rotate images by up to so many degrees",
    default: "0",
    parse: from(0),
  },
  scale: {
    value: "part",
    help: "scale images by up to this part of their size",
    default: "0",
    parse: fraction,
  },
  shear: {
    value: "part",
    help: "shear images by up to so many pixels a pixel",
    default: "0",
    parse: from(0),
  },
  elastic: {
    value: "pixels",
    help: "distort images elastically: α of Simard et al. 2003",
    default: "0",
    parse: from(0),
  },
  smoothness: {
    value: "pixels",
    help: "σ of the elastic distortion",
    default: "4",
    parse: from(0),
  },
  validationSplit: {
    value: "part",
    help: "hold this part of the training set out for validation",
    parse: fraction,
  },
  earlyStopping: {
    value: "epochs",
    help: "stop when validation has not improved for more epochs, and keep the best",
    parse: (place) => wholeNumber(place, { minimum: 0, maximum: LARGEST.epochs }),
  },
  seed: {
    value: "n",
    help: "makes the run repeatable, to the bit; without it the seed is 0, and bits may differ between machines",
    parse: (place) => wholeNumber(place, { minimum: 0, maximum: LARGEST.seed }),
  },
  inputs: {
    value: "name",
    help: "of arrays: the one of the inputs (default: by its name, such as X or x_train)",
    parse: () => (text) => text,
  },
  target: {
    value: "names",
    help: "what is predicted: columns of a table, by name or number from 1 (default: the last); of arrays, one's name or its file (default: by its name, such as y)",
    parse: list,
  },
  columns: {
    value: "names",
    help: "of a table: columns that are inputs (default: all others)",
    parse: list,
  },
  ignore: {
    value: "names",
    help: "of a table: columns to leave out",
    parse: list,
  },
  categories: {
    value: "names",
    help: "of a table: inputs whose numbers are names, such as postal codes (default: those that hold texts)",
    parse: list,
  },
  task: {
    value: "name",
    help: "classification or regression (default: by what the target holds)",
    parse: (place) => oneOf(place, ["classification", "regression"] as const),
  },
  testData: {
    value: "file",
    help: "a table or arrays to test on (default: a part of --data, see --test-split)",
    parse: () => (text) => text,
  },
  testSplit: {
    value: "part",
    help: "hold this part of a table or of arrays out for testing",
    default: "0.2",
    parse: fraction,
  },
  standardize: {
    value: "yes|no",
    help: "bring numbers of a table or of arrays to mean 0 and deviation 1, kept with the model",
    default: "yes",
    parse: yesOrNo,
  },
  missing: {
    value: "error|mean",
    help: "of a table: refuse a missing input, or take the column's mean",
    default: "error",
    parse: (place) => oneOf(place, ["error", "mean"] as const),
  },
  header: {
    value: "yes|no",
    help: "whether a table's first row has names (default: by what it holds)",
    parse: yesOrNo,
  },
  delimiter: {
    value: "name",
    help: "of a table: comma, semicolon or tab (default: what cuts its first rows alike)",
    parse: (place) => (text) => DELIMITERS[oneOf(place, DELIMITER_NAMES)(text)],
  },
  decimal: {
    value: "point|comma",
    help: "of a table: decimal separator (default: what its numbers have)",
    parse: decimalSeparator,
  },
};

/** Settings that say how data of one's own is read, and nothing of other data. */
export const DATA_SETTING_NAMES = [
  "inputs",
  "target",
  "columns",
  "ignore",
  "categories",
  "task",
  "testData",
  "testSplit",
  "standardize",
  "missing",
  "header",
  "delimiter",
  "decimal",
] as const satisfies readonly SettingName[];

/** What tables and arrays are read by. */
export type DataSettings = Pick<TrainSettings, (typeof DATA_SETTING_NAMES)[number] | "seed">;

/** Whose settings they are; those that are not here are both's. */
const ONLY_OF: Partial<Record<SettingName, "table" | "arrays">> = {
  inputs: "arrays",
  columns: "table",
  ignore: "table",
  categories: "table",
  missing: "table",
  header: "table",
  delimiter: "table",
  decimal: "table",
};

/** Settings that say nothing of data of this kind. */
export function strangersTo(kind: DataKind): readonly (typeof DATA_SETTING_NAMES)[number][] {
  return DATA_SETTING_NAMES.filter((name) => {
    const owner = ONLY_OF[name];
    return kind === "images" || (owner !== undefined && owner !== kind);
  });
}

/** @throws OptionError when a flag was given that says nothing of data of this kind. */
export function refuseStrangers(flags: SettingTexts, kind: DataKind): void {
  const stray = strangersTo(kind).find((name) => flags[name] !== undefined);
  if (stray === undefined) return;
  const owner = ONLY_OF[stray];
  const wanted =
    owner === "table" ? "a table" : owner === "arrays" ? "arrays" : "a table or arrays";
  throw new OptionError(`${flagOf(stray)} was given, expected --data FILE with ${wanted} too`);
}

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** "batchSize" → "--batch-size" */
export function flagOf(name: SettingName): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Texts from one place. */
export interface SettingSource {
  readonly texts: SettingTexts;
  /** What a setting is called there. */
  readonly place: (name: SettingName) => string;
}

/**
 * The settings that the sources agree on, later ones first, and the texts behind them.
 *
 * @throws OptionError when a text is not what is expected; it names the place.
 */
export function resolveSettings(sources: readonly SettingSource[]): {
  readonly settings: TrainSettings;
  readonly texts: SettingTexts;
} {
  const texts: SettingTexts = {};
  const values = SETTING_NAMES.map((name) => {
    const source = sources.findLast((candidate) => candidate.texts[name] !== undefined);
    const setting = SETTINGS[name];
    const text = source?.texts[name] ?? setting.default;
    if (text === undefined) return [name, undefined] as const;
    texts[name] = text;
    return [name, parseAt<unknown>(setting, text, source?.place(name) ?? flagOf(name))] as const;
  });
  return { settings: Object.fromEntries(values) as unknown as TrainSettings, texts };
}

function parseAt<Value>({ parse }: Setting<Value>, text: string, place: string): Value {
  try {
    return parse(place)(text);
  } catch (error) {
    // The library's parsers do not know where their text comes from; of a flag that goes without saying.
    const known = place.startsWith("--") || !(error instanceof OptionError);
    if (known || error.message.startsWith(place)) throw error;
    throw new OptionError(`${place}: ${error.message}`, { cause: error });
  }
}
