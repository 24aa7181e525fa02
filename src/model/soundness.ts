/** Refuses to work with parameters that are no numbers any more. */
import { findNonFinite } from "../data/nonFinite.js";
import { ModelError } from "../errors.js";
import type { Network } from "./network.js";

/** The first parameter that is NaN or infinite, in words; undefined where all are finite. */
export function strayParameter({ engine, layers }: Network): string | undefined {
  const { memory } = engine;
  for (const [index, { inputs, units, weights, biases }] of layers.entries()) {
    const values = memory.floats(weights, inputs * units);
    const weight = findNonFinite(values);
    if (weight >= 0) {
      const place = `[${Math.floor(weight / units)}, ${weight % units}]`;
      return `weight ${place} of layer ${index + 1} is ${values[weight]}`;
    }
    const own = memory.floats(biases, units);
    const bias = findNonFinite(own);
    if (bias >= 0) return `bias [${bias}] of layer ${index + 1} is ${own[bias]}`;
  }
  return undefined;
}

/** @throws ModelError naming the first parameter that is NaN or infinite. */
export function checkParameters(network: Network): void {
  const stray = strayParameter(network);
  if (stray) throw new ModelError(`${stray}, expected finite parameters`);
}

/**
 * @param outputs `[samples, units]`
 * @param first the number of the first of these samples
 * @throws ModelError when an output is NaN or infinite: it names the parameter that is, or the output.
 */
export function checkOutputs(network: Network, outputs: Float32Array, first: number): void {
  const index = findNonFinite(outputs);
  if (index < 0) return;
  checkParameters(network);
  const { units } = network.layers[network.layers.length - 1];
  throw new ModelError(
    `output ${index % units} of sample ${first + Math.floor(index / units)} is ${outputs[index]}, expected a finite number: the network's sums overflow`,
  );
}
