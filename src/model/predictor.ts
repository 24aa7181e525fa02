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

/** Where in linear memory samples go and outputs come from, `ROWS` rows of each. */
interface Views {
  readonly bytes: Uint8Array;
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
}

export class Predictor {
  readonly #network: Network;
  readonly #regions: Regions;
  readonly #plan: Pointer;
  readonly #bytes: Pointer;
  readonly #inputs: Pointer;
  readonly #probabilities: Pointer;
  readonly #features: number;
  readonly #classes: number;
  #views: Views;

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
    this.#views = this.#look();
  }

  /**
   * Probabilities `[samples, classes]` of inputs `[samples, features]`; bytes stand for byte / 255.
   * Written to `outputs`, where they are given, and then nothing is allocated for a single sample.
   *
   * @throws OptionError when the inputs are not whole samples of finite numbers, or `outputs` has another length
   * than samples · classes.
   */
  predict(inputs: Uint8Array | Float32Array, outputs?: Float32Array): Float32Array {
    const features = this.#features;
    const classes = this.#classes;
    const samples = inputs.length / features;
    if (!Number.isInteger(samples) || samples === 0) {
      throw new OptionError(
        `predict was given ${inputs.length} input values, expected one or more samples of ${features} as the network has inputs`,
      );
    }
    const probabilities = outputs ?? new Float32Array(samples * classes);
    if (probabilities.length !== samples * classes) {
      throw new OptionError(
        `predict was given room for ${probabilities.length} outputs, expected ${samples * classes} as ${samples} × ${classes}`,
      );
    }
    if (samples === 1) {
      this.#predictRows(inputs, probabilities, 0, 1);
    } else {
      for (let first = 0; first < samples; first += ROWS) {
        const rows = Math.min(ROWS, samples - first);
        const end = first + rows;
        this.#predictRows(
          inputs.subarray(first * features, end * features),
          probabilities.subarray(first * classes, end * classes),
          first,
          rows,
        );
      }
    }
    const { targetStandardization } = this.#network;
    if (targetStandardization) unstandardize(probabilities, targetStandardization);
    return probabilities;
  }

  /** At most `ROWS` rows, of which `first` is the first one's number. */
  #predictRows(
    inputs: Uint8Array | Float32Array,
    probabilities: Float32Array,
    first: number,
    rows: number,
  ): void {
    const { engine, inputStandardization } = this.#network;
    const { kernels, memory } = engine;
    if (this.#views.inputs.buffer !== memory.memory.buffer) this.#views = this.#look();
    const views = this.#views;
    if (inputs instanceof Uint8Array) {
      views.bytes.set(inputs);
      kernels.gatherBytes(this.#inputs, this.#bytes, 0, 0, rows, this.#features, 1 / 255);
    } else {
      checkFinite(inputs, first, this.#features);
      views.inputs.set(inputs);
    }
    if (inputStandardization) {
      standardize(views.inputs.subarray(0, rows * this.#features), inputStandardization);
    }
    kernels.predict(this.#plan, rows);
    const { outputs } = views;
    for (let index = 0; index < probabilities.length; index++) {
      probabilities[index] = outputs[index];
    }
  }

  /** Views are kept, since making them costs as much as a small network; a memory that grows ends them. */
  #look(): Views {
    const { memory } = this.#network.engine;
    return {
      bytes: memory.bytes(this.#bytes, ROWS * this.#features),
      inputs: memory.floats(this.#inputs, ROWS * this.#features),
      outputs: memory.floats(this.#probabilities, ROWS * this.#classes),
    };
  }

  /** Gives the memory back. */
  free(): void {
    this.#regions.free();
  }
}

function checkFinite(batch: Float32Array, first: number, features: number): void {
  // 0 for a finite number, NaN for any other.
  let sum = 0;
  for (let place = 0; place < batch.length; place++) sum += batch[place] * 0;
  if (sum === 0) return;
  const index = batch.findIndex((value) => !Number.isFinite(value));
  throw new OptionError(
    `predict was given ${batch[index]} as feature ${index % features} of sample ${first + Math.floor(index / features)}, expected a finite number`,
  );
}
