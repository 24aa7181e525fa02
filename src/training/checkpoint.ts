/**
 * A checkpoint: all that it takes to go on with a training run to the same bits. A safetensors file whose
 * tensors are the parameters, what the optimiser keeps, and the best parameters so far; the rest is JSON
 * in its metadata, with a checksum over both.
 */
import { show } from "../data/arrays/show.js";
import { crc32c } from "../data/crc.js";
import type { Dataset, Targets } from "../data/dataset.js";
import { ModelError } from "../errors.js";
import type { Architecture } from "../model/architecture.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  type FloatTensor,
} from "../model/formats/safetensors.js";
import type { BestEpoch } from "./earlyStopping.js";
import type { EpochReport } from "./options.js";
import type { Parameters } from "./parameters.js";
import type { PlateauState } from "./plateau.js";
import type { TrainingSettings } from "./resolveOptions.js";

/** Which data a run is on. */
export interface DataFingerprint {
  readonly samples: number;
  readonly features: number;
  /** CRC-32C of the inputs, and of the targets. */
  readonly inputs: number;
  readonly targets: number;
}

/** What a run is, from its first step to its last. */
export interface RunIdentity {
  readonly architecture: Architecture;
  readonly settings: TrainingSettings;
  readonly data: DataFingerprint;
  readonly validation: DataFingerprint | null;
}

/** How far it has come. */
export interface RunState {
  /** Of the epochs done so far. */
  readonly epochs: readonly EpochReport[];
  readonly parameters: Parameters;
  /** What the optimiser keeps, by name. */
  readonly optimizer: ReadonlyMap<string, Float32Array>;
  readonly plateau: PlateauState | null;
  readonly best: BestEpoch | null;
}

const METADATA_KEY = "wasmlp-checkpoint";
const VERSION = 1;

/** What a checkpoint of this run must agree with. */
export function identifyRun(
  architecture: Architecture,
  settings: TrainingSettings,
  dataset: Dataset<Targets>,
  validation: Dataset<Targets> | undefined,
): RunIdentity {
  return {
    architecture,
    settings,
    data: fingerprint(dataset),
    validation: validation ? fingerprint(validation) : null,
  };
}

/**
 * How far a checkpoint of this run had come.
 *
 * @throws ModelError when it is none.
 */
export function resumeRun(file: Uint8Array, run: RunIdentity): RunState {
  const checkpoint = decodeCheckpoint(file, "checkpoint");
  checkSameRun(checkpoint.run, run, "checkpoint");
  return checkpoint.state;
}

function fingerprint({ inputs, targets, samples, features }: Dataset<Targets>): DataFingerprint {
  return {
    samples,
    features,
    inputs: crc32c(bytesOf(inputs)),
    targets: crc32c(bytesOf(targets.kind === "classes" ? targets.labels : targets.values)),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function encodeCheckpoint(run: RunIdentity, state: RunState): Uint8Array<ArrayBuffer> {
  const { epochs, plateau, best } = state;
  const tensors: FloatTensor[] = [
    ...parameterTensors("parameters", state.parameters),
    ...[...state.optimizer].map(([name, data]) => ({
      name: `optimizer.${name}`,
      shape: [data.length],
      data,
    })),
    ...(best ? parameterTensors("best", best.parameters) : []),
  ];
  const text = JSON.stringify({
    version: VERSION,
    run,
    epochs,
    plateau,
    best: best && { epoch: best.epoch, value: best.value },
  });
  const checksum = String(checksumOf(text, tensors));
  return encodeSafetensors({ tensors, metadata: { [METADATA_KEY]: text, checksum } });
}

/**
 * @param name what the checkpoint is called in messages
 * @throws ModelError when it is torn, altered, or not a checkpoint.
 */
export function decodeCheckpoint(
  file: Uint8Array,
  name: string,
): { readonly run: RunIdentity; readonly state: RunState } {
  const { tensors, metadata } = decodeSafetensors(file, name);
  const { [METADATA_KEY]: text, checksum } = metadata;
  if (text === undefined) {
    throw new ModelError(
      `${name}: the header has no "${METADATA_KEY}" metadata, expected a checkpoint of wasmlp`,
    );
  }
  const found = String(checksumOf(text, tensors));
  if (found !== checksum) {
    throw new ModelError(
      `${name}: its checksum is ${found}, expected ${checksum ?? "one"} as its header says: it has been altered`,
    );
  }
  const stored = parseStored(text, name);
  const byName = new Map(tensors.map(({ name: tensor, data }) => [tensor, data]));
  const { run, epochs, plateau, best } = stored;
  const parametersOf = (prefix: string) => readParameters(prefix, run.architecture, byName, name);
  const optimizer = new Map<string, Float32Array>();
  for (const [tensor, data] of byName) {
    if (tensor.startsWith("optimizer.")) optimizer.set(tensor.slice("optimizer.".length), data);
  }
  return {
    run,
    state: {
      epochs,
      plateau,
      optimizer,
      parameters: parametersOf("parameters"),
      best: best && { ...best, parameters: parametersOf("best") },
    },
  };
}

/** What can be said of a checkpoint without its run. */
export interface CheckpointSummary {
  /** Epochs done. */
  readonly epochs: number;
}

/** @throws ModelError when it is torn, altered, or not a checkpoint. */
export function summarizeCheckpoint(file: Uint8Array, name: string): CheckpointSummary {
  return { epochs: decodeCheckpoint(file, name).state.epochs.length };
}

/** What the checksum has vouched for. */
interface Stored {
  readonly version: number;
  readonly run: RunIdentity;
  readonly epochs: readonly EpochReport[];
  readonly plateau: PlateauState | null;
  readonly best: Pick<BestEpoch, "epoch" | "value"> | null;
}

/**
 * @throws ModelError when the checkpoint is of another run: it names the first thing that differs.
 */
function checkSameRun(checkpoint: RunIdentity, run: RunIdentity, name: string): void {
  const difference = firstDifference(comparable(checkpoint), comparable(run), "");
  if (difference) {
    const { path, found, expected } = difference;
    throw new ModelError(
      `${name}: is of a run whose ${path} is ${found}, expected ${expected} as in this one`,
    );
  }
  const { epochs, schedule } = run.settings;
  const planned = checkpoint.settings.epochs;
  const dependsOnLength = schedule.kind === "cosine" || schedule.kind === "one-cycle";
  if (planned !== epochs && dependsOnLength) {
    throw new ModelError(
      `${name}: is of a run of ${planned} epochs, expected ${epochs} as the schedule "${schedule.kind}" depends on it`,
    );
  }
}

/** Without the number of epochs: a run may be made longer. */
function comparable({ architecture, settings, data, validation }: RunIdentity): unknown {
  return { architecture, settings: { ...settings, epochs: 0 }, data, validation };
}

function firstDifference(
  found: unknown,
  expected: unknown,
  path: string,
): { path: string; found: string; expected: string } | undefined {
  if (!isRecord(found) || !isRecord(expected)) {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    return a === b ? undefined : { path, found: a ?? "absent", expected: b ?? "absent" };
  }
  for (const key of new Set([...Object.keys(found), ...Object.keys(expected)])) {
    const inside = firstDifference(found[key], expected[key], path === "" ? key : `${path}.${key}`);
    if (inside) return inside;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parameterTensors(prefix: string, parameters: Parameters): FloatTensor[] {
  return parameters.flatMap(({ weights, biases }, index) => [
    {
      name: `${prefix}.${index}.weights`,
      shape: [weights.length / biases.length, biases.length],
      data: weights,
    },
    { name: `${prefix}.${index}.biases`, shape: [biases.length], data: biases },
  ]);
}

/** @throws ModelError when they are not those of the architecture. */
function readParameters(
  prefix: string,
  { inputs, layers }: Architecture,
  tensors: ReadonlyMap<string, Float32Array>,
  name: string,
): Parameters {
  const take = (tensor: string, count: number): Float32Array => {
    const found = tensors.get(tensor);
    if (found?.length === count) return found;
    throw new ModelError(
      `${name}: its tensor "${tensor}" has ${found?.length ?? "no"} values, expected ${count}`,
    );
  };
  return layers.map(({ units }, index) => {
    const before = index === 0 ? inputs : layers[index - 1].units;
    return {
      weights: take(`${prefix}.${index}.weights`, before * units),
      biases: take(`${prefix}.${index}.biases`, units),
    };
  });
}

/** @throws ModelError when the text is not what `encodeCheckpoint` wrote. */
function parseStored(text: string, name: string): Stored {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${name}: its metadata is not JSON, expected it to be`, { cause });
  }
  if (isRecord(value) && value.version !== VERSION) {
    throw new ModelError(
      `${name}: is of version ${show(value.version)}, expected version ${VERSION}`,
    );
  }
  if (isStored(value)) return value;
  throw new ModelError(
    `${name}: its metadata does not describe a run, expected its architecture, settings, data and epochs`,
  );
}

/** What is read before the run is compared with the one that goes on, in which everything else has to be the same. */
function isStored(value: unknown): value is Stored {
  if (!isRecord(value) || !isRecord(value.run)) return false;
  const { run, epochs, plateau, best } = value;
  const { architecture, settings } = run;
  return (
    isRecord(settings) &&
    isRecord(settings.schedule) &&
    isRecord(architecture) &&
    typeof architecture.inputs === "number" &&
    Array.isArray(architecture.layers) &&
    architecture.layers.every((layer) => isRecord(layer) && typeof layer.units === "number") &&
    Array.isArray(epochs) &&
    epochs.every(isRecord) &&
    (plateau === null || isRecord(plateau)) &&
    (best === null || isRecord(best))
  );
}

function checksumOf(text: string, tensors: readonly FloatTensor[]): number {
  const parts = [text, ...tensors.map(({ name, data }) => `${name} ${crc32c(bytesOf(data))}`)];
  return crc32c(new TextEncoder().encode(parts.join("\n")));
}
