/** Decides which layers read their inputs compressed, and lays out the room for that. */
import type { Engine } from "../engine/engine.js";
import type { Pointer } from "../engine/kernels.js";
import {
  BLOCK_UNITS,
  ENTRY_BYTES,
  SPARSE_BYTES,
  SPARSE_ROWS,
  writeSparseBatches,
} from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";
import type { Layer } from "./architecture.js";

/** Above this fraction of non-zero inputs the dense product is faster. */
const SPARSE_DENSITY = 0.4;

/**
 * Up to this expected fraction of non-zero activations hidden layers are compressed. The whole step
 * of 784-1024-1024-10, 256 rows, breaks even between 0.6 and 0.7 (one thread, relaxed SIMD; tanh under
 * dropout, whose density is known). Without dropout ReLUs come close to 0.5, some to 0.6.
 */
const SPARSE_ACTIVATIONS = 0.5;
/**
 * With fewer products of a weight and a row a step the barriers of the additional phases cost what is
 * saved: 784-100-90-10 in batches of 32 takes a fifth longer, 784-512-256-10 two thirds of the time.
 */
const COMPRESSED_PRODUCTS = 2 ** 20;
/** Rows of the largest batch whose activations are compressed: there must be room for all of them. */
const COMPRESSED_ROWS = 4096;

/** What a run compresses. */
export interface SparseShape {
  readonly features: number;
  /** Rows of the largest batch. */
  readonly rows: number;
  readonly steps: number;
  readonly density: Density;
  /** Threads that run it. */
  readonly threads: number;
}

export interface Density {
  /** Fraction of the inputs that is not zero. */
  readonly mean: number;
  /** Non-zero features of the sample that has most. */
  readonly largestRow: number;
}

export function isSparse(density: Density): boolean {
  return density.mean <= SPARSE_DENSITY;
}

/** Where compressed batches are. */
export interface SparseBatches {
  /** Two `SparseBatch`es, of even and of odd steps; two for each thread with `sparsePerThread`. */
  readonly sparse: Pointer;
  readonly sparsePerThread: 0 | 1;
}

/** Of a layer that reads dense inputs. */
export const NO_SPARSE_BATCHES: SparseBatches = { sparse: 0, sparsePerThread: 0 };

/**
 * Room for compressed batches of up to `rows` rows: one for even and one for odd steps, or only one
 * when a pass takes a single step. Evaluation has no use for the entries by feature.
 *
 * A batch has chunks to share out, or else, when some threads would get none, every thread compresses all of it
 * for itself.
 */
export function layOutSparseBatches(
  engine: Engine,
  regions: Regions,
  purpose: "train" | "evaluate",
  { features, rows, steps, density, threads }: SparseShape,
): SparseBatches {
  const chunks = Math.ceil(rows / SPARSE_ROWS);
  const chunkBytes = SPARSE_ROWS * Math.max(1, density.largestRow) * ENTRY_BYTES;
  const copies = chunks < threads ? threads : 1;
  const sparse = regions.allocateBytes(2 * copies * SPARSE_BYTES);
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
  const batches = Array.from({ length: copies }, () => {
    const even = layOut();
    return [even, steps > 1 ? layOut() : even];
  });
  writeSparseBatches(engine, sparse, batches.flat());
  return { sparse, sparsePerThread: copies > 1 ? 1 : 0 };
}

/**
 * Whether most activations of a hidden layer are expected to be zero in training, and with them ∂L/∂z.
 * It follows from the settings alone, so that a resumed run decides alike.
 *
 * @param dropout probability of dropping a unit
 */
export function isMostlyZero({ activation }: Layer, dropout: number): boolean {
  // A ReLU passes one half of what is symmetric.
  return (activation === "relu" ? 0.5 : 1) * (1 - dropout) <= SPARSE_ACTIVATIONS;
}

/** Whether a layer `[inputs, units]` is large enough, and its batches of `rows` are small enough. */
export function isWorthCompressing(inputs: number, units: number, rows: number): boolean {
  return (
    Math.min(inputs, units) >= BLOCK_UNITS &&
    inputs * units * rows >= COMPRESSED_PRODUCTS &&
    rows <= COMPRESSED_ROWS
  );
}

/** Room for a compressed matrix `[rows, features]` of any density, its entries by row or both ways. */
export function layOutSparseMatrix(
  engine: Engine,
  regions: Regions,
  entries: "by row" | "by row and feature",
  { features, rows }: Pick<SparseShape, "features" | "rows">,
): Pointer {
  const chunks = Math.ceil(rows / SPARSE_ROWS);
  const bytes = rows * features * ENTRY_BYTES;
  const both = entries === "by row and feature";
  const matrix = regions.allocateBytes(SPARSE_BYTES);
  writeSparseBatches(engine, matrix, [
    {
      features,
      chunkBytes: SPARSE_ROWS * features * ENTRY_BYTES,
      rowEntries: regions.allocateBytes(bytes),
      rowStarts: regions.allocateNumbers(chunks * (SPARSE_ROWS + 1)),
      featureEntries: both ? regions.allocateBytes(bytes) : 0,
      featureStarts: both ? regions.allocateNumbers(chunks * (features + 1)) : 0,
      counts: both ? regions.allocateBytes(chunks * features) : 0,
    },
  ]);
  return matrix;
}
