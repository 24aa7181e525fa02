/**
 * A session passes a data set through a network: the data set copied into linear memory once, the
 * buffers of one batch, and the plan that the kernels follow. Nothing is allocated afterwards.
 */
import { checkDataset, type Dataset, type Targets } from "../data/dataset.js";
import type { Pointer } from "../engine/kernels.js";
import {
  LOSS_CODES,
  OPTIMIZER_CODES,
  PLAN_BYTES,
  SETTINGS_BYTES,
  type StepSettings,
  TOTALS_BYTES,
  writeBatchKept,
  writeEpoch,
  writePlan,
  writeSettings,
} from "../engine/plan.js";
import { Regions } from "../engine/regions.js";
import { type Run, runSteps } from "../engine/run.js";
import { spinsFor, teamBytes } from "../engine/team.js";
import { OptionError } from "../errors.js";
import { countClasses, fitsTargets, type Layer, lossOf } from "./architecture.js";
import { layOutAugmentation } from "./augmentationLayout.js";
import { type EnteredTargets, enterInputs, enterTargets } from "./enteredDataset.js";
import { countDescentTiles, type LayerLayout, layOutLayers, layOutScratch } from "./layout.js";
import { dropoutFields, type Learning } from "./learning.js";
import { LearningState } from "./learningState.js";
import type { Network } from "./network.js";
import { checkParameters } from "./soundness.js";
import { type Density, isSparse, layOutSparseBatches, NO_SPARSE_BATCHES } from "./sparseLayout.js";

export interface SessionOptions {
  /** Samples a step. */
  readonly batchSize: number;
  /** Whether the samples are taken in an order drawn for each epoch, or as they are stored. */
  readonly order: "shuffled" | "stored";
  /** How the network learns; absent for evaluation. */
  readonly learning?: Learning | undefined;
}

/** What a range of steps came to. */
export interface Totals {
  /** Sum of the samples' losses. */
  readonly loss: number;
  readonly correct: number;
}

/** What the last batch of a pass left in a layer: views of linear memory, which the next pass changes. */
export interface LayerState {
  /** That of the layer's units. */
  readonly activation: Layer["activation"];
  /** How many there are. */
  readonly units: number;
  /** a `[rows, units]` */
  readonly activations: Float32Array;
  /** ∂L/∂z `[rows, units]` of the batch's mean loss */
  readonly gradient: Float32Array;
  /** `[inputs, units]`, after the last update */
  readonly weights: Float32Array;
  /** `[inputs, units]`, before it; absent where nobody had them kept */
  readonly earlierWeights?: Float32Array;
  /** `[units]` */
  readonly biases: Float32Array;
}

/** What of a session is there before it. */
interface EnteredDataset extends EnteredTargets {
  /** Freed with the session. */
  readonly regions: Regions;
  /** `[samples, features]` */
  readonly inputs: Pointer;
  readonly density: Density;
}

export class Session {
  /** That of the data set. */
  readonly name: string;
  readonly samples: number;
  /** Steps that one pass over the data set takes; the last batch may be smaller. */
  readonly steps: number;
  readonly batchSize: number;
  readonly #network: Network;
  readonly #regions: Regions;
  readonly #plan: Pointer;
  readonly #team: Pointer;
  readonly #learning: Learning | undefined;
  readonly #keepsBatch: boolean;
  readonly #totals: Pointer;
  readonly #losses: Pointer;
  readonly #predicted: Pointer;
  readonly #settings: Pointer;
  readonly #layout: LayerLayout;
  readonly #learned: LearningState;
  /** Each layer's weights as `keepWeights` found them. */
  readonly #earlierWeights: Float32Array[] = [];

  /**
   * @throws OptionError when the data set does not fit the network or what is asked of it.
   * @throws DataError when one of its numbers is not finite.
   * @throws ModelError when a parameter is not finite.
   * @throws EngineError when the host grants no more memory, or the network has been disposed of.
   */
  static async create(
    network: Network,
    dataset: Dataset<Targets>,
    options: SessionOptions,
  ): Promise<Session> {
    checkFit(network, dataset);
    checkParameters(network);
    const regions = new Regions(network.engine.memory);
    try {
      const targets = enterTargets(network, dataset, regions);
      const inputs = regions.allocateBytes(dataset.inputs.byteLength);
      const density = await enterInputs(network, dataset, inputs);
      return new Session(network, dataset, options, { regions, inputs, density, ...targets });
    } catch (error) {
      regions.free();
      throw error;
    }
  }

  private constructor(
    network: Network,
    dataset: Dataset<Targets>,
    options: SessionOptions,
    { regions, inputs, density, labels, values }: EnteredDataset,
  ) {
    const { engine } = network;
    const { execution } = engine;
    const { learning } = options;
    this.#network = network;
    this.#learning = learning;
    this.name = dataset.name;
    this.samples = dataset.samples;
    this.batchSize = Math.min(options.batchSize, dataset.samples);
    this.steps = Math.ceil(this.samples / this.batchSize);
    this.#regions = regions;
    this.#team = regions.allocateBytes(teamBytes(execution.threads));
    this.#losses = this.#numbers(this.samples);
    this.#predicted = this.#numbers(this.samples);
    this.#totals = regions.allocateBytes(this.steps * TOTALS_BYTES);
    this.#plan = regions.allocateBytes(PLAN_BYTES);
    this.#settings = learning ? regions.allocateBytes(this.steps * SETTINGS_BYTES) : 0;
    const firstLayer = isSparse(density) ? "sparse" : "dense";
    const order = options.order === "shuffled" ? this.#numbers(this.samples) : 0;
    const { features } = dataset;
    const rows = this.batchSize;
    const loss = lossOf(network.architecture);
    const outputs = network.layers[network.layers.length - 1].units;
    this.#layout = layOutLayers(network, regions, rows, firstLayer, learning);
    const augmentation = layOutAugmentation(engine, regions, dataset, learning?.augmentation);
    const dropped = dropoutFields(learning?.dropout.input ?? 0);
    const inputBytes = dataset.inputs.BYTES_PER_ELEMENT;
    const preparedStride =
      augmentation !== 0 || dropped.threshold > 0 ? rows * features * inputBytes : 0;
    this.#keepsBatch =
      options.order === "stored" && this.batchSize >= this.samples && preparedStride === 0;
    const descents = countDescentTiles(network, this.#layout.states);
    writePlan(engine, this.#plan, {
      layerCount: network.layers.length,
      layers: this.#layout.table,
      samples: this.samples,
      features,
      inputs,
      inputsAreBytes: inputBytes === 1 ? 1 : 0,
      inputScale: dropped.scale * (inputBytes === 1 ? 1 / 255 : 1),
      values,
      labels,
      order,
      seed: 0,
      epoch: 0,
      batchKept: 0,
      weightsKept: 0,
      batchSize: rows,
      loss: LOSS_CODES[loss],
      labelSmoothing: learning?.labelSmoothing ?? 0,
      optimizer: learning ? OPTIMIZER_CODES[learning.optimizer] : 0,
      settings: this.#settings,
      clipNorm: learning?.clipNorm ?? 0,
      maxNorm: learning?.maxNorm ?? 0,
      squares: learning && learning.clipNorm > 0 ? regions.allocateBytes(descents * 8) : 0,
      prepared: preparedStride > 0 ? regions.allocateBytes(2 * preparedStride) : 0,
      preparedStride,
      augmentation,
      inputDropout: dropped.threshold,
      ...(firstLayer === "sparse"
        ? layOutSparseBatches(engine, regions, learning ? "train" : "evaluate", {
            features,
            rows,
            steps: this.steps,
            // A distorted image may have ink wherever it likes.
            density: augmentation === 0 ? density : { ...density, largestRow: features },
            threads: execution.threads,
          })
        : NO_SPARSE_BATCHES),
      batchInputs: firstLayer === "dense" ? this.#numbers(rows * features) : 0,
      batchTargets: loss === "cross-entropy" ? 0 : this.#numbers(rows * outputs),
      targets: this.#numbers(this.samples),
      losses: this.#losses,
      predicted: this.#predicted,
      outputs: 0,
      inputsAreFinite: 0,
      ...layOutScratch(
        network,
        regions,
        execution.threads,
        augmentation === 0 ? undefined : dataset.image,
      ),
      totals: this.#totals,
      threads: execution.threads,
      team: this.#team,
      spins: spinsFor(execution.threads),
    });
    this.#learned = new LearningState(network, this.#layout.states);
  }

  /** Chooses the order of the samples for the next run. */
  startEpoch(seed: number, epoch: number): void {
    writeEpoch(this.#network.engine, this.#plan, seed, epoch);
  }

  /**
   * Runs all steps of a pass over the data set, or those from `first` to `steps` − 1, in training with an update
   * after each. Whoever begins with a later one has run those before it.
   *
   * @throws the signal's reason when it aborts, and whatever `onTick` throws; either ends the run
   * after the step under way.
   * @throws EngineError when a thread fails or the network has been disposed of.
   */
  async run({
    steps = this.steps,
    ...options
  }: Pick<Run, "signal" | "onTick" | "trace" | "first"> & {
    readonly steps?: number;
  } = {}): Promise<void> {
    const { engine } = this.#network;
    await engine.turns.alone(() =>
      runSteps(engine, {
        ...options,
        operation: this.#learning ? "train" : "evaluate",
        plan: this.#plan,
        team: this.#team,
        steps,
      }),
    );
    // A data set that is one batch, always in the same order, is compressed or gathered only once.
    if (this.#keepsBatch) writeBatchKept(engine, this.#plan);
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

  /** Sets what the update of a step of the next run needs to know. */
  writeSettings(step: number, settings: StepSettings): void {
    writeSettings(this.#network.engine, this.#settings, step, settings);
  }

  /** What learning keeps from step to step, beside the parameters. */
  get learned(): LearningState {
    return this.#learned;
  }

  /**
   * The first layer, counted from 0, whose activations of the last batch are not all finite: where
   * numbers overflowed first. Undefined when all are finite.
   */
  firstOverflow(step: number): number | undefined {
    const { engine, layers } = this.#network;
    const rows = Math.min(this.batchSize, this.samples - step * this.batchSize);
    const index = layers.findIndex(({ units }, layer) => {
      const activations = engine.memory.floats(this.#layout.activations[layer], rows * units);
      return activations.some((value) => !Number.isFinite(value));
    });
    return index < 0 ? undefined : index;
  }

  /** Copies the weights, for `layerStates` to tell what the steps that follow change. */
  keepWeights(): void {
    const { engine, layers } = this.#network;
    for (const [index, { inputs, units, weights }] of layers.entries()) {
      const now = engine.memory.floats(weights, inputs * units);
      this.#earlierWeights[index] ??= new Float32Array(now.length);
      this.#earlierWeights[index].set(now);
    }
  }

  /** Every layer as the last step of a whole pass left it, the first layer first. */
  layerStates(): LayerState[] {
    const { engine, layers } = this.#network;
    const { memory } = engine;
    const rows = this.samples - (this.steps - 1) * this.batchSize;
    return layers.map(({ activation, inputs, units, weights, biases }, index) => ({
      activation,
      units,
      activations: memory.floats(this.#layout.activations[index], rows * units),
      gradient: memory.floats(this.#layout.gradients[index], rows * units),
      weights: memory.floats(weights, inputs * units),
      ...(this.#earlierWeights[index] && { earlierWeights: this.#earlierWeights[index] }),
      biases: memory.floats(biases, units),
    }));
  }

  /** Gives the memory back. */
  free(): void {
    this.#regions.free();
  }

  #numbers(count: number): Pointer {
    return this.#regions.allocateNumbers(count);
  }
}

function checkFit(network: Network, dataset: Dataset<Targets>): void {
  checkDataset(dataset);
  const { inputs } = network.architecture;
  if (dataset.features !== inputs) {
    throw new OptionError(
      `${dataset.name}: samples have ${dataset.features} features, expected ${inputs} as the network has inputs`,
    );
  }
  if (network.inputStandardization && dataset.inputs instanceof Uint8Array) {
    throw new OptionError(
      `${dataset.name}: its inputs are bytes, expected float32 as the model standardises them`,
    );
  }
  const { kind, names } = dataset.targets;
  const { architecture } = network;
  if (kind === "values" && lossOf(architecture) === "cross-entropy") {
    throw new OptionError(
      `${dataset.name}: has values for targets, expected classes as the network ends in a softmax`,
    );
  }
  const outputs = architecture.layers[architecture.layers.length - 1].units;
  const fits =
    kind === "values" ? names.length === outputs : fitsTargets(architecture, names.length);
  if (fits) return;
  const expected =
    kind === "values"
      ? `${outputs} as the network has outputs`
      : `${countClasses(architecture)} as the network tells apart`;
  throw new OptionError(`${dataset.name}: has ${names.length} ${kind}, expected ${expected}`);
}
