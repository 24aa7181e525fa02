/**
 * The input layer over sparse inputs. Four fifths of MNIST's pixels are 0 and contribute nothing to
 * a product; what is left of a batch is kept as entries (feature, value), by row for the product
 * forward, and by feature for the gradient of the weights.
 *
 * An entry is eight bytes: an int32 and a float32. By row the integer is the feature; by feature it
 * is the row's offset in bytes within the gradient of the layer's outputs.
 *
 * Units are taken in blocks of 32, eight vector registers: with one register for the value and one
 * for a product that is what V8's fifteen hold; the remaining units follow in blocks of 4.
 */
import { sampleAt } from "./batch";
import { FLOAT, fma, loadTail, storeTail, VECTOR } from "./simd";

/** Bytes of an entry. */
export const ENTRY_BYTES: usize = 8;
/** Units of a block. */
const WIDE: i32 = 32;
const NARROW: i32 = 4;

/** Rows that are compressed, and then passed through the network, at a time. */
export const CHUNK_ROWS: i32 = 32;

/** A compressed batch: chunks of CHUNK_ROWS rows. The TypeScript side lays it out. */
@unmanaged
export class SparseBatch {
  features: i32;
  /** Room for a chunk's entries, in bytes, and for its starts. */
  entryBytes: usize;
  startBytes: usize;
  /** Entries by row, and where those of each row of the batch end (addresses). */
  byRow: usize;
  rowEnds: usize;
  /** Entries by feature, and the numbers of the entries at which each feature's begin, from 0 in
   * each chunk: `[features + 1]`. */
  byFeature: usize;
  starts: usize;
}

/** Bytes stand for byte / 255. */
const BYTE_SCALE: f32 = 1.0 / 255.0;

/**
 * Appends the non-zero values of a row of bytes `[features]`, scaled to [0, 1], as entries at
 * `entries`, counts each feature's entries in counts `[features]` (int32), and returns the end of
 * the entries.
 */
function compressBytes(entries: usize, counts: usize, row: usize, features: i32): usize {
  const whole = features & ~15;
  for (let start = 0; start < whole; start += 16) {
    const nonZero = i8x16.ne(v128.load(row + start), i8x16.splat(0));
    let mask = i8x16.bitmask(nonZero);
    while (mask) {
      const feature = start + ctz(mask);
      mask &= mask - 1;
      entries = append(entries, counts, feature, <f32>load<u8>(row + feature) * BYTE_SCALE);
    }
  }
  for (let feature = whole; feature < features; feature++) {
    const byte = load<u8>(row + feature);
    if (byte) entries = append(entries, counts, feature, <f32>byte * BYTE_SCALE);
  }
  return entries;
}

/** The same for a row of float32, as they are. */
function compressFloats(entries: usize, counts: usize, row: usize, features: i32): usize {
  for (let feature = 0; feature < features; feature++) {
    const value = load<f32>(row + <usize>feature * FLOAT);
    if (value != 0) entries = append(entries, counts, feature, value);
  }
  return entries;
}

function append(entries: usize, counts: usize, feature: i32, value: f32): usize {
  store<i32>(entries, feature);
  store<f32>(entries, value, 4);
  const count = counts + ((<usize>feature) << 2);
  store<i32>(count, load<i32>(count) + 1);
  return entries + ENTRY_BYTES;
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

/** values `[count]` (int32) becomes the sums of what stands before each: 0, v₀, v₀ + v₁, … */
function prefixSums(values: usize, count: i32): void {
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const at = values + ((<usize>index) << 2);
    const value = load<i32>(at);
    store<i32>(at, sum);
    sum += value;
  }
}

/**
 * Compresses rows `first` to `first + rows − 1` of the batch, one chunk of it, from samples of the
 * data set; `order` as in `batch.ts`. By row always, and by feature if `transpose`.
 *
 * `rowBytes` is the distance of two rows in the gradient of the layer's outputs.
 */
export function compressChunk(
  batch: SparseBatch,
  chunk: i32,
  rows: i32,
  inputs: usize,
  inputsAreBytes: bool,
  order: usize,
  position: i32,
  transpose: bool,
  rowBytes: usize,
): void {
  const features = batch.features;
  const byRow = batch.byRow + <usize>chunk * batch.entryBytes;
  const starts = batch.starts + <usize>chunk * batch.startBytes;
  const counts = starts + 4;
  const rowEnds = batch.rowEnds + <usize>chunk * (CHUNK_ROWS * 4);
  memory.fill(starts, 0, (<usize>(features + 1)) << 2);
  let entries = byRow;
  for (let row = 0; row < rows; row++) {
    const sample = <usize>sampleAt(order, position + row) * features;
    entries = inputsAreBytes
      ? compressBytes(entries, counts, inputs + sample, features)
      : compressFloats(entries, counts, inputs + sample * FLOAT, features);
    store<usize>(rowEnds + ((<usize>row) << 2), entries);
  }
  if (!transpose) return;
  // Now counts[f] becomes where feature f begins, and while entries are placed, where it ends: then
  // starts[f] to starts[f + 1] is its range.
  prefixSums(counts, features);
  const byFeature = batch.byFeature + <usize>chunk * batch.entryBytes;
  let offset = <usize>(chunk * CHUNK_ROWS) * rowBytes;
  entries = byRow;
  for (let row = 0; row < rows; row++) {
    const end = load<usize>(rowEnds + ((<usize>row) << 2));
    while (entries < end) {
      const cursor = counts + ((<usize>load<i32>(entries)) << 2);
      const place = load<i32>(cursor);
      store<i32>(cursor, place + 1);
      const target = byFeature + <usize>place * ENTRY_BYTES;
      store<i32>(target, <i32>offset);
      store<f32>(target, load<f32>(entries, 4), 4);
      entries += ENTRY_BYTES;
    }
    offset += rowBytes;
  }
}

/**
 * z `[rows, units]` = X·W for the rows of one chunk, W `[features, units]`.
 *
 * Cost: 2·units operations an entry.
 */
export function multiplySparse(
  z: usize,
  batch: SparseBatch,
  chunk: i32,
  weights: usize,
  rows: i32,
  units: i32,
): void {
  const entries = batch.byRow + <usize>chunk * batch.entryBytes;
  const rowEnds = batch.rowEnds + <usize>chunk * (CHUNK_ROWS * 4);
  const stride = <usize>units * FLOAT;
  let unit = 0;
  for (; unit + WIDE <= units; unit += WIDE) {
    multiplyWide(z, entries, rowEnds, weights, rows, stride);
    z += WIDE * 4;
    weights += WIDE * 4;
  }
  for (; unit < units; unit += NARROW) {
    multiplyNarrow(z, entries, rowEnds, weights, rows, stride, min(NARROW, units - unit));
    z += VECTOR;
    weights += VECTOR;
  }
}

/** A block of 32 units: every row's sums stay in eight registers. */
function multiplyWide(
  z: usize,
  entries: usize,
  rowEnds: usize,
  weights: usize,
  rows: i32,
  stride: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const end = load<usize>(rowEnds + ((<usize>row) << 2));
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    let s7 = s0;
    while (entries < end) {
      const w = weights + <usize>load<u32>(entries) * stride;
      const x = v128.load32_splat(entries, 4);
      s0 = fma(x, v128.load(w), s0);
      s1 = fma(x, v128.load(w, 16), s1);
      s2 = fma(x, v128.load(w, 32), s2);
      s3 = fma(x, v128.load(w, 48), s3);
      s4 = fma(x, v128.load(w, 64), s4);
      s5 = fma(x, v128.load(w, 80), s5);
      s6 = fma(x, v128.load(w, 96), s6);
      s7 = fma(x, v128.load(w, 112), s7);
      entries += ENTRY_BYTES;
    }
    v128.store(z, s0);
    v128.store(z, s1, 16);
    v128.store(z, s2, 32);
    v128.store(z, s3, 48);
    v128.store(z, s4, 64);
    v128.store(z, s5, 80);
    v128.store(z, s6, 96);
    v128.store(z, s7, 112);
    z += stride;
  }
}

/** A block of up to 4 units. */
function multiplyNarrow(
  z: usize,
  entries: usize,
  rowEnds: usize,
  weights: usize,
  rows: i32,
  stride: usize,
  count: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const end = load<usize>(rowEnds + ((<usize>row) << 2));
    let sum = f32x4.splat(0);
    while (entries < end) {
      const w = weights + <usize>load<u32>(entries) * stride;
      const values = count == NARROW ? v128.load(w) : loadTail(w, count);
      sum = fma(v128.load32_splat(entries, 4), values, sum);
      entries += ENTRY_BYTES;
    }
    if (count == NARROW) v128.store(z, sum);
    else storeTail(z, sum, count);
    z += stride;
  }
}

/**
 * One step of gradient descent for rows `firstFeature` to `lastFeature − 1` and one block of units
 * (from `unit`, up to 32 of them) of W `[features, units]`:
 *
 *   W[f, :] −= learningRate · Σ_rows x[row, f] · gradient[row, :]
 *
 * over the `chunks` chunks of the batch, gradient `[batch, units]`. The sum is complete before it
 * touches W: the gradient of the weights is never stored.
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
): void {
  const stride = <usize>units * FLOAT;
  const end = min(unit + WIDE, units);
  if (unit + WIDE == end) {
    const at = <usize>unit * FLOAT;
    descendWide(
      weights + at,
      gradient + at,
      batch,
      chunks,
      firstFeature,
      lastFeature,
      stride,
      learningRate,
    );
    return;
  }
  for (; unit < end; unit += NARROW) {
    const at = <usize>unit * FLOAT;
    descendNarrow(
      weights + at,
      gradient + at,
      batch,
      chunks,
      firstFeature,
      lastFeature,
      stride,
      learningRate,
      min(NARROW, end - unit),
    );
  }
}

function descendWide(
  weights: usize,
  gradient: usize,
  batch: SparseBatch,
  chunks: i32,
  firstFeature: i32,
  lastFeature: i32,
  stride: usize,
  learningRate: f32,
): void {
  const rate = f32x4.splat(-learningRate);
  const entryBytes = batch.entryBytes;
  const startBytes = batch.startBytes;
  for (let feature = firstFeature; feature < lastFeature; feature++) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    let s7 = s0;
    let start = batch.starts + ((<usize>feature) << 2);
    let chunkEntries = batch.byFeature;
    let any = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      let entry = chunkEntries + <usize>load<u32>(start) * ENTRY_BYTES;
      const end = chunkEntries + <usize>load<u32>(start, 4) * ENTRY_BYTES;
      any |= i32(entry < end);
      while (entry < end) {
        const g = gradient + <usize>load<u32>(entry);
        const x = v128.load32_splat(entry, 4);
        s0 = fma(x, v128.load(g), s0);
        s1 = fma(x, v128.load(g, 16), s1);
        s2 = fma(x, v128.load(g, 32), s2);
        s3 = fma(x, v128.load(g, 48), s3);
        s4 = fma(x, v128.load(g, 64), s4);
        s5 = fma(x, v128.load(g, 80), s5);
        s6 = fma(x, v128.load(g, 96), s6);
        s7 = fma(x, v128.load(g, 112), s7);
        entry += ENTRY_BYTES;
      }
      start += startBytes;
      chunkEntries += entryBytes;
    }
    if (!any) continue;
    const w = weights + <usize>feature * stride;
    v128.store(w, fma(rate, s0, v128.load(w)));
    v128.store(w, fma(rate, s1, v128.load(w, 16)), 16);
    v128.store(w, fma(rate, s2, v128.load(w, 32)), 32);
    v128.store(w, fma(rate, s3, v128.load(w, 48)), 48);
    v128.store(w, fma(rate, s4, v128.load(w, 64)), 64);
    v128.store(w, fma(rate, s5, v128.load(w, 80)), 80);
    v128.store(w, fma(rate, s6, v128.load(w, 96)), 96);
    v128.store(w, fma(rate, s7, v128.load(w, 112)), 112);
  }
}

function descendNarrow(
  weights: usize,
  gradient: usize,
  batch: SparseBatch,
  chunks: i32,
  firstFeature: i32,
  lastFeature: i32,
  stride: usize,
  learningRate: f32,
  count: i32,
): void {
  const rate = f32x4.splat(-learningRate);
  const entryBytes = batch.entryBytes;
  const startBytes = batch.startBytes;
  for (let feature = firstFeature; feature < lastFeature; feature++) {
    let sum = f32x4.splat(0);
    let start = batch.starts + ((<usize>feature) << 2);
    let chunkEntries = batch.byFeature;
    let any = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      let entry = chunkEntries + <usize>load<u32>(start) * ENTRY_BYTES;
      const end = chunkEntries + <usize>load<u32>(start, 4) * ENTRY_BYTES;
      any |= i32(entry < end);
      while (entry < end) {
        const g = gradient + <usize>load<u32>(entry);
        const values = count == NARROW ? v128.load(g) : loadTail(g, count);
        sum = fma(v128.load32_splat(entry, 4), values, sum);
        entry += ENTRY_BYTES;
      }
      start += startBytes;
      chunkEntries += entryBytes;
    }
    if (!any) continue;
    const w = weights + <usize>feature * stride;
    if (count == NARROW) v128.store(w, fma(rate, sum, v128.load(w)));
    else storeTail(w, fma(rate, sum, loadTail(w, count)), count);
  }
}
