/** Class probabilities of inputs that come from outside a data set. */
import { findNonFinite } from "../data/nonFinite.js";
import { standardize, unstandardize } from "../data/preprocessing.js";
import type { Pointer } from "../engine/kernels.js";
import { EMPTY_PLAN, LOSS_CODES, PLAN_BYTES, writePlan } from "../engine/plan.js";
import { Regions } from "../engine/regions.js";
import { lossOf } from "./architecture.js";
import { predictAllSync } from "./batchPredictor.js";
import { layOutLayers, layOutScratch } from "./layout.js";
import type { Network } from "./network.js";
import { countSamples, refuseStray, roomFor } from "./predictionArguments.js";
import { checkOutputs } from "./soundness.js";

/** Where in linear memory a sample goes and its outputs come from. */
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
    const { table, outputs } = layOutLayers(network, regions, 1, "dense");
    this.#probabilities = outputs;
    this.#bytes = regions.allocateBytes(this.#features);
    this.#inputs = regions.allocateNumbers(this.#features);
    this.#plan = regions.allocateBytes(PLAN_BYTES);
    writePlan(engine, this.#plan, {
      ...EMPTY_PLAN,
      layerCount: layers.length,
      layers: table,
      features: this.#features,
      inputScale: 1,
      batchSize: 1,
      loss: LOSS_CODES[lossOf(architecture)],
      batchInputs: this.#inputs,
      ...layOutScratch(network, regions, 1),
    });
    this.#views = this.#look();
  }

  /**
   * Probabilities `[samples, classes]` of inputs `[samples, features]`; bytes stand for byte / 255.
   * Written to `outputs`, where they are given, and then nothing is allocated for a single sample.
   *
   * @throws OptionError when the inputs are not whole samples of finite numbers, or `outputs` has another length
   * than samples · classes.
   * @throws ModelError when a parameter, or an output, is not finite.
   */
  predict(inputs: Uint8Array | Float32Array, outputs?: Float32Array): Float32Array {
    const samples = countSamples("predict", this.#network, inputs);
    if (samples > 1) return predictAllSync(this.#network, inputs, outputs);
    const probabilities = roomFor("predict", this.#network, 1, outputs);
    this.#predictRow(inputs, probabilities);
    const { targetStandardization } = this.#network;
    if (targetStandardization) unstandardize(probabilities, targetStandardization);
    checkOutputs(this.#network, probabilities, 0);
    return probabilities;
  }

  #predictRow(inputs: Uint8Array | Float32Array, probabilities: Float32Array): void {
    const { engine, inputStandardization } = this.#network;
    const { kernels, memory } = engine;
    if (this.#views.inputs.buffer !== memory.memory.buffer) this.#views = this.#look();
    const views = this.#views;
    if (inputs instanceof Uint8Array) {
      views.bytes.set(inputs);
      kernels.gatherBytes(this.#inputs, this.#bytes, 0, 0, 1, this.#features, 1 / 255);
    } else {
      views.inputs.set(inputs);
    }
    if (inputStandardization) standardize(views.inputs, inputStandardization);
    const mayStray = inputStandardization || inputs instanceof Float32Array;
    if (mayStray && findNonFinite(views.inputs) >= 0) {
      refuseStray("predict", views.inputs, inputs, 0, this.#features);
    }
    kernels.predict(this.#plan, 1);
    const { outputs } = views;
    for (let index = 0; index < probabilities.length; index++) {
      probabilities[index] = outputs[index];
    }
  }

  /** Views are kept, since making them costs as much as a small network; a memory that grows ends them. */
  #look(): Views {
    const { memory } = this.#network.engine;
    return {
      bytes: memory.bytes(this.#bytes, this.#features),
      inputs: memory.floats(this.#inputs, this.#features),
      outputs: memory.floats(this.#probabilities, this.#classes),
    };
  }

  /** Gives the memory back. */
  free(): void {
    this.#regions.free();
  }
}
