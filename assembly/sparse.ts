/**
 * The input layer over sparse inputs. Four fifths of MNIST's pixels are 0 and contribute nothing to
 * a product; what is left of a batch is kept as entries, feature by feature, in chunks of rows.
 *
 * An entry is eight bytes: the row's offset in bytes within `[rows, units]` of the chunk (int32),
 * and the value (float32). Forward and backward run through the same entries in the same order:
 *
 *   forward   for each feature, for each entry:  z[row, :] += x · W[feature, :]
 *   backward  for each feature: W[feature, :] −= η · Σ over its entries x · ∂L/∂z[row, :]
 *
 * Units are taken in blocks of 32, eight vector registers. A block of z or ∂L/∂z for a chunk of 128
 * rows is 16 KB and stays in the first-level cache, while the weights pass by once, in order. What
 * is left of the units follows in blocks of 4.
 */
import { sampleAt } from "./batch";
import { FLOAT, fma, loadTail, storeTail, VECTOR } from "./simd";

/** Rows of a chunk; few enough for a byte to count them. */
export const SPARSE_ROWS: i32 = 128;
/** Units of a block. */
export const SPARSE_UNITS: i32 = 32;
const NARROW: i32 = 4;
/** Bytes of an entry. */
const ENTRY_BYTES: usize = 8;

/** A compressed batch: chunks of SPARSE_ROWS rows. The TypeScript side lays it out. */
@unmanaged
export class SparseBatch {
  features: i32;
  /** Room for a chunk's entries, in bytes. */
  entryBytes: usize;
  /** Entries by feature, chunk after chunk. */
  entries: usize;
  /** Of each chunk the addresses at which a feature's entries begin, `[features + 1]`. */
  starts: usize;
  /** Room to count each chunk's entries by feature, `[features]` bytes. */
  counts: usize;
}

/** Bytes stand for byte / 255. */
const BYTE_SCALE: f32 = 1.0 / 255.0;

function startsOf(batch: SparseBatch, chunk: i32): usize {
  return batch.starts + ((<usize>(chunk * (batch.features + 1))) << 2);
}

/**
 * Compresses chunk `chunk` of a batch: `rows` samples of the data set from `position` on, `order` as
 * in `batch.ts`, inputs `[samples, features]` of bytes or float32. The distance of two rows, which
 * entries count in, is `rowBytes`.
 *
 * The rows are read twice: first each feature's entries are counted, which says where they begin;
 * then every entry goes to its place. Cost: 8 bytes written an entry.
 */
export function compressChunk(
  batch: SparseBatch,
  chunk: i32,
  inputs: usize,
  inputsAreBytes: bool,
  order: usize,
  position: i32,
  rows: i32,
  rowBytes: i32,
): void {
  const features = batch.features;
  const sampleBytes = <usize>features * (inputsAreBytes ? 1 : FLOAT);
  const counts = batch.counts + <usize>(chunk * features);
  memory.fill(counts, 0, features);
  for (let row = 0; row < rows; row++) {
    const sample = inputs + <usize>sampleAt(order, position + row) * sampleBytes;
    if (inputsAreBytes) countBytes(counts, sample, features);
    else countFloats(counts, sample, features);
  }
  // ends[f] begins as where the entries of feature f begin and moves on with each that is placed:
  // at last starts[f] to starts[f + 1] is the range of feature f.
  const starts = startsOf(batch, chunk);
  const ends = starts + 4;
  let entry = batch.entries + <usize>chunk * batch.entryBytes;
  store<usize>(starts, entry);
  for (let feature = 0; feature < features; feature++) {
    store<usize>(ends + ((<usize>feature) << 2), entry);
    entry += <usize>load<u8>(counts + feature) * ENTRY_BYTES;
  }
  for (let row = 0; row < rows; row++) {
    const sample = inputs + <usize>sampleAt(order, position + row) * sampleBytes;
    if (inputsAreBytes) placeBytes(ends, sample, features, row * rowBytes);
    else placeFloats(ends, sample, features, row * rowBytes);
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
  for (let feature = 0; feature < features; feature++) {
    if (load<f32>(row + ((<usize>feature) << 2)) != 0) increment(counts + feature);
  }
}

function increment(count: usize): void {
  store<u8>(count, load<u8>(count) + 1);
}

/**
 * Places the non-zero values of a row of bytes, scaled to [0, 1]. They are found 64 at a time: the
 * longer the loop over set bits, the rarer the mispredicted branch at its end.
 */
function placeBytes(ends: usize, row: usize, features: i32, offset: i32): void {
  for (let start = 0; start < features; start += 64) {
    let mask = nonZeroBits(row + start, min(64, features - start));
    while (mask) {
      const feature = <usize>start + <usize>ctz(mask);
      mask &= mask - 1;
      place(ends + (feature << 2), offset, <f32>load<u8>(row + feature) * BYTE_SCALE);
    }
  }
}

/** The same for a row of float32, as they are. */
function placeFloats(ends: usize, row: usize, features: i32, offset: i32): void {
  for (let feature = 0; feature < features; feature++) {
    const at = (<usize>feature) << 2;
    const value = load<f32>(row + at);
    if (value != 0) place(ends + at, offset, value);
  }
}

function place(end: usize, offset: i32, value: f32): void {
  const entry = load<usize>(end);
  store<usize>(end, entry + ENTRY_BYTES);
  store<i32>(entry, offset);
  store<f32>(entry, value, 4);
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

/**
 * Units `unit` to `unit + 31`, or to the last, of z `[rows, units]` = X·W for the rows of a chunk; z
 * is that of its first row, W `[features, units]`.
 *
 * Cost: 2 operations an entry and unit.
 */
export function multiplySparse(
  z: usize,
  batch: SparseBatch,
  chunk: i32,
  weights: usize,
  rows: i32,
  unit: i32,
  units: i32,
): void {
  const end = min(unit + SPARSE_UNITS, units);
  const stride = <usize>units * FLOAT;
  clear(z + <usize>unit * FLOAT, rows, end - unit, stride);
  if (unit + SPARSE_UNITS == end) {
    const at = <usize>unit * FLOAT;
    multiplyWide(z + at, batch, chunk, weights + at, stride);
    return;
  }
  for (; unit < end; unit += NARROW) {
    const at = <usize>unit * FLOAT;
    multiplyNarrow(z + at, batch, chunk, weights + at, stride, min(NARROW, end - unit));
  }
}

/** z `[rows, columns]` = 0, rows `stride` bytes apart. */
function clear(z: usize, rows: i32, columns: i32, stride: usize): void {
  for (let row = 0; row < rows; row++) {
    memory.fill(z, 0, <usize>columns * FLOAT);
    z += stride;
  }
}

function multiplyWide(
  z: usize,
  batch: SparseBatch,
  chunk: i32,
  weights: usize,
  stride: usize,
): void {
  let start = startsOf(batch, chunk);
  const last = start + ((<usize>batch.features) << 2);
  let entry = load<usize>(start);
  for (; start < last; start += 4) {
    const end = load<usize>(start, 4);
    if (entry < end) {
      const w0 = v128.load(weights);
      const w1 = v128.load(weights, 16);
      const w2 = v128.load(weights, 32);
      const w3 = v128.load(weights, 48);
      const w4 = v128.load(weights, 64);
      const w5 = v128.load(weights, 80);
      const w6 = v128.load(weights, 96);
      const w7 = v128.load(weights, 112);
      do {
        const row = z + <usize>load<u32>(entry);
        const x = v128.load32_splat(entry, 4);
        v128.store(row, fma(x, w0, v128.load(row)));
        v128.store(row, fma(x, w1, v128.load(row, 16)), 16);
        v128.store(row, fma(x, w2, v128.load(row, 32)), 32);
        v128.store(row, fma(x, w3, v128.load(row, 48)), 48);
        v128.store(row, fma(x, w4, v128.load(row, 64)), 64);
        v128.store(row, fma(x, w5, v128.load(row, 80)), 80);
        v128.store(row, fma(x, w6, v128.load(row, 96)), 96);
        v128.store(row, fma(x, w7, v128.load(row, 112)), 112);
        entry += ENTRY_BYTES;
      } while (entry < end);
    }
    weights += stride;
  }
}

function multiplyNarrow(
  z: usize,
  batch: SparseBatch,
  chunk: i32,
  weights: usize,
  stride: usize,
  count: i32,
): void {
  let start = startsOf(batch, chunk);
  const last = start + ((<usize>batch.features) << 2);
  let entry = load<usize>(start);
  for (; start < last; start += 4) {
    const end = load<usize>(start, 4);
    const w = load4(weights, count);
    for (; entry < end; entry += ENTRY_BYTES) {
      const row = z + <usize>load<u32>(entry);
      store4(row, fma(v128.load32_splat(entry, 4), w, load4(row, count)), count);
    }
    weights += stride;
  }
}

function load4(source: usize, count: i32): v128 {
  return count == NARROW ? v128.load(source) : loadTail(source, count);
}

function store4(target: usize, x: v128, count: i32): void {
  if (count == NARROW) v128.store(target, x);
  else storeTail(target, x, count);
}

/**
 * One step of gradient descent for a tile of W `[features, units]`: rows `firstFeature` to
 * `lastFeature − 1`, columns `unit` to `unit + 31` or to the last:
 *
 *   W[f, :] −= learningRate · Σ_rows x[row, f] · gradient[row, :]
 *
 * over the `chunks` chunks of the batch, gradient `[batch, units]`. A chunk after the other adds to
 * `sums` `[lastFeature − firstFeature, SPARSE_UNITS]`, scratch memory of the thread; the last one
 * updates W. The sum of a weight has its rows in ascending order.
 *
 * Cost: 2 operations an entry and unit; W is read and written once.
 */
export function descendSparse(
  weights: usize,
  gradient: usize,
  batch: SparseBatch,
  chunks: i32,
  firstFeature: i32,
  lastFeature: i32,
  unit: i32,
  units: i32,
  learningRate: f32,
  sums: usize,
): void {
  const stride = <usize>units * FLOAT;
  const end = min(unit + SPARSE_UNITS, units);
  const wide = unit + SPARSE_UNITS == end;
  weights += <usize>firstFeature * stride + <usize>unit * FLOAT;
  gradient += <usize>unit * FLOAT;
  const features = lastFeature - firstFeature;
  if (wide) {
    for (let chunk = 0; chunk < chunks; chunk++) {
      const starts = startsOf(batch, chunk) + ((<usize>firstFeature) << 2);
      const isFirst = chunk == 0;
      const isLast = chunk == chunks - 1;
      accumulateWide(
        weights,
        gradient,
        starts,
        features,
        stride,
        learningRate,
        sums,
        isFirst,
        isLast,
      );
      gradient += <usize>SPARSE_ROWS * stride;
    }
    return;
  }
  for (; unit < end; unit += NARROW) {
    const count = min(NARROW, end - unit);
    let g = gradient;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const starts = startsOf(batch, chunk) + ((<usize>firstFeature) << 2);
      const isFirst = chunk == 0;
      const isLast = chunk == chunks - 1;
      accumulateNarrow(
        weights,
        g,
        starts,
        features,
        stride,
        learningRate,
        sums,
        isFirst,
        isLast,
        count,
      );
      g += <usize>SPARSE_ROWS * stride;
    }
    weights += VECTOR;
    gradient += VECTOR;
  }
}

function accumulateWide(
  weights: usize,
  gradient: usize,
  starts: usize,
  features: i32,
  stride: usize,
  learningRate: f32,
  sums: usize,
  isFirst: bool,
  isLast: bool,
): void {
  const rate = f32x4.splat(-learningRate);
  let entry = load<usize>(starts);
  for (let feature = 0; feature < features; feature++) {
    starts += 4;
    const end = load<usize>(starts);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    let s7 = s0;
    if (!isFirst) {
      s0 = v128.load(sums);
      s1 = v128.load(sums, 16);
      s2 = v128.load(sums, 32);
      s3 = v128.load(sums, 48);
      s4 = v128.load(sums, 64);
      s5 = v128.load(sums, 80);
      s6 = v128.load(sums, 96);
      s7 = v128.load(sums, 112);
    }
    for (; entry < end; entry += ENTRY_BYTES) {
      const row = gradient + <usize>load<u32>(entry);
      const x = v128.load32_splat(entry, 4);
      s0 = fma(x, v128.load(row), s0);
      s1 = fma(x, v128.load(row, 16), s1);
      s2 = fma(x, v128.load(row, 32), s2);
      s3 = fma(x, v128.load(row, 48), s3);
      s4 = fma(x, v128.load(row, 64), s4);
      s5 = fma(x, v128.load(row, 80), s5);
      s6 = fma(x, v128.load(row, 96), s6);
      s7 = fma(x, v128.load(row, 112), s7);
    }
    if (isLast) {
      v128.store(weights, fma(rate, s0, v128.load(weights)));
      v128.store(weights, fma(rate, s1, v128.load(weights, 16)), 16);
      v128.store(weights, fma(rate, s2, v128.load(weights, 32)), 32);
      v128.store(weights, fma(rate, s3, v128.load(weights, 48)), 48);
      v128.store(weights, fma(rate, s4, v128.load(weights, 64)), 64);
      v128.store(weights, fma(rate, s5, v128.load(weights, 80)), 80);
      v128.store(weights, fma(rate, s6, v128.load(weights, 96)), 96);
      v128.store(weights, fma(rate, s7, v128.load(weights, 112)), 112);
    } else {
      v128.store(sums, s0);
      v128.store(sums, s1, 16);
      v128.store(sums, s2, 32);
      v128.store(sums, s3, 48);
      v128.store(sums, s4, 64);
      v128.store(sums, s5, 80);
      v128.store(sums, s6, 96);
      v128.store(sums, s7, 112);
    }
    weights += stride;
    sums += SPARSE_UNITS * 4;
  }
}

function accumulateNarrow(
  weights: usize,
  gradient: usize,
  starts: usize,
  features: i32,
  stride: usize,
  learningRate: f32,
  sums: usize,
  isFirst: bool,
  isLast: bool,
  count: i32,
): void {
  const rate = f32x4.splat(-learningRate);
  let entry = load<usize>(starts);
  for (let feature = 0; feature < features; feature++) {
    starts += 4;
    const end = load<usize>(starts);
    let sum = isFirst ? f32x4.splat(0) : v128.load(sums);
    for (; entry < end; entry += ENTRY_BYTES) {
      const row = gradient + <usize>load<u32>(entry);
      sum = fma(v128.load32_splat(entry, 4), load4(row, count), sum);
    }
    if (isLast) store4(weights, fma(rate, sum, load4(weights, count)), count);
    else v128.store(sums, sum);
    weights += stride;
    sums += VECTOR;
  }
}
