/**
 * Augmentation of images: each time a sample is used, it is shifted, rotated, scaled, sheared and
 * elastically distorted anew, by amounts drawn from (seed, epoch, position in the epoch).
 *
 * An output pixel at p, counted from the image's centre, takes its value from the input at
 *
 *   q = A·p + s + α·u(p)
 *
 * between four pixels, with A a rotation times a shear times a scaling, s the shift, and u the field of
 * Simard, Steinkraus and Platt (ICDAR 2003, section 2): uniform noise on [−1, 1] for each pixel and
 * axis, smoothed by a Gaussian. Beyond the edge the image is 0 and so is the noise.
 */
import { sampleAt } from "./batch";
import { cosine, exp, sine } from "./math";
import { philox4 } from "./philox4";
import { FLOAT, fma, VECTOR } from "./simd";

/** Beside the purposes of `random.ts` and `dropout.ts`. */
const AUGMENTATION: u32 = 3;

/** Which distortions, and how large; the TypeScript side fills it in. */
@unmanaged
export class Augmentation {
  width: i32;
  height: i32;
  /** Largest shift along each axis, in pixels. */
  shift: f32;
  /** Largest rotation either way, in radians, at most π. */
  rotation: f32;
  /** Largest relative change of each axis, below 1. */
  scale: f32;
  /** Largest horizontal shear, pixels a pixel. */
  shear: f32;
  /** α, pixels; 0 for no elastic distortion. */
  elastic: f32;
  /** The Gaussian as matrices `[height, height]` and `[width, width]` (`fillGaussian`); 0 without α. */
  columnFilter: usize;
  rowFilter: usize;
}

/** Pixels of 0 around the image, for the four taps of a clamped position. */
const BORDER: i32 = 2;
/** Bytes of room for the random words; they are drawn 16 at a time. */
const WORDS: usize = 64;

/** Bytes of scratch memory that a thread needs for images of that size. */
export function augmentationScratch(width: i32, height: i32): usize {
  return WORDS + paddedBytes(width, height) + 3 * fieldBytes(width, height);
}

/** Bytes of a filter for that many rows or columns (`fillGaussian`). */
export function gaussianBytes(size: i32): usize {
  return <usize>(size * fieldStride(size)) * FLOAT;
}

function paddedBytes(width: i32, height: i32): usize {
  return <usize>((width + 2 * BORDER) * (height + 2 * BORDER)) * FLOAT;
}

/** Floats from row to row of a field: a width in whole pairs of vectors. */
function fieldStride(width: i32): i32 {
  return (width + 7) & ~7;
}

/** The displacements in x `[height, stride]`, then those in y; room for whole draws of 32. */
function fieldBytes(width: i32, height: i32): usize {
  return <usize>((2 * height * fieldStride(width) + 31) & ~31) * FLOAT;
}

/**
 * filter `[size, stride]` = the Gaussian of deviation σ as a matrix, rows a multiple of 8 floats apart
 * and filled up with zeros: element (i, j) is e^(−(i − j)² / 2σ²) / Σ_d e^(−d² / 2σ²), the sum over all
 * whole d.
 */
export function fillGaussian(filter: usize, size: i32, sigma: f32): void {
  // Beyond six deviations a term is below 2⁻²⁴ of the sum.
  const reach = <i32>ceil<f32>(6 * sigma);
  let sum: f32 = 1;
  for (let distance = reach; distance > 0; distance--) sum += 2 * gaussian(distance, sigma);
  const stride = fieldStride(size);
  memory.fill(filter, 0, gaussianBytes(size));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const place = filter + <usize>(row * stride + column) * FLOAT;
      store<f32>(place, gaussian(row - column, sigma) / sum);
    }
  }
}

function gaussian(distance: i32, sigma: f32): f32 {
  const d = <f32>distance / sigma;
  return f32x4.extract_lane(exp(f32x4.splat(-0.5 * d * d)), 0);
}

/**
 * target `[rows, height·width]` (bytes) = distorted images of `rows` samples of inputs
 * `[samples, height·width]` (bytes) from `position` on, `order` as in `batch.ts`. `scratch` as
 * `augmentationScratch` says.
 *
 * Cost: for the elastic field two products of height × height × width and two of height × width ×
 * width, and two random bytes a pixel and axis; four taps a pixel.
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
  const words = scratch;
  const padded = words + WORDS;
  const field = padded + paddedBytes(width, height);
  memory.fill(padded, 0, paddedBytes(width, height));
  for (let row = 0; row < rows; row++) {
    const at = <u32>(position + row);
    padImage(padded, inputs + <usize>sampleAt(order, position + row) * pixels, width, height);
    if (augmentation.elastic != 0) drawField(field, augmentation, at, seed, epoch, words);
    // Blocks 0 to 3 are for the affine map; the noise begins behind them.
    philox4(words, 0, at, 0, epoch, seed, AUGMENTATION);
    resample(target, padded, augmentation, augmentation.elastic != 0 ? field : 0, words);
    target += pixels;
  }
}

function padImage(padded: usize, image: usize, width: i32, height: i32): void {
  const stride = width + 2 * BORDER;
  for (let y = 0; y < height; y++) {
    const row = padded + <usize>((y + BORDER) * stride + BORDER) * FLOAT;
    for (let x = 0; x < width; x++) {
      store<f32>(row + ((<usize>x) << 2), <f32>load<u8>(image + x));
    }
    image += width;
  }
}

/** field = α times the smoothed noise; behind it lies room for two of its size. */
function drawField(
  field: usize,
  augmentation: Augmentation,
  position: u32,
  seed: u32,
  epoch: u32,
  words: usize,
): void {
  const width = augmentation.width;
  const height = augmentation.height;
  const stride = fieldStride(width);
  const noise = field + fieldBytes(width, height);
  const smoothed = noise + fieldBytes(width, height);
  drawNoise(noise, 2 * height * stride, position, seed, epoch, words);
  const other = <usize>(height * stride) * FLOAT;
  const columns = augmentation.columnFilter;
  const rows = augmentation.rowFilter;
  const along = fieldStride(height);
  multiply(smoothed, columns, along, noise, height, height, stride, 1);
  multiply(smoothed + other, columns, along, noise + other, height, height, stride, 1);
  multiply(field, smoothed, stride, rows, 2 * height, width, stride, augmentation.elastic);
}

/** Uniform numbers of 16 bits, −1 + 2⁻¹⁶ to 1 − 2⁻¹⁶; writes whole draws of 32. */
function drawNoise(
  noise: usize,
  count: i32,
  position: u32,
  seed: u32,
  epoch: u32,
  words: usize,
): void {
  const unit = f32x4.splat(1.0 / 32768.0);
  const middle = f32x4.splat(32767.5);
  for (let index = 0; index < count; index += 32) {
    philox4(words, 4 + <u32>(index >> 3), position, 0, epoch, seed, AUGMENTATION);
    for (let group: usize = 0; group < 8; group++) {
      const u = f32x4.convert_i32x4_s(v128.load16x4_u(words + (group << 3)));
      v128.store(noise, f32x4.mul(f32x4.sub(u, middle), unit));
      noise += VECTOR;
    }
  }
}

/**
 * C `[rows, columns]` = factor · A `[rows, depth]` · B `[depth, columns]`, columns a multiple of 8; rows
 * of A are `aStride` floats apart. 32 columns at a time are summed in registers.
 */
function multiply(
  c: usize,
  a: usize,
  aStride: i32,
  b: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  factor: f32,
): void {
  const stride = <usize>columns * FLOAT;
  for (let row = 0; row < rows; row++) {
    let column = 0;
    for (; column + 32 <= columns; column += 32) {
      multiply32(c, a, b, stride, depth, factor);
      c += 32 * FLOAT;
      b += 32 * FLOAT;
    }
    for (; column < columns; column += 8) {
      multiply8(c, a, b, stride, depth, factor);
      c += 8 * FLOAT;
      b += 8 * FLOAT;
    }
    b -= stride;
    a += <usize>aStride * FLOAT;
  }
}

function multiply32(c: usize, a: usize, b: usize, stride: usize, depth: i32, factor: f32): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0);
  let s5 = f32x4.splat(0);
  let s6 = f32x4.splat(0);
  let s7 = f32x4.splat(0);
  const end = a + <usize>depth * FLOAT;
  while (a < end) {
    const x = v128.load32_splat(a);
    s0 = fma(x, v128.load(b), s0);
    s1 = fma(x, v128.load(b, 16), s1);
    s2 = fma(x, v128.load(b, 32), s2);
    s3 = fma(x, v128.load(b, 48), s3);
    s4 = fma(x, v128.load(b, 64), s4);
    s5 = fma(x, v128.load(b, 80), s5);
    s6 = fma(x, v128.load(b, 96), s6);
    s7 = fma(x, v128.load(b, 112), s7);
    a += FLOAT;
    b += stride;
  }
  const f = f32x4.splat(factor);
  v128.store(c, f32x4.mul(s0, f));
  v128.store(c, f32x4.mul(s1, f), 16);
  v128.store(c, f32x4.mul(s2, f), 32);
  v128.store(c, f32x4.mul(s3, f), 48);
  v128.store(c, f32x4.mul(s4, f), 64);
  v128.store(c, f32x4.mul(s5, f), 80);
  v128.store(c, f32x4.mul(s6, f), 96);
  v128.store(c, f32x4.mul(s7, f), 112);
}

function multiply8(c: usize, a: usize, b: usize, stride: usize, depth: i32, factor: f32): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  const end = a + <usize>depth * FLOAT;
  while (a < end) {
    const x = v128.load32_splat(a);
    s0 = fma(x, v128.load(b), s0);
    s1 = fma(x, v128.load(b, 16), s1);
    a += FLOAT;
    b += stride;
  }
  const f = f32x4.splat(factor);
  v128.store(c, f32x4.mul(s0, f));
  v128.store(c, f32x4.mul(s1, f), 16);
}

/** A number on [−limit, limit) from word `index`. */
function uniform(words: usize, index: usize, limit: f32): f32 {
  const u = <f32>(load<u32>(words + (index << 2)) >> 8) * <f32>(1.0 / 8388608.0);
  return limit * (u - 1);
}

/** target `[height, width]` (bytes) from the padded image; `field` is 0 where there is none. */
function resample(
  target: usize,
  padded: usize,
  augmentation: Augmentation,
  field: usize,
  words: usize,
): void {
  const width = augmentation.width;
  const height = augmentation.height;
  const angle = <f64>uniform(words, 0, augmentation.rotation);
  const c = <f32>cosine(angle);
  const s = <f32>sine(angle);
  const shear = uniform(words, 1, augmentation.shear);
  const scaleX: f32 = <f32>1 + uniform(words, 2, augmentation.scale);
  const scaleY: f32 = <f32>1 + uniform(words, 3, augmentation.scale);
  // Rotation · shear · scaling.
  const xx = f32x4.splat(c * scaleX);
  const yx = f32x4.splat(s * scaleX);
  const xy = (c * shear - s) * scaleY;
  const yy = (s * shear + c) * scaleY;
  const centreX: f32 = 0.5 * <f32>(width - 1);
  const centreY: f32 = 0.5 * <f32>(height - 1);
  const offsetX = centreX + uniform(words, 4, augmentation.shift);
  const offsetY = centreY + uniform(words, 5, augmentation.shift);
  const stride = width + 2 * BORDER;
  const fieldRow = <usize>fieldStride(width) * FLOAT;
  const inY = <usize>height * fieldRow;
  const origin = padded + <usize>(BORDER * stride + BORDER) * FLOAT;
  const left = f32x4.splat(-1);
  const right = f32x4.splat(<f32>width);
  const bottom = f32x4.splat(<f32>height);
  const rowFloats = f32x4.splat(<f32>stride);
  const below = <usize>stride * FLOAT;
  for (let y = 0; y < height; y++) {
    const py = <f32>y - centreY;
    const baseX = f32x4.splat(fma1(xy, py, offsetX));
    const baseY = f32x4.splat(fma1(yy, py, offsetY));
    for (let x = 0; x < width; x += 4) {
      const px = f32x4.sub(f32x4.add(f32x4.splat(<f32>x), f32x4(0, 1, 2, 3)), f32x4.splat(centreX));
      let qx = f32x4.add(f32x4.mul(xx, px), baseX);
      let qy = f32x4.add(f32x4.mul(yx, px), baseY);
      if (field) {
        qx = f32x4.add(qx, v128.load(field + ((<usize>x) << 2)));
        qy = f32x4.add(qy, v128.load(field + inY + ((<usize>x) << 2)));
      }
      // From one pixel beyond the edge on everything is 0.
      qx = f32x4.pmax(f32x4.pmin(qx, right), left);
      qy = f32x4.pmax(f32x4.pmin(qy, bottom), left);
      const floorX = f32x4.sub(f32x4.add(f32x4.sub(qx, half()), rounder()), rounder());
      const floorY = f32x4.sub(f32x4.add(f32x4.sub(qy, half()), rounder()), rounder());
      const rightwards = f32x4.sub(qx, floorX);
      const downwards = f32x4.sub(qy, floorY);
      // Whole numbers below 2²³ stand in the lower bits of their sum with 1.5 · 2²³.
      const place = f32x4.add(f32x4.add(f32x4.mul(floorY, rowFloats), floorX), rounder());
      const index = i32x4.sub(place, rounder());
      const p0 = origin + ((<usize>i32x4.extract_lane(index, 0)) << 2);
      const p1 = origin + ((<usize>i32x4.extract_lane(index, 1)) << 2);
      const p2 = origin + ((<usize>i32x4.extract_lane(index, 2)) << 2);
      const p3 = origin + ((<usize>i32x4.extract_lane(index, 3)) << 2);
      // Two neighbours of each pixel at once: left and right alternate.
      const top01 = v128.load64_lane(p1, v128.load64_zero(p0), 1);
      const top23 = v128.load64_lane(p3, v128.load64_zero(p2), 1);
      const low01 = v128.load64_lane(p1 + below, v128.load64_zero(p0 + below), 1);
      const low23 = v128.load64_lane(p3 + below, v128.load64_zero(p2 + below), 1);
      const topLeft = i32x4.shuffle(top01, top23, 0, 2, 4, 6);
      const topRight = i32x4.shuffle(top01, top23, 1, 3, 5, 7);
      const lowLeft = i32x4.shuffle(low01, low23, 0, 2, 4, 6);
      const lowRight = i32x4.shuffle(low01, low23, 1, 3, 5, 7);
      const top = fma(rightwards, f32x4.sub(topRight, topLeft), topLeft);
      const low = fma(rightwards, f32x4.sub(lowRight, lowLeft), lowLeft);
      const value = f32x4.add(fma(downwards, f32x4.sub(low, top), top), rounder());
      // The lowest byte of each lane.
      const bytes = <u32>(
        i32x4.extract_lane(
          i8x16.shuffle(value, value, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12),
          0,
        )
      );
      if (x + 4 <= width) store<u32>(target, bytes);
      else storeBytes(target, bytes, width - x);
      target += min(4, width - x);
    }
    if (field) field += fieldRow;
  }
}

/** a·b + c as `fma` rounds it. */
function fma1(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(fma(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}

/**
 * 1.5 · 2²³: adding it rounds a small number to a whole one, of either sign, and subtracting it gives that
 * back: two instructions where `floor` and conversions take a dozen. After ½ has been subtracted this is
 * the pixel to the left, or at a pixel itself perhaps the one before, whose weight is then 0.
 */
function rounder(): v128 {
  return f32x4.splat(12582912);
}

function half(): v128 {
  return f32x4.splat(0.5);
}

function storeBytes(target: usize, bytes: u32, count: i32): void {
  for (let index = 0; index < count; index++) {
    store<u8>(target + index, <u8>(bytes >> (index << 3)));
  }
}
