/** Class probabilities of inputs that come from outside a data set. */
import { standardize, unstandardize } from "../data/preprocessing.js";
import type { Pointer } from "../engine/kernels.js";
import { LOSS_CODES, PLAN_BYTES, writePlan } from "../engine/plan.js";
import { Regions } from "../engine/regions.js";
import { OptionError } from "../errors.js";
import { lossOf } from "./architecture.js";
import { layOutLayers, layOutScratch } from "./layout.js";
import type { Network } from "./network.js";

/** Rows at a time: enough for the matrix product to run at speed, few enough to stay in cache. */
const ROWS = 64;

export class Predictor {
  readonly #network: Network;
  readonly #regions: Regions;
  readonly #plan: Pointer;
  readonly #bytes: Pointer;
  readonly #inputs: Pointer;
  readonly #probabilities: Pointer;
  readonly #features: number;
  readonly #classes: number;

  /** @throws EngineError when the host grants no more memory, or the network has been disposed of. */
  constructor(network: Network) {
    const { engine, layers, architecture } = network;
    const { memory } = engine;
    this.#network = network;
    this.#features = architecture.inputs;
    this.#regions = new Regions(memory);
    const regions = this.#regions;
    this.#classes = layers[layers.length - 1].units;
    const { table, outputs } = layOutLayers(network, regions, ROWS, "dense");
    this.#probabilities = outputs;
    this.#bytes = regions.allocateBytes(ROWS * this.#features);
    this.#inputs = regions.allocateNumbers(ROWS * this.#features);
    this.#plan = regions.allocateBytes(PLAN_BYTES);
    writePlan(engine, this.#plan, {
      layerCount: layers.length,
      layers: table,
      samples: 0,
      features: this.#features,
      inputs: 0,
      inputsAreBytes: 0,
      inputScale: 1,
      values: 0,
      labels: 0,
      order: 0,
      seed: 0,
      epoch: 0,
      batchKept: 0,
      batchSize: ROWS,
      loss: LOSS_CODES[lossOf(architecture)],
      labelSmoothing: 0,
      optimizer: 0,
      settings: 0,
      clipNorm: 0,
      maxNorm: 0,
      squares: 0,
      prepared: 0,
      preparedStride: 0,
      augmentation: 0,
      inputDropout: 0,
      sparse: 0,
      batchInputs: this.#inputs,
      batchTargets: 0,
      targets: 0,
      losses: 0,
      predicted: 0,
      ...layOutScratch(network, regions, 1),
      totals: 0,
      threads: 1,
      team: 0,
      spins: 0,
    });
  }

  /**
   * Probabilities `[samples, classes]` of inputs `[samples, features]`; bytes stand for byte / 255.
   *
   * @throws OptionError when the inputs are not whole samples of finite numbers.
   */
  predict(inputs: Uint8Array | Float32Array): Float32Array {
    const features = this.#features;
    const classes = this.#classes;
    const samples = inputs.length / features;
    if (!Number.isInteger(samples) || samples === 0) {
      throw new OptionError(
        `predict was given ${inputs.length} input values, expected one or more samples of ${features} as the network has inputs`,
      );
    }
    const { engine, inputStandardization, targetStandardization } = this.#network;
    const { kernels, memory } = engine;
    const probabilities = new Float32Array(samples * classes);
    for (let first = 0; first < samples; first += ROWS) {
      const rows = Math.min(ROWS, samples - first);
      const start = first * features;
      const end = start + rows * features;
      if (inputs instanceof Uint8Array) {
        memory.bytes(this.#bytes, rows * features).set(inputs.subarray(start, end));
        kernels.gatherBytes(this.#inputs, this.#bytes, 0, 0, rows, features, 1 / 255);
      } else {
        const batch = inputs.subarray(start, end);
        checkFinite(batch, first, features);
        memory.floats(this.#inputs, rows * features).set(batch);
      }
      if (inputStandardization) {
        standardize(memory.floats(this.#inputs, rows * features), inputStandardization);
      }
      kernels.predict(this.#plan, rows);
      probabilities.set(memory.floats(this.#probabilities, rows * classes), first * classes);
    }
    if (targetStandardization) unstandardize(probabilities, targetStandardization);
    return probabilities;
  }

  /** Gives the memory back. */
  free(): void {
    this.#regions.free();
  }
}

function checkFinite(batch: Float32Array, first: number, features: number): void {
  const index = batch.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  throw new OptionError(
    `predict was given ${batch[index]} as feature ${index % features} of sample ${first + Math.floor(index / features)}, expected a finite number`,
  );
}
