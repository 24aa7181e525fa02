/** Data of one's own, in tables or arrays: to train on, and for a model that was. */
import {
  type Dataset,
  type Mlp,
  OptionError,
  type Preprocessing,
  type RegressionEvaluation,
  type Targets,
} from "../index.js";
import { type DataFlags, loadTestData, type OwnData } from "./data.js";
import { dataKindOf } from "./dataKind.js";
import { type ArrayNames, loadSampleInputsFor, loadSamples, loadSamplesFor } from "./sampleData.js";
import { loadInputsFor, loadTable, loadTableFor, type TableFlags } from "./tableData.js";
import type { Terminal } from "./terminal.js";
import type { NumberedDataset } from "./trainedRows.js";
import { type DataSettings, refuseStrangers, type SettingSource } from "./trainSettings.js";

/** What trains most tables, few rows or many, where nobody says otherwise. */
export const NUMBER_DEFAULTS: SettingSource = {
  texts: { epochs: "100", optimizer: "adam", learningRate: "0.003", hidden: "64" },
  place: (name) => name,
};

/** A table or arrays to train on, and to test on. */
export function loadOwnData(
  kind: "table" | "arrays",
  path: string,
  settings: DataSettings,
  terminal: Terminal,
): Promise<OwnData> {
  return (kind === "table" ? loadTable : loadSamples)(path, settings, terminal);
}

/**
 * What a model is to be tested on: images, a table or arrays.
 *
 * @throws OptionError when a flag says nothing of data of that kind, or the model does not take it.
 * @throws FileError or DataError when the file is not such data.
 */
export async function loadDataFor(
  model: Mlp,
  flags: DataFlags & ArrayNames & TableFlags,
  terminal: Terminal,
): Promise<NumberedDataset> {
  const kind = await dataKindOf(flags.data);
  refuseOthersFlags(flags, kind);
  if (flags.data !== undefined && kind === "table") {
    return await loadTableFor(model, flags.data, flags, terminal);
  }
  if (flags.data !== undefined && kind === "arrays") {
    return await loadSamplesFor(model, flags.data, flags, terminal);
  }
  return await loadTestData(flags, terminal);
}

/** Inputs alone, of a table or arrays. */
export async function loadRowsFor(
  model: Mlp,
  { data, ...flags }: ArrayNames & TableFlags & { readonly data: string },
  terminal: Terminal,
): Promise<{
  readonly inputs: Uint8Array | Float32Array;
  readonly preprocessing: Preprocessing | undefined;
}> {
  const kind = await dataKindOf(data);
  refuseOthersFlags(flags, kind);
  if (kind === "arrays") return await loadSampleInputsFor(model, data, flags, terminal);
  return await loadInputsFor(model, data, flags, terminal);
}

/** Flags that are of data of another kind. A table's columns are known to the model. */
function refuseOthersFlags(
  { inputs, target, decimal }: ArrayNames & TableFlags,
  kind: "images" | "table" | "arrays",
): void {
  if (kind === "table" && target !== undefined) {
    throw new OptionError("--target was given, expected --data FILE with arrays too");
  }
  refuseStrangers({ ...(inputs !== undefined && { inputs }) }, kind);
  if (decimal !== undefined) refuseStrangers({ decimal }, kind);
  if (target !== undefined) refuseStrangers({ target }, kind);
}

export function isOfClasses(dataset: Dataset<Targets>): dataset is Dataset {
  return dataset.targets.kind === "classes";
}

/** @throws OptionError when the network does not fit the data set. */
export async function evaluateValues(
  model: Mlp,
  dataset: Dataset<Targets>,
  signal?: AbortSignal,
): Promise<RegressionEvaluation> {
  if (dataset.targets.kind === "classes") {
    throw new OptionError(`${dataset.name}: has classes, expected values`);
  }
  const { targets } = dataset;
  return model.evaluate({ ...dataset, targets }, signal ? { signal } : {});
}

/** Tables and arrays of numbers are not trained on as pictures are. */
export function isOfNumbers({ inputs, image }: Dataset<Targets>): boolean {
  return inputs instanceof Float32Array && image === undefined;
}
