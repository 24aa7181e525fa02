/** What a network says of many samples: whole batches in the kernels, on all threads or on the calling one. */
import { standardize, unstandardize } from "../data/preprocessing.js";
import type { Pointer } from "../engine/kernels.js";
import {
  EMPTY_PLAN,
  LOSS_CODES,
  PLAN_BYTES,
  type PlanFields,
  SPARSE_ROWS,
  writePlan,
} from "../engine/plan.js";
import { Regions } from "../engine/regions.js";
import { runSteps } from "../engine/run.js";
import { resetTeam, spinsFor, teamBytes } from "../engine/team.js";
import { lossOf } from "./architecture.js";
import { layOutLayers, layOutScratch } from "./layout.js";
import type { Network } from "./network.js";
import { checkFinite, countSamples, roomFor } from "./predictionArguments.js";
import { isSparse, layOutSparseBatches, NO_SPARSE_BATCHES } from "./sparseLayout.js";

/** Rows of a batch, which a thread passes through the network by itself. */
const ROWS = SPARSE_ROWS;

/**
 * Bytes of inputs that are copied into linear memory at a time: few enough for the calling thread to be free
 * again within milliseconds, and for memory not to grow with the number of samples.
 */
const PORTION_BYTES = 4 * 2 ** 20;

/** So many samples say whether inputs are mostly zeros; the outputs' bits do not depend on it. */
const COUNTED_SAMPLES = 256;

/** The inverse of the largest byte, as the kernels have it. */
const BYTE_SCALE = Math.fround(1 / 255);

export interface PredictAllOptions {
  /** Ends the work after the batches under way. */
  readonly signal?: AbortSignal | undefined;
  /** Room for `samples · outputs` numbers, which is filled and returned; default: new room. */
  readonly outputs?: Float32Array | undefined;
}

/**
 * Outputs `[samples, outputs]` of inputs `[samples, features]`: the workers compute one portion while the calling
 * thread copies the next.
 *
 * @throws OptionError when the inputs are not whole samples of finite numbers, or `outputs` has another length.
 * @throws EngineError when a worker fails, or the network has been disposed of.
 * @throws the signal's reason when it aborts.
 */
export async function predictAll(
  network: Network,
  inputs: Uint8Array | Float32Array,
  { signal, outputs: room }: PredictAllOptions = {},
): Promise<Float32Array> {
  signal?.throwIfAborted();
  const samples = countSamples(network, inputs);
  const outputs = roomFor(network, samples, room);
  const { threads } = network.execution;
  const regions = new Regions(network.engine.memory);
  const portionSamples = samplesOf(network, inputs);
  const runs: Promise<void>[] = [];
  try {
    const portions = [0, 1].map(() => new Portion(network, regions, inputs, threads));
    for (let first = 0; first < samples; first += portionSamples) {
      const portion = portions[runs.length % portions.length];
      // Whoever was in this place before has to be gone.
      await runs[runs.length - portions.length];
      signal?.throwIfAborted();
      const count = Math.min(portionSamples, samples - first);
      portion.enter(inputs, first, count);
      const run = portion.run(signal).then(() => portion.leave(outputs, first));
      // Awaited later: until then a failure is nobody's.
      run.catch(() => undefined);
      runs.push(run);
    }
    await Promise.all(runs);
    return outputs;
  } finally {
    await Promise.allSettled(runs);
    regions.free();
  }
}

/** The same at once, on the calling thread. */
export function predictAllSync(
  network: Network,
  inputs: Uint8Array | Float32Array,
  room?: Float32Array,
): Float32Array {
  const samples = countSamples(network, inputs);
  const outputs = roomFor(network, samples, room);
  const regions = new Regions(network.engine.memory);
  const portionSamples = samplesOf(network, inputs);
  try {
    const portion = new Portion(network, regions, inputs, 1);
    for (let first = 0; first < samples; first += portionSamples) {
      const count = Math.min(portionSamples, samples - first);
      portion.enter(inputs, first, count);
      portion.runSync();
      portion.leave(outputs, first);
    }
    return outputs;
  } finally {
    regions.free();
  }
}

/** Samples of a portion: whole batches. */
function samplesOf(
  { architecture }: Network,
  { length, BYTES_PER_ELEMENT }: Uint8Array | Float32Array,
): number {
  const samples = length / architecture.inputs;
  const fitting = Math.floor(PORTION_BYTES / (architecture.inputs * BYTES_PER_ELEMENT * ROWS));
  return Math.min(Math.ceil(samples / ROWS), Math.max(1, fitting)) * ROWS;
}

/** Whether inputs are mostly zeros; a row may nevertheless have none. */
function measureFirst(
  { architecture }: Network,
  inputs: Uint8Array | Float32Array,
): "sparse" | "dense" {
  const values = inputs.subarray(0, COUNTED_SAMPLES * architecture.inputs);
  let nonZero = 0;
  for (const value of values) nonZero += value === 0 ? 0 : 1;
  const density = { mean: nonZero / values.length, largestRow: architecture.inputs };
  return isSparse(density) ? "sparse" : "dense";
}

/** Some samples' copy in linear memory, and the plans that lead them to their outputs. */
class Portion {
  readonly #network: Network;
  readonly #inputsAreBytes: boolean;
  readonly #inputs: Pointer;
  readonly #outputs: Pointer;
  readonly #team: Pointer;
  /** The plan of all threads together, and behind it one of each. */
  readonly #plans: Pointer;
  readonly #fields: PlanFields[];
  #samples = 0;

  /** @throws EngineError when the host grants no more memory. */
  constructor(
    network: Network,
    regions: Regions,
    inputs: Uint8Array | Float32Array,
    threads: number,
  ) {
    const { engine, layers, architecture, inputStandardization } = network;
    const features = architecture.inputs;
    const samples = samplesOf(network, inputs);
    this.#network = network;
    // What is standardised is no byte any more.
    this.#inputsAreBytes = inputs instanceof Uint8Array && !inputStandardization;
    this.#inputs = this.#inputsAreBytes
      ? regions.allocateBytes(samples * features)
      : regions.allocateNumbers(samples * features);
    this.#outputs = regions.allocateNumbers(samples * layers[layers.length - 1].units);
    this.#team = regions.allocateBytes(teamBytes(threads));
    this.#plans = regions.allocateBytes((threads + 1) * PLAN_BYTES);
    const firstLayer = measureFirst(network, inputs);
    const layOutOwn = (packedWeights?: readonly Pointer[]) => {
      const team = regions.allocateBytes(teamBytes(1));
      resetTeam(engine.memory, team, 1);
      const layout = layOutLayers(network, regions, ROWS, firstLayer, undefined, packedWeights);
      const density = { mean: 1, largestRow: features };
      const shape = { features, rows: ROWS, steps: 1, density, threads: 1 };
      const fields = {
        ...EMPTY_PLAN,
        layerCount: layers.length,
        layers: layout.table,
        features,
        inputs: this.#inputs,
        inputsAreBytes: this.#inputsAreBytes ? 1 : 0,
        inputScale: this.#inputsAreBytes ? 1 / 255 : 1,
        batchSize: ROWS,
        loss: LOSS_CODES[lossOf(architecture)],
        ...(firstLayer === "sparse"
          ? layOutSparseBatches(engine, regions, "evaluate", shape)
          : NO_SPARSE_BATCHES),
        batchInputs: firstLayer === "dense" ? regions.allocateNumbers(ROWS * features) : 0,
        outputs: this.#outputs,
        ...layOutScratch(network, regions, 1),
        team,
      };
      return { fields, packedWeights: layout.packedWeights };
    };
    const first = layOutOwn();
    const others = Array.from({ length: threads - 1 }, () => layOutOwn(first.packedWeights));
    const all = {
      ...first.fields,
      batchKept: 1,
      threads,
      team: this.#team,
      spins: spinsFor(threads),
    };
    this.#fields = [all, first.fields, ...others.map(({ fields }) => fields)];
  }

  /** Copies `samples` samples from number `first` on into linear memory. */
  enter(inputs: Uint8Array | Float32Array, first: number, samples: number): void {
    const { engine, architecture, inputStandardization } = this.#network;
    const { memory } = engine;
    const features = architecture.inputs;
    const values = inputs.subarray(first * features, (first + samples) * features);
    this.#samples = samples;
    if (values instanceof Float32Array) checkFinite(values, first, features);
    if (this.#inputsAreBytes) {
      memory.bytes(this.#inputs, values.length).set(values);
    } else {
      const copy = memory.floats(this.#inputs, values.length);
      copy.set(values);
      if (values instanceof Uint8Array) {
        for (let place = 0; place < copy.length; place++) copy[place] *= BYTE_SCALE;
      }
      if (inputStandardization) standardize(copy, inputStandardization);
    }
    this.#fields.forEach((fields, index) => {
      writePlan(engine, this.#plans + index * PLAN_BYTES, { ...fields, samples });
    });
  }

  /** On the engine's workers, or in slices of this thread where memory is not shared. */
  run(signal: AbortSignal | undefined): Promise<void> {
    const { engine } = this.#network;
    const steps = Math.ceil(this.#samples / ROWS);
    return runSteps(engine, {
      operation: "predictAll",
      plan: this.#plans,
      team: this.#team,
      steps,
      signal,
    });
  }

  /** On this thread; of a portion that was made for one thread. */
  runSync(): void {
    const { kernels, memory } = this.#network.engine;
    resetTeam(memory, this.#team, 1);
    kernels.predictAll(this.#plans, 0, 0, Math.ceil(this.#samples / ROWS));
  }

  /** Copies what the network says of the samples, the first one being number `first`. */
  leave(outputs: Float32Array, first: number): void {
    const { engine, layers, targetStandardization } = this.#network;
    const { units } = layers[layers.length - 1];
    const own = outputs.subarray(first * units, (first + this.#samples) * units);
    own.set(engine.memory.floats(this.#outputs, own.length));
    if (targetStandardization) unstandardize(own, targetStandardization);
  }
}
