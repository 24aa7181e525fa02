/** A network's parameters, living in linear memory. */

import {
  inputStandardization,
  type Preprocessing,
  type Standardization,
  targetStandardization,
} from "../data/preprocessing.js";
import { Engine } from "../engine/engine.js";
import type { Execution } from "../engine/execution.js";
import type { Pointer } from "../engine/kernels.js";
import { Regions } from "../engine/regions.js";
import { EngineError } from "../errors.js";
import { type Architecture, checkArchitecture, type Layer } from "./architecture.js";

/** Where a layer's parameters are. */
export interface LayerParameters extends Layer {
  readonly inputs: number;
  /** `[inputs, units]`, row-major */
  readonly weights: Pointer;
  /** `[units]` */
  readonly biases: Pointer;
}

export class Network {
  readonly architecture: Architecture;
  readonly layers: readonly LayerParameters[];
  /** What its inputs, and the values that it predicts, go through first; undefined: nothing. */
  readonly inputStandardization: Standardization | undefined;
  readonly targetStandardization: Standardization | undefined;
  readonly #engine: Engine;
  readonly #regions: Regions;
  #disposed = false;

  private constructor(
    engine: Engine,
    architecture: Architecture,
    preprocessing: Preprocessing | undefined,
  ) {
    this.#engine = engine;
    this.#regions = new Regions(engine.memory);
    this.architecture = architecture;
    this.inputStandardization = preprocessing && inputStandardization(preprocessing);
    this.targetStandardization = preprocessing && targetStandardization(preprocessing);
    let inputs = architecture.inputs;
    this.layers = architecture.layers.map((layer) => {
      const weights = this.#regions.allocateNumbers(inputs * layer.units);
      const biases = this.#regions.allocateNumbers(layer.units);
      const parameters = { ...layer, inputs, weights, biases };
      inputs = layer.units;
      return parameters;
    });
  }

  /**
   * Room for the parameters; their values are undefined until they are initialised or loaded.
   *
   * @throws OptionError or ModelError when the architecture is out of range.
   * @throws EngineError when the host lacks SIMD or memory.
   */
  static async create(
    architecture: Architecture,
    execution: Execution,
    preprocessing?: Preprocessing,
  ): Promise<Network> {
    checkArchitecture(architecture);
    const engine = await Engine.acquire(execution);
    return new Network(engine, structuredClone(architecture), preprocessing);
  }

  /** @throws EngineError "disposed" after `dispose()`. */
  get engine(): Engine {
    if (this.#disposed) {
      throw new EngineError("disposed", "the model has been disposed of, expected a live one");
    }
    return this.#engine;
  }

  /** On how many threads and with which instructions it runs; also after `dispose()`. */
  get execution(): Execution {
    return this.#engine.execution;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Gives the memory back. The second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#regions.free();
    Engine.release(this.#engine);
  }
}
