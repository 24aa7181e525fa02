/** The way of a data set into linear memory. */
import {
  checkDataset,
  checkInputs,
  checkValues,
  type Dataset,
  type Targets,
} from "../data/dataset.js";
import { standardize } from "../data/preprocessing.js";
import type { Pointer } from "../engine/kernels.js";
import type { Regions } from "../engine/regions.js";
import { runInSlices } from "../tasks/slices.js";
import type { Network } from "./network.js";
import type { Density } from "./sparseLayout.js";

/** Where targets are; 0 for those of the other kind. */
export interface EnteredTargets {
  /** `[samples]`, int32 */
  readonly labels: Pointer;
  /** `[samples, outputs]`, float32, standardised where the network's are */
  readonly values: Pointer;
}

/**
 * Copies targets at once. The kernels take a label for a place: whoever has checked the data set calls this before
 * others have their turn, who might write to it.
 *
 * @throws DataError when one of the values is not finite.
 */
export function enterTargets(
  { engine: { memory }, targetStandardization }: Network,
  { name, samples, targets }: Dataset<Targets>,
  regions: Regions,
): EnteredTargets {
  if (targets.kind === "classes") {
    const labels = regions.allocateNumbers(samples);
    memory.integers(labels, samples).set(targets.labels);
    return { labels, values: 0 };
  }
  const values = regions.allocateNumbers(targets.values.length);
  const copy = memory.floats(values, targets.values.length);
  copy.set(targets.values);
  if (targetStandardization) standardize(copy, targetStandardization);
  checkValues(name, targets, copy);
  return { labels: 0, values };
}

/**
 * Copies inputs `[samples, features]` to `target`, standardised where the network's are, and counts what is not zero;
 * in slices, since a page would wait for 188 MB.
 *
 * @throws DataError when one of the inputs is not finite, or the data set loses them meanwhile.
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
    // Its arrays may have gone to another thread, and are then of no length.
    if (inputs.length !== samples * features) checkDataset(dataset);
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
  // Once, not at each slice: all labels are looked at.
  checkDataset(dataset);
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
