/**
 * A layer over compressed inputs (`compress.ts`), of the data set or of the layer below:
 *
 *   forward   for each row:      z[row, :] = Σ over its entries x · W[feature, :]
 *   gradient  for each feature:  ∂L/∂W[feature, :] = Σ over its entries x · ∂L/∂z[row, :]
 *   backward  for each row:      ∂L/∂a[row, :] = Σ over the entries of its ∂L/∂z · Wᵀ[unit, :]
 *
 * Everything is kept in blocks of 32 units, eight vector registers: a matrix `[rows, units]` is
 * blocked as `[units / 32, rows, 32]`, the last block filled up with zeros. So every number of units
 * runs at the speed of whole blocks, and a block of ∂L/∂z for a chunk of 128 rows is 16 KB in one
 * piece, which stays in the first-level cache, and one of W, 98 KB for 784 features, in the second.
 * Row-major matrices would not: rows a multiple of 512 bytes apart share a few of a cache's sets.
 */
import {
  BLOCK_UNITS,
  ENTRY_BYTES,
  featureStarts,
  ROW_BYTES,
  rowStarts,
  SPARSE_ROWS,
  SparseBatch,
} from "./compress";
import { packFour, transpose4x4 } from "./pack";
import { FLOAT, fma } from "./simd";

/** Bytes of a matrix `[rows, units]` when blocked. */
export function blockedBytes(rows: i32, units: i32): usize {
  return <usize>countBlocks(units) * <usize>rows * ROW_BYTES;
}

/** Blocks of 32 units, the last one perhaps not full. */
export function countBlocks(units: i32): i32 {
  return (units + BLOCK_UNITS - 1) / BLOCK_UNITS;
}

/**
 * Copies rows `first` to `first + count − 1` of a matrix `[rows, units]` into their places in
 * `blocked`; `matrix` is row `first`. Cost: 8 bytes moved an element.
 */
export function packBlocks(
  blocked: usize,
  matrix: usize,
  first: i32,
  count: i32,
  rows: i32,
  units: i32,
): void {
  for (let unit = 0; unit < units; unit += BLOCK_UNITS) {
    const bytes = <usize>min(BLOCK_UNITS, units - unit) * FLOAT;
    let block = blocked + <usize>((unit / BLOCK_UNITS) * rows + first) * ROW_BYTES;
    let row = matrix + <usize>unit * FLOAT;
    for (let index = 0; index < count; index++) {
      copyRow(block, row, bytes);
      const rest = <usize>ROW_BYTES - bytes;
      if (rest) memory.fill(block + bytes, 0, rest);
      block += ROW_BYTES;
      row += <usize>units * FLOAT;
    }
  }
}

/** matrix `[rows, units]` = what `blocked` holds. Cost: 8 bytes moved an element. */
export function unpackBlocks(matrix: usize, blocked: usize, rows: i32, units: i32): void {
  for (let unit = 0; unit < units; unit += BLOCK_UNITS) {
    const bytes = <usize>min(BLOCK_UNITS, units - unit) * FLOAT;
    let row = matrix + <usize>unit * FLOAT;
    for (let index = 0; index < rows; index++) {
      copyRow(row, blocked, bytes);
      blocked += ROW_BYTES;
      row += <usize>units * FLOAT;
    }
  }
}

/** Copies what a block has of a row, up to 128 bytes; `memory.copy` is a call out of the module. */
export function copyRow(target: usize, source: usize, bytes: usize): void {
  if (bytes != ROW_BYTES) {
    memory.copy(target, source, bytes);
    return;
  }
  for (let end = source + ROW_BYTES; source < end; source += 32) {
    v128.store(target, v128.load(source));
    v128.store(target, v128.load(source, 16), 16);
    target += 32;
  }
}

/**
 * Copies rows `first` to `first + count − 1`, `first` a multiple of 4, of a block of a matrix, its
 * columns `unit` to `unit + units − 1`, into their places in the matrix transposed: blocked as
 * `[rows / 32, columns, 32]`, where rows that the last four do not have become zeros. `block` is row
 * `first`. Cost: 8 bytes moved an element.
 */
export function transposeBlock(
  transposed: usize,
  block: usize,
  first: i32,
  count: i32,
  unit: i32,
  units: i32,
  columns: i32,
): void {
  // Four columns at a time: four rows of the result are one piece of memory, written from end to end.
  for (let index = 0; index < count; ) {
    const row = first + index;
    const lane = row % BLOCK_UNITS;
    const own = min(BLOCK_UNITS - lane, count - index);
    const place = (row / BLOCK_UNITS) * columns + unit;
    let target = transposed + <usize>place * ROW_BYTES + <usize>lane * FLOAT;
    let source = block + <usize>index * ROW_BYTES;
    for (let column = 0; column < units; column += 4) {
      const width = min(4, units - column);
      for (let four = 0; four < own; four += 4) {
        const to = target + <usize>four * FLOAT;
        const from = source + <usize>four * ROW_BYTES;
        if (width == 4 && four + 4 <= own) transpose4x4(to, ROW_BYTES, from, ROW_BYTES);
        else packFour(to, ROW_BYTES, from, BLOCK_UNITS, 1, min(4, own - four), 4, width);
      }
      target += 4 * ROW_BYTES;
      source += 4 * FLOAT;
    }
    index += own;
  }
}

/**
 * z `[rows, 32]` = X·W for the `rows` rows of a chunk and a block of W `[features, 32]`.
 *
 * Cost: 2 operations an entry and unit.
 */
export function multiplySparse(
  z: usize,
  batch: SparseBatch,
  chunk: i32,
  weights: usize,
  rows: i32,
): void {
  addProducts(z, weights, rowStarts(batch, chunk), rows, true);
}

/**
 * sums `[lastFeature − firstFeature, 32]` = ∂L/∂W of rows `firstFeature` to `lastFeature − 1` of a block
 * of W `[features, 32]`: Σ_rows x[row, f] · gradient[row, :] over the `chunks` chunks of the batch, with
 * the same block of the gradient `[rows, 32]`. The sum of a weight has its rows in ascending order.
 *
 * Cost: 2 operations an entry and unit.
 */
export function gradientSparse(
  sums: usize,
  gradient: usize,
  batch: SparseBatch,
  chunks: i32,
  firstFeature: i32,
  lastFeature: i32,
): void {
  for (let chunk = 0; chunk < chunks; chunk++) {
    const starts = featureStarts(batch, chunk) + ((<usize>firstFeature) << 2);
    addProducts(sums, gradient, starts, lastFeature - firstFeature, chunk == 0);
    gradient += SPARSE_ROWS * ROW_BYTES;
  }
}

/**
 * sums `[count, 32]` = or += Σ x · matrix[row, :] over the entries that each has: of rows over W, of
 * features over ∂L/∂z.
 *
 * Entries are taken by twos, after the first one if their number is odd. Both that and storing the
 * sums whatever follows keep them in registers (`tile.ts`): V8 would unroll a shorter loop itself, and
 * keep a sum in memory. 50 GFLOP/s instead of 30 on relaxed SIMD (Node 20, `npm run bench:kernels`).
 */
function addProducts(sums: usize, matrix: usize, starts: usize, count: i32, overwrite: bool): void {
  let entry = load<usize>(starts);
  for (let index = 0; index < count; index++) {
    starts += 4;
    const end = load<usize>(starts);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    let s4 = f32x4.splat(0);
    let s5 = f32x4.splat(0);
    let s6 = f32x4.splat(0);
    let s7 = f32x4.splat(0);
    if (!overwrite) {
      s0 = v128.load(sums);
      s1 = v128.load(sums, 16);
      s2 = v128.load(sums, 32);
      s3 = v128.load(sums, 48);
      s4 = v128.load(sums, 64);
      s5 = v128.load(sums, 80);
      s6 = v128.load(sums, 96);
      s7 = v128.load(sums, 112);
    }
    if ((end - entry) & ENTRY_BYTES) {
      const row = matrix + <usize>load<u32>(entry);
      const x = v128.load32_splat(entry, 4);
      s0 = fma(x, v128.load(row), s0);
      s1 = fma(x, v128.load(row, 16), s1);
      s2 = fma(x, v128.load(row, 32), s2);
      s3 = fma(x, v128.load(row, 48), s3);
      s4 = fma(x, v128.load(row, 64), s4);
      s5 = fma(x, v128.load(row, 80), s5);
      s6 = fma(x, v128.load(row, 96), s6);
      s7 = fma(x, v128.load(row, 112), s7);
      entry += ENTRY_BYTES;
    }
    for (; entry < end; entry += 2 * ENTRY_BYTES) {
      let row = matrix + <usize>load<u32>(entry);
      let x = v128.load32_splat(entry, 4);
      s0 = fma(x, v128.load(row), s0);
      s1 = fma(x, v128.load(row, 16), s1);
      s2 = fma(x, v128.load(row, 32), s2);
      s3 = fma(x, v128.load(row, 48), s3);
      s4 = fma(x, v128.load(row, 64), s4);
      s5 = fma(x, v128.load(row, 80), s5);
      s6 = fma(x, v128.load(row, 96), s6);
      s7 = fma(x, v128.load(row, 112), s7);
      row = matrix + <usize>load<u32>(entry, 8);
      x = v128.load32_splat(entry, 12);
      s0 = fma(x, v128.load(row), s0);
      s1 = fma(x, v128.load(row, 16), s1);
      s2 = fma(x, v128.load(row, 32), s2);
      s3 = fma(x, v128.load(row, 48), s3);
      s4 = fma(x, v128.load(row, 64), s4);
      s5 = fma(x, v128.load(row, 80), s5);
      s6 = fma(x, v128.load(row, 96), s6);
      s7 = fma(x, v128.load(row, 112), s7);
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    v128.store(sums, s4, 64);
    v128.store(sums, s5, 80);
    v128.store(sums, s6, 96);
    v128.store(sums, s7, 112);
    sums += ROW_BYTES;
  }
}
