/** Splits a data set into a part to train on and one to validate on. */
import { checkOptions } from "../arguments.js";
import { OptionError } from "../errors.js";
import { show } from "./arrays/show.js";
import type { Dataset, Targets } from "./dataset.js";
import { drawHeldOut, partition } from "./heldOut.js";

/** Which samples are held out for validation. */
export interface SplitOptions {
  /** Of the samples that go to validation, above 0 and below 1. */
  readonly fraction: number;
  /** Chooses them, 0 … 2³² − 1. */
  readonly seed: number;
}

/**
 * Draws the same fraction of every class, rounded, for validation; the rest is for training. The order of
 * the samples is kept. Rows are copied.
 *
 * @throws OptionError when the fraction is out of range or would leave a class out of either part.
 */
export function splitDataset<T extends Targets>(
  dataset: Dataset<T>,
  options: SplitOptions,
): {
  /** The samples that are left. */
  readonly training: Dataset<T>;
  /** The samples that are held out. */
  readonly validation: Dataset<T>;
} {
  checkOptions("splitDataset", options, { fraction: "checked", seed: "checked" });
  const { fraction, seed } = options;
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError(
      `${dataset.name}: the validation split is ${fraction}, expected a fraction above 0 and below 1`,
    );
  }
  const strata = strataOf(dataset);
  for (const { name, members } of strata) {
    const count = Math.round(fraction * members.length);
    if (members.length > 0 && (count === 0 || count === members.length)) {
      const part = count === 0 ? "validation" : "training";
      throw new OptionError(
        `${dataset.name}: a validation split of ${fraction} leaves ${name} with ${members.length} samples out of ${part}, expected some in both parts`,
      );
    }
  }
  const members = strata.map((stratum) => stratum.members);
  const { kept, heldOut } = partition(drawHeldOut(dataset.samples, members, { fraction, seed }));
  return {
    training: takeSamples(dataset, kept),
    validation: takeSamples({ ...dataset, name: `${dataset.name} (held out)` }, heldOut),
  };
}

/** The samples of each class, or all of them where there are no classes. */
function strataOf({ targets, samples }: Dataset<Targets>): { name: string; members: number[] }[] {
  const all = Array.from({ length: samples }, (_, sample) => sample);
  if (targets.kind === "values") return [{ name: "the whole", members: all }];
  const { labels, names } = targets;
  const strata = names.map((name) => ({ name: `class ${show(name)}`, members: [] as number[] }));
  for (const sample of all) strata[labels[sample]].members.push(sample);
  return strata;
}

/** The samples of these positions, copied. */
export function takeSamples<T extends Targets>(
  dataset: Dataset<T>,
  indices: readonly number[] | Int32Array,
): Dataset<T> {
  const { inputs, targets, features } = dataset;
  const taken = new (inputs.constructor as new (length: number) => typeof inputs)(
    indices.length * features,
  );
  indices.forEach((sample, row) => {
    taken.set(inputs.subarray(sample * features, (sample + 1) * features), row * features);
  });
  return {
    ...dataset,
    inputs: taken,
    targets: takeTargets(targets, indices),
    samples: indices.length,
  };
}

function takeTargets<T extends Targets>(targets: T, indices: readonly number[] | Int32Array): T {
  if (targets.kind === "classes") {
    return { ...targets, labels: Int32Array.from(indices, (sample) => targets.labels[sample]) };
  }
  const outputs = targets.names.length;
  const values = new Float32Array(indices.length * outputs);
  indices.forEach((sample, row) => {
    values.set(targets.values.subarray(sample * outputs, (sample + 1) * outputs), row * outputs);
  });
  return { ...targets, values };
}
