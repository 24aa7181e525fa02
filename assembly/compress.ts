/**
 * Compression of a batch of sparse inputs. Four fifths of MNIST's pixels are 0 and contribute nothing
 * to a product, and so do most units under dropout; what is left is kept as entries, in chunks of rows,
 * twice: row by row for the product forward, and feature by feature for the gradient of the weights.
 *
 * An entry is eight bytes: where it points to, in bytes within a block of 32 units (int32), and the
 * value (float32). A row's entries point to the rows of W, a feature's entries to those of ∂L/∂z.
 */
import { sampleAt } from "./batch";
import { FLOAT } from "./simd";

/**
 * Rows of a chunk; few enough for a byte to count them, and for a block of ∂L/∂z, 16 KB, to stay in
 * the first-level cache.
 */
export const SPARSE_ROWS: i32 = 128;
/** Units of a block: eight vector registers. */
export const BLOCK_UNITS: i32 = 32;
/** Bytes of a block's row, and of an entry. */
export const ROW_BYTES: i32 = 128;
export const ENTRY_BYTES: usize = 8;
/** Bytes of a cache line of the usual processors. */
const LINE_BYTES: usize = 64;
/**
 * Shuffled rows that are read ahead at a time. An epoch of 784-64-10 on one thread falls from 0.122 to 0.112 s; one
 * row at a time gains nothing.
 */
const TOUCHED_ROWS: i32 = 16;

/** A compressed batch: chunks of SPARSE_ROWS rows. The TypeScript side lays it out. */
@unmanaged
export class SparseBatch {
  features: i32;
  /** Room for a chunk's entries, in bytes. */
  chunkBytes: usize;
  /** Entries by row, and of each chunk the addresses at which a row's begin, `[SPARSE_ROWS + 1]`. */
  rowEntries: usize;
  rowStarts: usize;
  /** The same by feature, `[features + 1]` addresses; 0 where no gradient is wanted. */
  featureEntries: usize;
  featureStarts: usize;
  /** Room to count each chunk's entries by feature, `[features]` bytes. */
  counts: usize;
}

/** Where the entries of a chunk's rows begin, and behind the last one's end. */
export function rowStarts(batch: SparseBatch, chunk: i32): usize {
  return batch.rowStarts + ((<usize>(chunk * (SPARSE_ROWS + 1))) << 2);
}

/** The same of its features. */
export function featureStarts(batch: SparseBatch, chunk: i32): usize {
  return batch.featureStarts + ((<usize>(chunk * (batch.features + 1))) << 2);
}

/**
 * Compresses chunk `chunk` of a batch: `rows` samples of the data set from `position` on, in their
 * `order` or as they are stored where that is 0; inputs `[samples, features]` of bytes or float32.
 *
 * For the gradient the rows are read twice: first each feature's entries are counted, which says
 * where they begin; then every entry goes to its places. Cost: 16 bytes written an entry.
 */
export function compressChunk(
  batch: SparseBatch,
  chunk: i32,
  inputs: usize,
  inputsAreBytes: bool,
  scale: f32,
  order: usize,
  position: i32,
  rows: i32,
): void {
  const features = batch.features;
  const sampleBytes = <usize>features * (inputsAreBytes ? 1 : FLOAT);
  const byFeature = batch.featureEntries != 0;
  if (byFeature) {
    const counts = batch.counts + <usize>(chunk * features);
    memory.fill(counts, 0, features);
    for (let row = 0; row < rows; row++) {
      if (order && row % TOUCHED_ROWS == 0) {
        const count = min(TOUCHED_ROWS, rows - row);
        const sum = touchRows(inputs, sampleBytes, order, position + row, count);
        // Overwritten below; unless it were stored somewhere the compiler would leave out the reads.
        store<u32>(rowStarts(batch, chunk), sum);
      }
      const sample = inputs + <usize>sampleAt(order, position + row) * sampleBytes;
      if (inputsAreBytes) countBytes(counts, sample, features);
      else countFloats(counts, sample, features);
    }
    startFeatures(batch, chunk, counts);
  }
  // ends[f] begins as where the entries of feature f begin and moves on with each that is placed:
  // at last starts[f] to starts[f + 1] is the range of feature f.
  const ends = byFeature ? featureStarts(batch, chunk) + 4 : 0;
  const starts = rowStarts(batch, chunk);
  let entry = batch.rowEntries + <usize>chunk * batch.chunkBytes;
  for (let row = 0; row < rows; row++) {
    store<usize>(starts + ((<usize>row) << 2), entry);
    const sample = inputs + <usize>sampleAt(order, position + row) * sampleBytes;
    entry = inputsAreBytes
      ? placeBytes(entry, ends, sample, features, row * ROW_BYTES, scale)
      : placeFloats(entry, ends, sample, features, row * ROW_BYTES, scale);
  }
  store<usize>(starts + ((<usize>rows) << 2), entry);
}

/**
 * Reads a byte of each cache line of `rows` samples, nothing depending on the one before: shuffled samples lie
 * anywhere in memory, and so the processor waits for many lines and page tables at a time instead of one after
 * another. Returns the sum of the bytes.
 */
function touchRows(inputs: usize, sampleBytes: usize, order: usize, position: i32, rows: i32): u32 {
  let sum: u32 = 0;
  for (let row = 0; row < rows; row++) {
    const sample = inputs + <usize>sampleAt(order, position + row) * sampleBytes;
    for (let offset: usize = 0; offset < sampleBytes; offset += LINE_BYTES) {
      sum += load<u8>(sample + offset);
    }
  }
  return sum;
}

/** starts[0] and starts[f + 1] = where the entries of feature f begin. */
function startFeatures(batch: SparseBatch, chunk: i32, counts: usize): void {
  const starts = featureStarts(batch, chunk);
  let entry = batch.featureEntries + <usize>chunk * batch.chunkBytes;
  store<usize>(starts, entry);
  for (let feature = 0; feature < batch.features; feature++) {
    store<usize>(starts + ((<usize>feature) << 2), entry, 4);
    entry += <usize>load<u8>(counts + feature) * ENTRY_BYTES;
  }
}

/** counts `[features]` (bytes) += 1 where the row's byte is not 0. */
function countBytes(counts: usize, row: usize, features: i32): void {
  const whole = features & ~15;
  for (let feature = 0; feature < whole; feature += 16) {
    // A lane that is not 0 compares to all ones, which is −1.
    const nonZero = i8x16.ne(v128.load(row + feature), i8x16.splat(0));
    v128.store(counts + feature, i8x16.sub(v128.load(counts + feature), nonZero));
  }
  for (let feature = whole; feature < features; feature++) {
    if (load<u8>(row + feature)) increment(counts + feature);
  }
}

/** The same for a row of float32. */
function countFloats(counts: usize, row: usize, features: i32): void {
  const whole = features & ~15;
  for (let feature = 0; feature < whole; feature += 16) {
    const nonZero = nonZeroFloats16(row + ((<usize>feature) << 2));
    v128.store(counts + feature, i8x16.sub(v128.load(counts + feature), nonZero));
  }
  for (let feature = whole; feature < features; feature++) {
    if (load<f32>(row + ((<usize>feature) << 2)) != 0) increment(counts + feature);
  }
}

function increment(count: usize): void {
  store<u8>(count, load<u8>(count) + 1);
}

/**
 * Places the non-zero values of a row of bytes, times `scale`: behind the row's entries so far, and
 * unless `ends` is 0 behind their features'. Returns the end of the row's. Values are found 64 at a
 * time: the longer the loop over set bits, the rarer the mispredicted branch at its end.
 */
function placeBytes(
  entry: usize,
  ends: usize,
  row: usize,
  features: i32,
  offset: i32,
  scale: f32,
): usize {
  for (let start = 0; start < features; start += 64) {
    let mask = nonZeroBits(row + start, min(64, features - start));
    while (mask) {
      const feature = <usize>start + <usize>ctz(mask);
      mask &= mask - 1;
      place(entry, ends, feature, offset, <f32>load<u8>(row + feature) * scale);
      entry += ENTRY_BYTES;
    }
  }
  return entry;
}

/** The same for a row of float32. */
function placeFloats(
  entry: usize,
  ends: usize,
  row: usize,
  features: i32,
  offset: i32,
  scale: f32,
): usize {
  for (let start = 0; start < features; start += 64) {
    let mask = nonZeroFloats(row + ((<usize>start) << 2), min(64, features - start));
    while (mask) {
      const feature = <usize>start + <usize>ctz(mask);
      mask &= mask - 1;
      place(entry, ends, feature, offset, load<f32>(row + (feature << 2)) * scale);
      entry += ENTRY_BYTES;
    }
  }
  return entry;
}

function place(entry: usize, ends: usize, feature: usize, offset: i32, value: f32): void {
  store<i32>(entry, <i32>feature * ROW_BYTES);
  store<f32>(entry, value, 4);
  if (ends) {
    const end = ends + (feature << 2);
    const other = load<usize>(end);
    store<usize>(end, other + ENTRY_BYTES);
    store<i32>(other, offset);
    store<f32>(other, value, 4);
  }
}

/** Bit i is set where byte i of `count` ≤ 64 is not 0. */
function nonZeroBits(bytes: usize, count: i32): u64 {
  if (count == 64) {
    return (
      nonZeroBits16(bytes) |
      (nonZeroBits16(bytes + 16) << 16) |
      (nonZeroBits16(bytes + 32) << 32) |
      (nonZeroBits16(bytes + 48) << 48)
    );
  }
  let bits: u64 = 0;
  let index = 0;
  for (; index + 16 <= count; index += 16) bits |= nonZeroBits16(bytes + index) << index;
  for (; index < count; index++) bits |= u64(load<u8>(bytes + index) != 0) << index;
  return bits;
}

function nonZeroBits16(bytes: usize): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.ne(v128.load(bytes), i8x16.splat(0))));
}

/** Bit i is set where number i of `count` ≤ 64 is not 0. */
function nonZeroFloats(values: usize, count: i32): u64 {
  let bits: u64 = 0;
  let index = 0;
  for (; index + 16 <= count; index += 16) {
    bits |= (<u64>(<u32>i8x16.bitmask(nonZeroFloats16(values)))) << index;
    values += 16 * FLOAT;
  }
  for (; index < count; index++) {
    bits |= u64(load<f32>(values) != 0) << index;
    values += FLOAT;
  }
  return bits;
}

/** All ones in the bytes whose number, of sixteen, is not 0. */
function nonZeroFloats16(values: usize): v128 {
  const zero = f32x4.splat(0);
  const low = i16x8.narrow_i32x4_s(
    f32x4.ne(v128.load(values), zero),
    f32x4.ne(v128.load(values, 16), zero),
  );
  const high = i16x8.narrow_i32x4_s(
    f32x4.ne(v128.load(values, 32), zero),
    f32x4.ne(v128.load(values, 48), zero),
  );
  return i8x16.narrow_i16x8_s(low, high);
}

/** The number of non-zero values among bytes `[count]`. */
export function countNonZeroBytes(bytes: usize, count: i32): i32 {
  let nonZero = 0;
  const whole = count & ~15;
  for (let start = 0; start < whole; start += 16) {
    nonZero += popcnt(i8x16.bitmask(i8x16.ne(v128.load(bytes + start), i8x16.splat(0))));
  }
  for (let index = whole; index < count; index++) nonZero += i32(load<u8>(bytes + index) != 0);
  return nonZero;
}

/** The number of non-zero values among float32 `[count]`. */
export function countNonZeroFloats(values: usize, count: i32): i32 {
  let nonZero = 0;
  for (let index = 0; index < count; index++) {
    nonZero += i32(load<f32>(values + <usize>index * FLOAT) != 0);
  }
  return nonZero;
}
