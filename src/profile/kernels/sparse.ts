/** The input layer over compressed rows, `assembly/compress.ts` and `assembly/sparse.ts`. */
import type { Pointer } from "../../engine/kernels.js";
import {
  BLOCK_UNITS,
  ENTRY_BYTES,
  SPARSE_BYTES,
  SPARSE_ROWS,
  writeSparseBatches,
} from "../../engine/plan.js";
import {
  bytesOf,
  define,
  type Place,
  type ProfiledKernel,
  room,
  type Shape,
  values,
} from "../kernel.js";
import { sparseForward, sparseGradient, transpose } from "../loops/sparse.js";

/** What is not zero of MNIST's pixels. */
const DENSITY = 0.19;
/** Non-zero pixels of an image come in strokes; about so many in a row. */
const STROKE = 6;
/** One chunk is measured, the way tiles of the step take them. */
const SHAPES: readonly Shape[] = [[SPARSE_ROWS, 784]];
const SWEEP: readonly Shape[] = [
  [32, 784],
  [SPARSE_ROWS, 2048],
];

/** Non-zero values of each row. */
export function entriesPerRow(features: number): number {
  return Math.max(1, Math.round(DENSITY * features));
}

/** Rows `[rows, features]` of bytes, each with `entriesPerRow` that are not zero, in strokes. */
export function strokes(rows: number, features: number): Uint8Array {
  const bytes = new Uint8Array(rows * features);
  const wanted = entriesPerRow(features);
  const distance = Math.max(STROKE, Math.floor((features * STROKE) / wanted));
  for (let row = 0; row < rows; row++) {
    let left = wanted;
    // Strokes of one row stand at other places than those of the row before.
    for (let index = 0; left > 0 && index < features; index++) {
      if ((index + row * 5) % distance >= STROKE && left < features - index) continue;
      bytes[row * features + index] = 1 + ((index * 31 + row * 17) % 255);
      left--;
    }
  }
  return bytes;
}

type Arrays = readonly [
  Float32Array,
  Float32Array,
  Int32Array,
  Int32Array,
  Float32Array,
  Uint8Array,
];

/** result, the matrix that is multiplied by, starts, features, values, and the rows as bytes. */
function arrays(result: number, matrix: number, rows: number, features: number): Arrays {
  const bytes = strokes(rows, features);
  const columns = Array.from(bytes.keys()).filter((index) => bytes[index] !== 0);
  const starts = Int32Array.from({ length: rows + 1 }, (_, row) => row * entriesPerRow(features));
  return [
    room(result),
    values(matrix),
    starts,
    Int32Array.from(columns, (index) => index % features),
    Float32Array.from(columns, (index) => bytes[index] * Math.fround(1 / 255)),
    bytes,
  ];
}

/** Room for one compressed chunk, which `compressChunk` fills in. */
function layOutBatch({ engine, regions }: Place, [rows, features]: Shape): Pointer {
  const batch = regions.allocateBytes(SPARSE_BYTES);
  const chunkBytes = rows * entriesPerRow(features) * ENTRY_BYTES;
  writeSparseBatches(engine, batch, [
    {
      features,
      chunkBytes,
      rowEntries: regions.allocateBytes(chunkBytes),
      rowStarts: regions.allocateNumbers(SPARSE_ROWS + 1),
      featureEntries: regions.allocateBytes(chunkBytes),
      featureStarts: regions.allocateNumbers(features + 1),
      counts: regions.allocateBytes(features),
    },
  ]);
  return batch;
}

function work(rows: number, features: number, result: number, matrix: number) {
  const entries = rows * entriesPerRow(features);
  return {
    operations: 2 * entries * BLOCK_UNITS,
    bytesRead: entries * ENTRY_BYTES + bytesOf(matrix),
    bytesWritten: bytesOf(result),
  };
}

const DIMENSIONS = ["rows", "features"];
/** A chunk has no more rows. */
const LARGEST: Shape = [SPARSE_ROWS, 65_536];

export const SPARSE: readonly ProfiledKernel[] = [
  define<Arrays>({
    name: "sparse-forward",
    description: "z = X·W over the non-zero inputs, a block of 32 units; 19 % are not zero",
    dimensions: DIMENSIONS,
    largest: LARGEST,
    shapes: SHAPES,
    sweep: SWEEP,
    work: ([rows, features]) => work(rows, features, rows * BLOCK_UNITS, features * BLOCK_UNITS),
    arrays: ([rows, features]) =>
      arrays(rows * BLOCK_UNITS, features * BLOCK_UNITS, rows, features),
    javascript: ([z, weights, starts, features, x], [rows]) =>
      sparseForward(z, weights, { starts, features, values: x }, rows),
    scalar: (kernels, [z, weights, starts, features, x], [rows]) =>
      kernels.sparseForward(z, weights, starts, features, x, rows),
    simd: (place, shape) => {
      const { kernels } = place.engine;
      const [z, weights, , , , bytes] = place.pointers;
      const batch = layOutBatch(place, shape);
      kernels.compressChunk(batch, 0, bytes, 1, 1 / 255, 0, 0, shape[0]);
      return () => kernels.multiplySparse(z, batch, 0, weights, shape[0]);
    },
  }),
  define<Arrays>({
    name: "sparse-gradient",
    description: "∂L/∂W = Xᵀ·∂L/∂z over the non-zero inputs, a block of 32 units",
    dimensions: DIMENSIONS,
    largest: LARGEST,
    shapes: SHAPES,
    sweep: SWEEP,
    work: ([rows, features]) => work(rows, features, features * BLOCK_UNITS, rows * BLOCK_UNITS),
    arrays: ([rows, features]) =>
      arrays(features * BLOCK_UNITS, rows * BLOCK_UNITS, rows, features),
    javascript: ([sums, gradient, starts, features, x], [rows]) =>
      sparseGradient(sums, gradient, { starts, features, values: x }, rows),
    scalar: (kernels, [sums, gradient, starts, features, x], [rows, count]) =>
      kernels.sparseGradient(sums, gradient, starts, features, x, rows, count),
    simd: (place, shape) => {
      const { kernels } = place.engine;
      const [sums, gradient, , , , bytes] = place.pointers;
      const batch = layOutBatch(place, shape);
      kernels.compressChunk(batch, 0, bytes, 1, 1 / 255, 0, 0, shape[0]);
      return () => kernels.gradientSparse(sums, gradient, batch, 1, 0, shape[1]);
    },
  }),
  define<readonly [Uint8Array, Uint8Array]>({
    name: "compress",
    description: "rows of bytes to their non-zero entries, by row and by feature",
    dimensions: DIMENSIONS,
    largest: LARGEST,
    shapes: SHAPES,
    sweep: SWEEP,
    work: ([rows, features]) => ({
      operations: 0,
      bytesRead: rows * features,
      bytesWritten:
        2 * rows * entriesPerRow(features) * ENTRY_BYTES + bytesOf(rows + 1, features + 1),
    }),
    // Entries hold addresses, which nobody compares: `test/assembly/compress.test.ts` does.
    arrays: ([rows, features]) => [new Uint8Array(0), strokes(rows, features)],
    simd: (place, shape) => {
      const { kernels } = place.engine;
      const [, bytes] = place.pointers;
      const batch = layOutBatch(place, shape);
      return () => kernels.compressChunk(batch, 0, bytes, 1, 1 / 255, 0, 0, shape[0]);
    },
  }),
  define<readonly [Float32Array, Float32Array]>({
    name: "transpose",
    description: "a matrix in blocks of 32 units to its transpose in such blocks",
    dimensions: ["rows", "columns"],
    shapes: [[128, 800]],
    sweep: [
      [256, 256],
      [1024, 1024],
    ],
    work: ([rows, columns]) => ({
      operations: 0,
      bytesRead: bytesOf(rows * columns),
      bytesWritten: bytesOf(rows * columns),
    }),
    arrays: ([rows, columns]) => [
      room(wholeBlocks(rows) * columns),
      values(wholeBlocks(columns) * rows),
    ],
    javascript: ([target, source], [rows, columns]) => transpose(target, source, rows, columns),
    scalar: (kernels, [target, source], [rows, columns]) =>
      kernels.transpose(target, source, rows, columns),
    simd: ({ engine: { kernels }, pointers: [target, source] }, [rows, columns]) => {
      const blockBytes = bytesOf(rows * BLOCK_UNITS);
      return () => {
        for (let unit = 0, block = source; unit < columns; unit += BLOCK_UNITS) {
          const units = Math.min(BLOCK_UNITS, columns - unit);
          kernels.transposeBlock(target, block, 0, rows, unit, units, columns);
          block += blockBytes;
        }
      };
    },
  }),
];

/** Filled up to whole blocks. */
function wholeBlocks(count: number): number {
  return Math.ceil(count / BLOCK_UNITS) * BLOCK_UNITS;
}
