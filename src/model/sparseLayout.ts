/** Decides whether the first layer reads its inputs compressed, and lays out the room for that. */
import type { Dataset, Targets } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Pointer } from "../engine/kernels.js";
import { ENTRY_BYTES, SPARSE_BYTES, SPARSE_ROWS, writeSparseBatches } from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";

/** Above this fraction of non-zero inputs the dense product is faster. */
const SPARSE_DENSITY = 0.4;

/** What a run compresses. */
export interface SparseShape {
  readonly features: number;
  /** Rows of the largest batch. */
  readonly rows: number;
  readonly steps: number;
  readonly density: Density;
}

export interface Density {
  /** Fraction of the inputs that is not zero. */
  readonly mean: number;
  /** Non-zero features of the sample that has most. */
  readonly largestRow: number;
}

/** Counts the non-zero values of inputs `[samples, features]` that are in linear memory. */
export function measureDensity(
  { kernels }: Engine,
  inputs: Pointer,
  { inputs: { BYTES_PER_ELEMENT }, samples, features }: Dataset<Targets>,
): Density {
  const count = BYTES_PER_ELEMENT === 1 ? kernels.countNonZeroBytes : kernels.countNonZeroFloats;
  let total = 0;
  let largestRow = 0;
  for (let sample = 0; sample < samples; sample++) {
    const row = count(inputs + sample * features * BYTES_PER_ELEMENT, features);
    total += row;
    largestRow = Math.max(largestRow, row);
  }
  return { mean: total / (samples * features), largestRow };
}

export function isSparse(density: Density): boolean {
  return density.mean <= SPARSE_DENSITY;
}

/**
 * Room for compressed batches of up to `rows` rows: one for even and one for odd steps, or only one
 * when a pass takes a single step. Evaluation has no use for the entries by feature.
 */
export function layOutSparseBatches(
  engine: Engine,
  regions: Regions,
  purpose: "train" | "evaluate",
  { features, rows, steps, density }: SparseShape,
): Pointer {
  const chunks = Math.ceil(rows / SPARSE_ROWS);
  const chunkBytes = SPARSE_ROWS * Math.max(1, density.largestRow) * ENTRY_BYTES;
  const batches = regions.allocateBytes(2 * SPARSE_BYTES);
  const training = purpose === "train";
  const layOut = () => ({
    features,
    chunkBytes,
    rowEntries: regions.allocateBytes(chunks * chunkBytes),
    rowStarts: regions.allocateNumbers(chunks * (SPARSE_ROWS + 1)),
    featureEntries: training ? regions.allocateBytes(chunks * chunkBytes) : 0,
    featureStarts: training ? regions.allocateNumbers(chunks * (features + 1)) : 0,
    counts: training ? regions.allocateBytes(chunks * features) : 0,
  });
  const even = layOut();
  writeSparseBatches(engine, batches, [even, steps > 1 ? layOut() : even]);
  return batches;
}
