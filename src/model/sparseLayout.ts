/** Decides whether the first layer reads its inputs compressed, and lays out the room for that. */
import type { Dataset } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Pointer } from "../engine/kernels.js";
import { CHUNK_ROWS, ENTRY_BYTES, SPARSE_BYTES, writeSparseBatch } from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";
import type { Purpose } from "./layout.js";

/** Above this fraction of non-zero inputs the dense product is faster. */
const SPARSE_DENSITY = 0.4;

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
  { inputs: { BYTES_PER_ELEMENT }, samples, features }: Dataset,
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

/** Room for compressed batches of up to `rows` rows. */
export function layOutSparseBatch(
  engine: Engine,
  regions: Regions,
  features: number,
  rows: number,
  { largestRow }: Density,
  purpose: Purpose,
): Pointer {
  const chunks = Math.ceil(rows / CHUNK_ROWS);
  const entryBytes = CHUNK_ROWS * Math.max(1, largestRow) * ENTRY_BYTES;
  const startBytes = (features + 1) * 4;
  const batch = regions.allocateBytes(SPARSE_BYTES);
  writeSparseBatch(engine, batch, {
    features,
    entryBytes,
    startBytes,
    byRow: regions.allocateBytes(chunks * entryBytes),
    rowEnds: regions.allocateNumbers(chunks * CHUNK_ROWS),
    byFeature: purpose === "train" ? regions.allocateBytes(chunks * entryBytes) : 0,
    starts: regions.allocateBytes(chunks * startBytes),
  });
  return batch;
}
