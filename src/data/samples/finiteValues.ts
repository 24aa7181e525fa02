/** Numbers in arrays that are none to a network, told as the file has them. */
import { DataError } from "../../errors.js";
import type { ArrayValues } from "../arrays/namedArray.js";
import { show } from "../arrays/show.js";
import { findNonFinite } from "../nonFinite.js";
import type { ArraySamples } from "./arraySamples.js";

/**
 * @throws DataError when an input or a target is NaN, or infinite, in the file or as float32 has it; it names the sample,
 *   from 0.
 */
export function refuseNonFinite({ place, inputs, targets }: ArraySamples): void {
  refuseAt(place, inputs, (feature) => `feature ${feature}`);
  if (!targets || targets.dtype === "text") return;
  const { name } = targets;
  const width = targets.values.length / targets.shape[0];
  refuseAt(place, targets, (output) => show(width > 1 ? `${name} ${output + 1}` : name));
}

function refuseAt(
  place: string,
  { values, shape }: { readonly values: ArrayValues; readonly shape: readonly number[] },
  nameOf: (column: number) => string,
): void {
  const index = findBeyondFloat32(values);
  if (index < 0) return;
  const width = values.length / shape[0];
  throw new DataError(
    `${place}: ${nameOf(index % width)} of sample ${Math.floor(index / width)} is ${values[index]}, expected a finite number, within ±3.4e38 as float32 holds them`,
  );
}

function findBeyondFloat32(values: ArrayValues): number {
  if (values instanceof Float32Array) return findNonFinite(values);
  // All whole numbers that an array holds are within float32's range.
  if (!(values instanceof Float64Array)) return -1;
  return values.findIndex((value) => !Number.isFinite(Math.fround(value)));
}
