/**
 * Random distortions of byte images, drawn anew for each image and epoch: affine maps, and the
 * elastic displacements of Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural
 * Networks Applied to Visual Document Analysis" (ICDAR 2003), section 2.
 *
 * Pixel (x, y) of the result is the bilinear interpolation of the image, 0 outside of it, at
 *
 *   centre + A·((x, y) − centre) + shift + displacement(x, y),   A = rotation · shear · scale
 *
 * The displacement is uniform noise on [−1, 1) smoothed by a Gaussian, times α. Noise and Gaussian
 * are 16-bit fixed-point numbers: sums of their products are exact, the same on every machine, and an
 * instruction takes eight of them where it takes four of float32.
 */
import { sampleAt } from "./batch";
import { cosine, exp, sine } from "./math";
import { philox4 } from "./philox4";
import { fma, VECTOR } from "./simd";

/** What the stream is for, beside the purposes that random.ts lists. */
const AUGMENTATION: u32 = 3;

/** Bytes that `philox4` stores. */
const WORDS_BYTES: usize = 64;
/** Blocks of random words that one call of `philox4` draws; the first four are for the map. */
const WORDS_BLOCKS: u32 = 4;

/** Bits behind the point of a weight of the Gaussian, and of the noise. */
const FRACTION_BITS: i32 = 15;
const ONE: f64 = 32768;
/** Both in a smoothed sum. */
const SMOOTHED_UNIT: f32 = 1.0 / 1073741824.0;

/** 2²³: added to a float32 in [0, 2²³), it leaves the nearest integer in the lowest 23 bits. */
const INTEGER: f32 = 8388608;

/** What the distortions are drawn from; every field is four bytes, filled in by TypeScript. */
@unmanaged
export class Augmentation {
  /** Of an image, in pixels; (width + 3) · (height + 2) < 2²³. */
  width: i32;
  height: i32;
  /** Both parts of the shift are uniform on [−shift, shift), in pixels. */
  shift: f32;
  /** The angle is uniform on [−rotation, rotation), in radians. */
  rotation: f32;
  /** The factors of x and of y are uniform on [1 − scale, 1 + scale), each its own. */
  scale: f32;
  /** Pixels to the side a pixel down, uniform on [−shear, shear). */
  shear: f32;
  /** α, in pixels; 0 for no displacement. */
  elastic: f32;
  /** By `prepareFilter` for the height and for the width, `filterBytes` each; unread if α is 0. */
  columnFilter: usize;
  rowFilter: usize;
}

/** Vectors that hold a row of `width` numbers of 32 bits. */
function countVectors(width: i32): usize {
  return <usize>((width + 3) >> 2);
}

/** Bytes of a matrix `[rows, columns]` of 16-bit numbers in pairs, see `multiplyRow`. */
function pairsBytes(rows: i32, columns: i32): usize {
  return <usize>((rows + 1) >> 1) * countVectors(columns) * VECTOR;
}

/** Bytes of the Gaussian for rows or columns of `size` pixels. */
export function filterBytes(size: i32): usize {
  return pairsBytes(size, size);
}

/**
 * filter `[size, size]` = exp(−(i − j)² / 2σ²) over the sum of exp(−d² / 2σ²) for all whole d, in
 * pairs of rows as `multiplyRow` reads them: noise beyond the edges counts as 0. σ > 0, in pixels.
 */
export function prepareFilter(filter: usize, size: i32, sigma: f32): void {
  let sum: f64 = 1;
  for (let distance = 1; ; distance++) {
    const weight = gaussian(distance, sigma);
    if (weight < 1e-9) break;
    sum += 2 * weight;
  }
  const scale = ONE / sum;
  const columns = (<i32>countVectors(size)) << 2;
  for (let row = 0; row < size + (size & 1); row++) {
    for (let column = 0; column < columns; column++) {
      // The row that fills up the last pair is 0, whatever it will be multiplied by.
      const inside = row < size && column < size;
      const weight = inside ? nearest(scale * gaussian(abs(row - column), sigma)) : 0;
      const at = filter + ((<usize>((row >> 1) * columns + column)) << 2) + ((<usize>row & 1) << 1);
      store<i16>(at, <i16>min(weight, ONE - 1));
    }
  }
}

/** exp(−distance² / 2σ²) */
function gaussian(distance: i32, sigma: f32): f64 {
  const ratio = <f32>distance / sigma;
  return f32x4.extract_lane(exp(f32x4.splat(<f32>-0.5 * ratio * ratio)), 0);
}

/** Bytes of the noise of one direction: whole calls of `philox4`. */
function noiseBytes(width: i32, height: i32): usize {
  return (pairsBytes(height, width) + WORDS_BYTES - 1) & ~(WORDS_BYTES - 1);
}

/** Bytes of a row of 32-bit numbers, and of the vector that `smooth` reads and writes beyond it. */
function rowBytes(width: i32): usize {
  return (countVectors(width) + 1) * VECTOR;
}

/** Bytes of an image between two rows of zeros, and of what is read and written beyond them. */
function framedBytes(width: i32, height: i32): usize {
  return <usize>(width * (height + 2)) + VECTOR;
}

/** Bytes of the taps, `[height + 2, width + 3]` of two bytes, see `interleaveRows`. */
function tapsBytes(width: i32, height: i32): usize {
  return ((<usize>((width + 3) * (height + 2))) << 1) + 2 * VECTOR;
}

/** Bytes of scratch memory that a thread needs for `augmentRows`. */
export function augmentationScratchBytes(width: i32, height: i32): usize {
  return (
    WORDS_BYTES +
    2 * noiseBytes(width, height) +
    4 * rowBytes(width) +
    2 * framedBytes(width, height) +
    tapsBytes(width, height)
  );
}

/**
 * target `[rows, height · width]` of bytes = distorted images of inputs `[samples, height · width]`:
 * row i is of the sample at `position + i` of the order, and what it is distorted by depends on
 * seed, epoch and `position + i` alone. The result is rounded to the nearest byte, ties to even.
 */
export function augmentRows(
  target: usize,
  augmentation: Augmentation,
  inputs: usize,
  order: usize,
  position: i32,
  rows: i32,
  seed: u32,
  epoch: u32,
  scratch: usize,
): void {
  const width = augmentation.width;
  const height = augmentation.height;
  const pixels = <usize>(width * height);
  const noise = scratch + WORDS_BYTES;
  const sums = noise + 2 * noiseBytes(width, height);
  const framed = sums + 4 * rowBytes(width);
  const taps = framed + framedBytes(width, height);
  const result = taps + tapsBytes(width, height);
  const elastic = augmentation.elastic != 0;
  memory.fill(sums, 0, 4 * rowBytes(width));
  memory.fill(framed, 0, framedBytes(width, height));
  for (let row = 0; row < rows; row++) {
    const place = position + row;
    memory.copy(framed + width, inputs + <usize>sampleAt(order, place) * pixels, pixels);
    interleaveRows(taps, framed, width, height);
    if (elastic) drawNoise(noise, 2 * noiseBytes(width, height), place, seed, epoch);
    philox4(scratch, 0, place, epoch, 0, seed, AUGMENTATION);
    distort(result, taps, augmentation, scratch, noise, sums);
    memory.copy(target, result, pixels);
    target += pixels;
  }
}

/** Fills `bytes` with random bits. */
function drawNoise(noise: usize, bytes: usize, place: u32, seed: u32, epoch: u32): void {
  let block = WORDS_BLOCKS;
  for (const end = noise + bytes; noise < end; noise += WORDS_BYTES) {
    philox4(noise, block, place, epoch, 0, seed, AUGMENTATION);
    block += WORDS_BLOCKS;
  }
}

/**
 * taps `[height + 2, width + 3]`: element (y + 1, x + 1) is the byte of pixel (x, y) and that of the
 * pixel below it, for x from −1 to width + 1 and y from −1 to height; outside of the image they are
 * 0. So the four pixels that an interpolation takes are one word of 32 bits.
 */
function interleaveRows(taps: usize, framed: usize, width: i32, height: i32): void {
  store<u16>(taps, 0);
  taps += 2;
  for (let row = 0; row < height + 2; row++) {
    // `framed` begins with the row y = −1. What is copied beyond a row is overwritten by the next.
    for (let column = 0; column < width; column += 16) {
      const upper = v128.load(framed + column);
      const lower = row <= height ? v128.load(framed + column + width) : i32x4.splat(0);
      const at = taps + ((<usize>column) << 1);
      v128.store(at, interleaveLow(upper, lower));
      v128.store(at, interleaveHigh(upper, lower), VECTOR);
    }
    framed += width;
    // Two elements to the right of this row, and the one to the left of the next.
    taps += (<usize>width) << 1;
    store<u32>(taps, 0);
    store<u16>(taps, 0, 4);
    taps += 6;
  }
}

/** result `[height, width]`, and up to three bytes beyond, of the image whose taps these are. */
function distort(
  result: usize,
  taps: usize,
  augmentation: Augmentation,
  words: usize,
  noise: usize,
  sums: usize,
): void {
  const width = augmentation.width;
  const height = augmentation.height;
  const angle = augmentation.rotation * symmetric(words, 2);
  const sin = <f32>sine(angle);
  const cos = <f32>cosine(angle);
  const scaleX: f32 = 1 + augmentation.scale * symmetric(words, 3);
  const scaleY: f32 = 1 + augmentation.scale * symmetric(words, 4);
  const shear = augmentation.shear * symmetric(words, 5);
  const xx = f32x4.splat(cos * scaleX);
  const yx = f32x4.splat(sin * scaleX);
  const xy = (cos * shear - sin) * scaleY;
  const yy = (sin * shear + cos) * scaleY;
  const centreX: f32 = <f32>(width - 1) / 2;
  const centreY: f32 = <f32>(height - 1) / 2;
  const originX = centreX + augmentation.shift * symmetric(words, 0);
  const originY = centreY + augmentation.shift * symmetric(words, 1);
  const right = f32x4.splat(<f32>width);
  const bottom = f32x4.splat(<f32>height);
  const outside = f32x4.splat(-1);
  const stride = f32x4.splat(<f32>(width + 3));
  const toInteger = f32x4.splat(INTEGER);
  const low = i32x4.splat(0xff);
  // Element (−1, −1) is the first of the taps; the bits of INTEGER are taken off once.
  const firstElement = f32x4.splat(INTEGER + <f32>(width + 4));
  taps -= (<usize>reinterpret<u32>(INTEGER)) << 1;

  const elastic = augmentation.elastic != 0;
  const displacementsX = sums + 2 * rowBytes(width);
  const displacementsY = displacementsX + rowBytes(width);
  const noiseY = noise + noiseBytes(width, height);
  for (let row = 0; row < height; row++) {
    if (elastic) {
      smooth(displacementsX, noise, augmentation, row, sums);
      smooth(displacementsY, noiseY, augmentation, row, sums);
    }
    const v = <f32>row - centreY;
    const rowX = f32x4.splat(xy * v + originX);
    const rowY = f32x4.splat(yy * v + originY);
    let u = f32x4.add(f32x4(0, 1, 2, 3), f32x4.splat(-centreX));
    for (let column = 0; column < width; column += 4) {
      const at = (<usize>column) << 2;
      let x = f32x4.add(fma(u, xx, rowX), v128.load(displacementsX + at));
      let y = f32x4.add(fma(u, yx, rowY), v128.load(displacementsY + at));
      u = f32x4.add(u, f32x4.splat(4));
      x = f32x4.pmax(outside, f32x4.pmin(right, x));
      y = f32x4.pmax(outside, f32x4.pmin(bottom, y));
      const left = f32x4.floor(x);
      const top = f32x4.floor(y);
      x = f32x4.sub(x, left);
      y = f32x4.sub(y, top);
      const element = f32x4.add(fma(top, stride, left), firstElement);
      let square = v128.load32_zero(tap(taps, i32x4.extract_lane(element, 0)));
      square = v128.load32_lane(tap(taps, i32x4.extract_lane(element, 1)), square, 1);
      square = v128.load32_lane(tap(taps, i32x4.extract_lane(element, 2)), square, 2);
      square = v128.load32_lane(tap(taps, i32x4.extract_lane(element, 3)), square, 3);
      const topLeft = toFloats(v128.and(square, low));
      const bottomLeft = toFloats(v128.and(i32x4.shr_u(square, 8), low));
      const topRight = toFloats(v128.and(i32x4.shr_u(square, 16), low));
      const bottomRight = toFloats(i32x4.shr_u(square, 24));
      const upper = fma(x, f32x4.sub(topRight, topLeft), topLeft);
      const lower = fma(x, f32x4.sub(bottomRight, bottomLeft), bottomLeft);
      const value = f32x4.add(fma(y, f32x4.sub(lower, upper), upper), toInteger);
      v128.store32_lane(result + column, firstBytes(value), 0);
    }
    result += width;
  }
}

function tap(taps: usize, element: i32): usize {
  return taps + ((<usize>element) << 1);
}

function toFloats(x: v128): v128 {
  return f32x4.convert_i32x4_s(x);
}

/** The lowest byte of each lane. */
function firstBytes(x: v128): v128 {
  return i8x16.shuffle(x, x, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
}

/** Uniform on [−1, 1) from 24 bits of a random word. */
function symmetric(words: usize, index: usize): f32 {
  const u = <f32>(load<u32>(words + (index << 2)) >> 8) * <f32>(1.0 / 16777216.0);
  return 2 * u - 1;
}

/** displacements `[width]` = a row of the noise smoothed in both directions, times α. */
function smooth(
  displacements: usize,
  noise: usize,
  augmentation: Augmentation,
  row: i32,
  sums: usize,
): void {
  const width = augmentation.width;
  const height = augmentation.height;
  const vectors = countVectors(width);
  const smoothed = sums + rowBytes(width);
  // The Gaussian is symmetric: its row is its column, whose pairs are a pair of rows apart.
  const weights = augmentation.columnFilter + ((<usize>row) << 2);
  multiplyRow(sums, weights, countVectors(height) * VECTOR, noise, height, vectors);
  const half = i32x4.splat(1 << (FRACTION_BITS - 1));
  for (let vector: usize = 0; vector < vectors; vector += 2) {
    const at = sums + vector * VECTOR;
    const low = i32x4.shr_s(i32x4.add(v128.load(at), half), FRACTION_BITS);
    const high = i32x4.shr_s(i32x4.add(v128.load(at, VECTOR), half), FRACTION_BITS);
    v128.store(smoothed + (vector >> 1) * VECTOR, i16x8.narrow_i32x4_s(low, high));
  }
  multiplyRow(sums, smoothed, 4, augmentation.rowFilter, width, vectors);
  const unit = f32x4.splat(augmentation.elastic * SMOOTHED_UNIT);
  for (let vector: usize = 0; vector < vectors; vector++) {
    const at = vector * VECTOR;
    v128.store(displacements + at, f32x4.mul(toFloats(v128.load(sums + at)), unit));
  }
}

/** Vectors of sums that are computed at once: seven are a row of 28, and stay in registers. */
const GROUP: usize = 7;

/**
 * sums `[4 · vectors]` of int32 = a row of weights `[depth]` times a matrix `[depth, 4 · vectors]`,
 * both of int16 in pairs along the depth: rows 2k and 2k + 1 of the matrix are one row of
 * `[4 · vectors, 2]`, and pairs of weights are `stride` bytes apart.
 *
 * Cost: one multiply-add of 16 bits, 2 operations, an element of the matrix.
 */
function multiplyRow(
  sums: usize,
  weights: usize,
  stride: usize,
  matrix: usize,
  depth: i32,
  vectors: usize,
): void {
  const rowBytes = vectors * VECTOR;
  const end = weights + <usize>((depth + 1) >> 1) * stride;
  let vector: usize = 0;
  for (; vector + GROUP <= vectors; vector += GROUP) {
    let b = matrix + vector * VECTOR;
    let s0 = i32x4.splat(0);
    let s1 = i32x4.splat(0);
    let s2 = i32x4.splat(0);
    let s3 = i32x4.splat(0);
    let s4 = i32x4.splat(0);
    let s5 = i32x4.splat(0);
    let s6 = i32x4.splat(0);
    for (let a = weights; a < end; a += stride) {
      const pair = v128.load32_splat(a);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(pair, v128.load(b)));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(pair, v128.load(b, VECTOR)));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(pair, v128.load(b, 2 * VECTOR)));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(pair, v128.load(b, 3 * VECTOR)));
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(pair, v128.load(b, 4 * VECTOR)));
      s5 = i32x4.add(s5, i32x4.dot_i16x8_s(pair, v128.load(b, 5 * VECTOR)));
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(pair, v128.load(b, 6 * VECTOR)));
      b += rowBytes;
    }
    const at = sums + vector * VECTOR;
    v128.store(at, s0);
    v128.store(at, s1, VECTOR);
    v128.store(at, s2, 2 * VECTOR);
    v128.store(at, s3, 3 * VECTOR);
    v128.store(at, s4, 4 * VECTOR);
    v128.store(at, s5, 5 * VECTOR);
    v128.store(at, s6, 6 * VECTOR);
  }
  for (; vector < vectors; vector++) {
    let b = matrix + vector * VECTOR;
    let sum = i32x4.splat(0);
    for (let a = weights; a < end; a += stride) {
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load32_splat(a), v128.load(b)));
      b += rowBytes;
    }
    v128.store(sums + vector * VECTOR, sum);
  }
}

/** x₀ y₀ x₁ y₁ … of the first eight bytes of each. */
function interleaveLow(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** Likewise of the last eight. */
function interleaveHigh(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
