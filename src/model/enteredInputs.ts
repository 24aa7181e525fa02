/** The way of a data set's inputs into linear memory. */
import { checkInputs, type Dataset, type Targets } from "../data/dataset.js";
import { standardize } from "../data/preprocessing.js";
import type { Pointer } from "../engine/kernels.js";
import { runInSlices } from "../tasks/slices.js";
import type { Network } from "./network.js";
import type { Density } from "./sparseLayout.js";

/**
 * Copies inputs `[samples, features]` to `target`, standardised where the network's are, and counts what is not zero;
 * in slices, since a page would wait for 188 MB.
 *
 * @throws DataError when one of the inputs is not finite.
 * @throws EngineError when the network is disposed of meanwhile.
 */
export async function enterInputs(
  network: Network,
  dataset: Dataset<Targets>,
  target: Pointer,
): Promise<Density> {
  const { inputs, samples, features } = dataset;
  const { BYTES_PER_ELEMENT } = inputs;
  let total = 0;
  let largestRow = 0;
  await runInSlices(samples, undefined, (first, count) => {
    const { kernels } = network.engine;
    const start = target + first * features * BYTES_PER_ELEMENT;
    copyRows(network, dataset, start, first, count);
    const nonZero =
      BYTES_PER_ELEMENT === 1 ? kernels.countNonZeroBytes : kernels.countNonZeroFloats;
    for (let sample = 0; sample < count; sample++) {
      const row = nonZero(start + sample * features * BYTES_PER_ELEMENT, features);
      total += row;
      largestRow = Math.max(largestRow, row);
    }
  });
  return { mean: total / inputs.length, largestRow };
}

/** Samples `first` to `first + count − 1`. */
function copyRows(
  { engine: { memory }, inputStandardization }: Network,
  dataset: Dataset<Targets>,
  target: Pointer,
  first: number,
  count: number,
): void {
  const { inputs, features } = dataset;
  const rows = inputs.subarray(first * features, (first + count) * features);
  if (rows instanceof Uint8Array) {
    memory.bytes(target, rows.length).set(rows);
    return;
  }
  const copy = memory.floats(target, rows.length);
  copy.set(rows);
  if (inputStandardization) standardize(copy, inputStandardization);
  // Its arrays are the caller's, who may have written to them since it was made.
  checkInputs(dataset, copy, first);
}
