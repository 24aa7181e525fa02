/**
 * A session passes a data set through a network: the data set copied into linear memory once, the
 * buffers of one batch, and the plan that the kernels follow. Nothing is allocated afterwards.
 */
import type { Dataset } from "../data/dataset.js";
import type { Pointer } from "../engine/kernels.js";
import { PLAN_BYTES, TOTALS_BYTES, writeBatchKept, writeEpoch, writePlan } from "../engine/plan.js";
import { Regions } from "../engine/regions.js";
import { type Run, runSteps } from "../engine/run.js";
import { spinsFor, teamBytes } from "../engine/team.js";
import { OptionError } from "../errors.js";
import { layOutLayers, layOutScratch, type Purpose } from "./layout.js";
import type { Network } from "./network.js";
import { isSparse, layOutSparseBatches, measureDensity } from "./sparseLayout.js";

export interface SessionOptions {
  /** Samples a step. */
  readonly batchSize: number;
  readonly purpose: Purpose;
  readonly learningRate: number;
  /** Whether the samples are taken in an order drawn for each epoch, or as they are stored. */
  readonly order: "shuffled" | "stored";
}

/** What a range of steps came to. */
export interface Totals {
  /** Sum of the samples' losses. */
  readonly loss: number;
  readonly correct: number;
}

export class Session {
  readonly samples: number;
  /** Steps that one pass over the data set takes; the last batch may be smaller. */
  readonly steps: number;
  readonly batchSize: number;
  readonly #network: Network;
  readonly #regions: Regions;
  readonly #plan: Pointer;
  readonly #team: Pointer;
  readonly #purpose: Purpose;
  readonly #keepsBatch: boolean;
  readonly #totals: Pointer;
  readonly #losses: Pointer;
  readonly #predicted: Pointer;

  /**
   * @throws OptionError when the data set does not fit the network.
   * @throws EngineError when the host grants no more memory, or the network has been disposed of.
   */
  constructor(network: Network, dataset: Dataset, options: SessionOptions) {
    checkFit(network, dataset);
    const { engine } = network;
    const { memory, execution } = engine;
    this.#network = network;
    this.#purpose = options.purpose;
    this.#keepsBatch = options.order === "stored" && options.batchSize >= dataset.samples;
    this.samples = dataset.samples;
    this.batchSize = Math.min(options.batchSize, dataset.samples);
    this.steps = Math.ceil(this.samples / this.batchSize);
    this.#regions = new Regions(memory);
    try {
      this.#team = this.#regions.allocateBytes(teamBytes(execution.threads));
      this.#losses = this.#numbers(this.samples);
      this.#predicted = this.#numbers(this.samples);
      this.#totals = this.#regions.allocateBytes(this.steps * TOTALS_BYTES);
      this.#plan = this.#regions.allocateBytes(PLAN_BYTES);
      const labels = this.#numbers(this.samples);
      const inputs = this.#regions.allocateBytes(dataset.inputs.byteLength);
      copyInputs(network, dataset, inputs);
      memory.integers(labels, this.samples).set(dataset.targets.labels);
      const density = measureDensity(engine, inputs, dataset);
      const firstLayer = isSparse(density) ? "sparse" : "dense";
      const order = options.order === "shuffled" ? this.#numbers(this.samples) : 0;
      const { features } = dataset;
      const { purpose } = options;
      const rows = this.batchSize;
      writePlan(engine, this.#plan, {
        layerCount: network.layers.length,
        layers: layOutLayers(network, this.#regions, rows, purpose, firstLayer).table,
        samples: this.samples,
        features,
        inputs,
        inputsAreBytes: dataset.inputs instanceof Uint8Array ? 1 : 0,
        labels,
        order,
        seed: 0,
        epoch: 0,
        batchKept: 0,
        batchSize: rows,
        learningRate: options.learningRate,
        sparse:
          firstLayer === "sparse"
            ? layOutSparseBatches(engine, this.#regions, purpose, {
                features,
                rows,
                steps: this.steps,
                density,
              })
            : 0,
        batchInputs: firstLayer === "dense" ? this.#numbers(rows * features) : 0,
        targets: this.#numbers(this.samples),
        losses: this.#losses,
        predicted: this.#predicted,
        ...layOutScratch(network, this.#regions, execution.threads),
        totals: this.#totals,
        threads: execution.threads,
        team: this.#team,
        spins: spinsFor(execution.threads),
      });
    } catch (error) {
      this.#regions.free();
      throw error;
    }
  }

  /** Chooses the order of the samples for the next run. */
  startEpoch(seed: number, epoch: number): void {
    writeEpoch(this.#network.engine, this.#plan, seed, epoch);
  }

  /**
   * Runs all steps of a pass over the data set, in training with an update after each.
   *
   * @throws the signal's reason when it aborts, and whatever `onTick` throws; either ends the run
   * after the step under way.
   * @throws EngineError when a thread fails or the network has been disposed of.
   */
  async run(options: Pick<Run, "signal" | "onTick"> = {}): Promise<void> {
    await runSteps(this.#network.engine, {
      ...options,
      operation: this.#purpose,
      plan: this.#plan,
      team: this.#team,
      steps: this.steps,
    });
    // A data set that is one batch, always in the same order, is compressed or gathered only once.
    if (this.#keepsBatch) writeBatchKept(this.#network.engine, this.#plan);
  }

  /** What steps `first` to `first + count − 1` came to. */
  totals(first: number, count: number): Totals {
    const start = this.#totals + first * TOTALS_BYTES;
    const rows = this.#network.engine.memory.fields(start, count * TOTALS_BYTES);
    let loss = 0;
    let correct = 0;
    for (let offset = 0; offset < rows.byteLength; offset += TOTALS_BYTES) {
      loss += rows.getFloat64(offset, true);
      correct += rows.getInt32(offset + 8, true);
    }
    return { loss, correct };
  }

  /** A copy of each sample's loss `[samples]`, by its position in the order of the last pass. */
  losses(): Float32Array {
    return this.#network.engine.memory.floats(this.#losses, this.samples).slice();
  }

  /** A copy of each sample's predicted class `[samples]`, likewise. */
  predicted(): Int32Array {
    return this.#network.engine.memory.integers(this.#predicted, this.samples).slice();
  }

  /** Gives the memory back. */
  free(): void {
    this.#regions.free();
  }

  #numbers(count: number): Pointer {
    return this.#regions.allocateNumbers(count);
  }
}

function copyInputs(network: Network, { inputs }: Dataset, target: Pointer): void {
  const { memory } = network.engine;
  if (inputs instanceof Uint8Array) memory.bytes(target, inputs.length).set(inputs);
  else memory.floats(target, inputs.length).set(inputs);
}

function checkFit(network: Network, dataset: Dataset): void {
  const { inputs, layers } = network.architecture;
  if (dataset.features !== inputs) {
    throw new OptionError(
      `${dataset.name}: samples have ${dataset.features} features, expected ${inputs} as the network has inputs`,
    );
  }
  const classes = layers.at(-1)?.units;
  if (dataset.targets.names.length !== classes) {
    throw new OptionError(
      `${dataset.name}: has ${dataset.targets.names.length} classes, expected ${classes} as the network has outputs`,
    );
  }
}
