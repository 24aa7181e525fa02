/** Copies of a network's parameters. */
import type { Network } from "../model/network.js";

/** One entry a layer: weights `[inputs, units]` and biases `[units]`. */
export type Parameters = readonly {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}[];

export function copyParameters({ engine, layers }: Network): Parameters {
  return layers.map(({ inputs, units, weights, biases }) => ({
    weights: engine.memory.floats(weights, inputs * units).slice(),
    biases: engine.memory.floats(biases, units).slice(),
  }));
}

/** The same into a copy that was made before. */
export function updateCopy({ engine, layers }: Network, copy: Parameters): void {
  layers.forEach(({ inputs, units, weights, biases }, index) => {
    copy[index].weights.set(engine.memory.floats(weights, inputs * units));
    copy[index].biases.set(engine.memory.floats(biases, units));
  });
}

/** Puts a copy in the place of the network's parameters. */
export function restoreParameters({ engine, layers }: Network, parameters: Parameters): void {
  layers.forEach(({ inputs, units, weights, biases }, index) => {
    engine.memory.floats(weights, inputs * units).set(parameters[index].weights);
    engine.memory.floats(biases, units).set(parameters[index].biases);
  });
}
