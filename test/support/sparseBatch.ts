/** Batches for the kernels over compressed inputs, and what they are to become. */
import fc from "fast-check";
import type { Pointer } from "../../src/engine/kernels.js";
import {
  ENTRY_BYTES,
  SPARSE_BYTES,
  SPARSE_ROWS,
  writeSparseBatches,
} from "../../src/engine/plan.js";
import { engine, kernels, memory, withArrays } from "./kernels.js";
import { randomNumbers } from "./numbers.js";

/** Units of a block and bytes of its row, constants of assembly/compress.ts. */
export const BLOCK_UNITS = 32;
export const ROW_BYTES = 128;

/** A batch of `rows` rows, taken from `position` on. */
export interface Case {
  readonly features: number;
  readonly units: number;
  readonly rows: number;
  readonly density: number;
  readonly kind: "bytes" | "floats";
  readonly order: "stored" | "permuted";
}

export const FEATURES = [1, 3, 15, 16, 17, 63, 64, 65, 784, 800];
export const UNITS = [1, 3, 4, 5, 10, 31, 32, 33, 60, 64, 100];
export const DENSITIES = [0, 0.01, 0.2, 1];
/** The last three make several chunks. */
export const ROWS = [1, 5, 127, 128, 129, 256, 300];

/** Each number of features with each of rows; the rest in turn. */
export const CASES: Case[] = FEATURES.flatMap((features, i) =>
  ROWS.map((rows, j) => ({
    features,
    units: UNITS[(i * ROWS.length + j) % UNITS.length],
    rows,
    density: DENSITIES[(i + j) % DENSITIES.length],
    kind: i % 2 === j % 2 ? ("bytes" as const) : ("floats" as const),
    order: (i + Math.floor(j / 2)) % 2 === 0 ? ("stored" as const) : ("permuted" as const),
  })),
);

export const anyCase = fc.record<Case>({
  features: fc.integer({ min: 1, max: 80 }),
  units: fc.integer({ min: 1, max: 70 }),
  rows: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 })),
  density: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom("bytes", "floats"),
  order: fc.constantFrom("stored", "permuted"),
});

/** Samples before and after the batch: the data set is larger. */
const POSITION = 3;
const REST = 2;

export interface Problem extends Case {
  /** `[POSITION + rows + REST, features]` */
  readonly inputs: Uint8Array | Float32Array;
  readonly permutation: Int32Array | undefined;
  /** The batch as the kernels are to see it: `[rows, features]` float32. */
  readonly batch: Float32Array;
}

export function makeProblem(setting: Case): Problem {
  const { features, rows, density, kind, order } = setting;
  const samples = POSITION + rows + REST;
  const next = randomNumbers(features + rows);
  const draw = () => {
    if (Math.abs(next()) >= density) return 0;
    return kind === "bytes" ? 1 + Math.floor(Math.abs(next()) * 255) : next();
  };
  const values = Array.from({ length: samples * features }, draw);
  const inputs = kind === "bytes" ? Uint8Array.from(values) : Float32Array.from(values);
  // Every sample comes up once, unless their number is a multiple of the prime 101.
  const permutation =
    order === "permuted"
      ? Int32Array.from({ length: samples }, (_, position) => (101 * position + 1) % samples)
      : undefined;
  const batch = Float32Array.from({ length: rows * features }, (_, index) => {
    const position = POSITION + Math.floor(index / features);
    const value = inputs[(permutation?.[position] ?? position) * features + (index % features)];
    return kind === "bytes" ? value * Math.fround(1 / 255) : value;
  });
  return { ...setting, inputs, permutation, batch };
}

/** How many of a chunk's rows there are. */
export function chunkRows(rows: number, chunk: number): number {
  return Math.min(SPARSE_ROWS, rows - chunk * SPARSE_ROWS);
}

export function countChunks(rows: number): number {
  return Math.ceil(rows / SPARSE_ROWS);
}

/** The entries of a chunk's rows, or of its features, in order. */
export interface Entries {
  /** Of each row or feature how many there are. */
  readonly counts: number[];
  /** Where each points to, in bytes. */
  readonly offsets: number[];
  readonly values: number[];
}

/** What each chunk is compressed to. */
export interface Compressed {
  readonly rows: Entries[];
  readonly features: Entries[];
}

/**
 * Compresses the problem's batch into memory that has room for its entries and no more, and calls
 * `use` with the batch. Returns the entries as they stand in memory.
 */
export function compress(
  problem: Problem,
  use: (batch: Pointer) => void = () => undefined,
): Compressed {
  const { features, rows, inputs, permutation } = problem;
  const chunks = countChunks(rows);
  const chunkBytes = largestChunk(problem) * ENTRY_BYTES;
  const rowEntries = new Int32Array((chunks * chunkBytes) / 4);
  const featureEntries = rowEntries.slice();
  const rowStarts = new Int32Array(chunks * (SPARSE_ROWS + 1));
  const featureStarts = new Int32Array(chunks * (features + 1));
  const counts = new Uint8Array(chunks * features);
  const batch = memory.allocate(SPARSE_BYTES);
  let firsts: readonly [Pointer, Pointer] = [0, 0];
  withArrays(
    [
      rowEntries,
      rowStarts,
      featureEntries,
      featureStarts,
      counts,
      inputs,
      permutation ?? new Int32Array(0),
    ],
    (rowsAt, rowStartsAt, featuresAt, featureStartsAt, countsAt, inputsAt, permutationAt) => {
      firsts = [rowsAt, featuresAt];
      writeSparseBatches(engine, batch, [
        {
          features,
          chunkBytes,
          rowEntries: rowsAt,
          rowStarts: rowStartsAt,
          featureEntries: featuresAt,
          featureStarts: featureStartsAt,
          counts: countsAt,
        },
      ]);
      for (let chunk = 0; chunk < chunks; chunk++) {
        kernels.compressChunk(
          batch,
          chunk,
          inputsAt,
          inputs instanceof Uint8Array ? 1 : 0,
          inputs instanceof Uint8Array ? 1 / 255 : 1,
          permutation ? permutationAt : 0,
          POSITION + chunk * SPARSE_ROWS,
          chunkRows(rows, chunk),
        );
      }
      use(batch);
    },
  );
  memory.free(batch);
  const read = (
    entries: Int32Array,
    starts: Int32Array,
    first: Pointer,
    stride: number,
    countOf: (chunk: number) => number,
  ): Entries[] =>
    Array.from({ length: chunks }, (_, chunk) => {
      const own = starts.subarray(chunk * stride, chunk * stride + countOf(chunk) + 1);
      const words = entries.subarray((own[0] - first) / 4, (own[own.length - 1] - first) / 4);
      const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
      if (own[0] !== first + chunk * chunkBytes) throw new Error("not in the chunk's own room");
      return {
        counts: Array.from(own.subarray(1), (end, index) => (end - own[index]) / ENTRY_BYTES),
        offsets: [...words.filter((_, index) => index % 2 === 0)],
        values: [...floats.filter((_, index) => index % 2 === 1)],
      };
    });
  return {
    rows: read(rowEntries, rowStarts, firsts[0], SPARSE_ROWS + 1, (chunk) =>
      chunkRows(rows, chunk),
    ),
    features: read(featureEntries, featureStarts, firsts[1], features + 1, () => features),
  };
}

/** The non-zero values of the chunk that has most. */
function largestChunk({ batch, rows, features }: Problem): number {
  const counts = Array.from({ length: countChunks(rows) }, (_, chunk) => {
    const start = chunk * SPARSE_ROWS * features;
    return batch.subarray(start, start + SPARSE_ROWS * features).filter((x) => x !== 0).length;
  });
  return Math.max(...counts);
}

/** A matrix `[rows, units]` in blocks of 32 units, `[⌈units / 32⌉, rows, 32]`. */
export function blocked(matrix: Float32Array, rows: number, units: number): Float32Array {
  const blocks = Math.ceil(units / BLOCK_UNITS);
  return Float32Array.from({ length: blocks * rows * BLOCK_UNITS }, (_, index) => {
    const unit = Math.floor(index / (rows * BLOCK_UNITS)) * BLOCK_UNITS + (index % BLOCK_UNITS);
    const row = Math.floor(index / BLOCK_UNITS) % rows;
    return unit < units ? matrix[row * units + unit] : 0;
  });
}

/** The matrix `[rows, units]` that `values` are in blocks. */
export function unblocked(values: Float32Array, rows: number, units: number): Float32Array {
  return Float32Array.from({ length: rows * units }, (_, index) => {
    const unit = index % units;
    const block = Math.floor(unit / BLOCK_UNITS) * rows;
    return values[(block + Math.floor(index / units)) * BLOCK_UNITS + (unit % BLOCK_UNITS)];
  });
}
