/** A part of many samples that are predicted: their way into linear memory, through the network, and out again. */
import { standardize, unstandardize } from "../data/preprocessing.js";
import type { Pointer } from "../engine/kernels.js";
import { PLAN_BYTES, writePlan } from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";
import { runSteps } from "../engine/run.js";
import { resetTeam, teamBytes } from "../engine/team.js";
import type { Network } from "./network.js";
import { type PredictionMethod, refuseStray } from "./predictionArguments.js";
import { PREDICTED_ROWS, type PredictionPlans } from "./predictionPlans.js";
import { checkOutputs } from "./soundness.js";

/** `[samples, features]` */
export type Inputs = Uint8Array | Float32Array;

/**
 * Bytes of inputs that are copied into linear memory at a time: few enough for the calling thread to be free
 * again within milliseconds, and for memory not to grow with the number of samples.
 */
const PORTION_BYTES = 4 * 2 ** 20;

/** The inverse of the largest byte, as the kernels have it. */
const BYTE_SCALE = Math.fround(1 / 255);

export interface PortionRun {
  /** Whether a portion before has packed the weights by the same plans. */
  readonly weightsKept: boolean;
  /** Ends the run after the batches under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Samples of a portion: whole batches. */
export function portionSize(
  { architecture }: Network,
  { length, BYTES_PER_ELEMENT }: Inputs,
): number {
  const samples = length / architecture.inputs;
  const fitting = Math.floor(
    PORTION_BYTES / (architecture.inputs * BYTES_PER_ELEMENT * PREDICTED_ROWS),
  );
  return Math.min(Math.ceil(samples / PREDICTED_ROWS), Math.max(1, fitting)) * PREDICTED_ROWS;
}

/** Room for some samples in linear memory, and for what the network says of them. */
export class Portion {
  readonly inputs: Pointer;
  readonly inputsAreBytes: boolean;
  readonly #network: Network;
  readonly #outputs: Pointer;
  /** Whether each batch's inputs are finite, int32; bytes are. */
  readonly #areFinite: Pointer;
  readonly #team: Pointer;
  /** The plan of all threads together, and behind it one of each. */
  readonly #plans: Pointer;
  #samples = 0;

  /** @throws EngineError when the host grants no more memory. */
  constructor(network: Network, regions: Regions, inputs: Inputs) {
    const { layers, architecture, inputStandardization } = network;
    const features = architecture.inputs;
    const samples = portionSize(network, inputs);
    this.#network = network;
    // What is standardised is no byte any more.
    this.inputsAreBytes = inputs instanceof Uint8Array && !inputStandardization;
    this.inputs = this.inputsAreBytes
      ? regions.allocateBytes(samples * features)
      : regions.allocateNumbers(samples * features);
    this.#areFinite = this.inputsAreBytes ? 0 : regions.allocateNumbers(samples / PREDICTED_ROWS);
    this.#outputs = regions.allocateNumbers(samples * layers[layers.length - 1].units);
    const { threads } = network.execution;
    this.#team = regions.allocateBytes(teamBytes(threads));
    this.#plans = regions.allocateBytes((1 + threads) * PLAN_BYTES);
  }

  get samples(): number {
    return this.#samples;
  }

  get #steps(): number {
    return Math.ceil(this.#samples / PREDICTED_ROWS);
  }

  /** Copies `samples` samples from number `first` on into linear memory. */
  enter(inputs: Inputs, first: number, samples: number): void {
    const { engine, architecture, inputStandardization } = this.#network;
    const { memory } = engine;
    const features = architecture.inputs;
    const values = inputs.subarray(first * features, (first + samples) * features);
    this.#samples = samples;
    if (this.inputsAreBytes) {
      memory.bytes(this.inputs, values.length).set(values);
      return;
    }
    const copy = memory.floats(this.inputs, values.length);
    copy.set(values);
    if (values instanceof Uint8Array) {
      for (let place = 0; place < copy.length; place++) copy[place] *= BYTE_SCALE;
    }
    if (inputStandardization) standardize(copy, inputStandardization);
  }

  /** On the engine's workers, or in slices of this thread where memory is not shared. */
  run(plans: PredictionPlans, { signal, weightsKept }: PortionRun): Promise<void> {
    const { engine } = this.#network;
    const plan = this.#write(plans, weightsKept);
    const steps = this.#steps;
    return runSteps(engine, { operation: "predictAll", plan, team: this.#team, steps, signal });
  }

  /** On this thread; by plans that were made for one thread. */
  runSync(plans: PredictionPlans, { weightsKept }: PortionRun): void {
    const { kernels, memory } = this.#network.engine;
    resetTeam(memory, this.#team, 1);
    kernels.predictAll(this.#write(plans, weightsKept), 0, 0, this.#steps);
  }

  /** Makes these samples the plans'. */
  #write({ all, own }: PredictionPlans, weightsKept: boolean): Pointer {
    const { engine } = this.#network;
    const place = this.#plans;
    const portion = {
      samples: this.#samples,
      inputs: this.inputs,
      inputsAreFinite: this.#areFinite,
      outputs: this.#outputs,
    };
    writePlan(engine, place, {
      ...all,
      ...portion,
      weightsKept: weightsKept ? 1 : 0,
      team: this.#team,
    });
    own.forEach((fields, thread) => {
      writePlan(engine, place + (1 + thread) * PLAN_BYTES, { ...fields, ...portion });
    });
    return place;
  }

  /**
   * Copies what the network says of the samples, the first one being number `first`.
   *
   * @param method who was asked, for messages
   * @throws OptionError when an input is not finite.
   * @throws ModelError when a parameter, or an output, is not finite.
   */
  leave(method: PredictionMethod, inputs: Inputs, outputs: Float32Array, first: number): void {
    const { engine, layers, architecture, targetStandardization } = this.#network;
    const { memory } = engine;
    if (this.#areFinite && memory.integers(this.#areFinite, this.#steps).includes(0)) {
      const { inputs: features } = architecture;
      const values = memory.floats(this.inputs, this.#samples * features);
      refuseStray(method, values, inputs, first, features);
    }
    const { units } = layers[layers.length - 1];
    const own = outputs.subarray(first * units, (first + this.#samples) * units);
    own.set(memory.floats(this.#outputs, own.length));
    if (targetStandardization) unstandardize(own, targetStandardization);
    checkOutputs(this.#network, own, first);
  }
}
