/**
 * Random numbers as a function of their position: value number i of stream s under seed k is the
 * same whoever asks for it, in whatever order, on whatever thread or machine.
 */
import { FLOAT } from "./simd";

/** What the streams of one seed are for; two purposes never share a number. */
const WEIGHTS: u32 = 0;
const ORDER: u32 = 1;

/** Multipliers and key increments of Philox4x32. */
const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
const KEY_STEP_0: u32 = 0x9e3779b9;
const KEY_STEP_1: u32 = 0xbb67ae85;

/**
 * Four random 32-bit words, stored at `words`, from a counter of four words and a key of two:
 * Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3"
 * (SC 2011).
 */
export function philox(
  words: usize,
  counter0: u32,
  counter1: u32,
  counter2: u32,
  counter3: u32,
  key0: u32,
  key1: u32,
): void {
  for (let round = 0; round < 10; round++) {
    const product0 = MULTIPLIER_0 * <u64>counter0;
    const product1 = MULTIPLIER_1 * <u64>counter2;
    counter0 = <u32>(product1 >> 32) ^ counter1 ^ key0;
    counter1 = <u32>product1;
    counter2 = <u32>(product0 >> 32) ^ counter3 ^ key1;
    counter3 = <u32>product0;
    key0 += KEY_STEP_0;
    key1 += KEY_STEP_1;
  }
  store<u32>(words, counter0, 0);
  store<u32>(words, counter1, 4);
  store<u32>(words, counter2, 8);
  store<u32>(words, counter3, 12);
}

/** target `[count]` = uniform on [−limit, limit), the weights of layer `layer` under `seed`. */
export function fillUniform(
  target: usize,
  count: i32,
  limit: f32,
  seed: u32,
  layer: u32,
  words: usize,
): void {
  for (let index = 0; index < count; index++) {
    // 24 bits make a float32 in [0, 1) exactly; 2u − 1 is exact too.
    const u = <f32>(weightBits(words, index, seed, layer) >> 8) * <f32>(1.0 / 16777216.0);
    store<f32>(target + <usize>index * FLOAT, limit * (2 * u - 1));
  }
}

/** target `[count]` = normal with mean 0 and the given deviation, the weights of layer `layer` under `seed`. */
export function fillNormal(
  target: usize,
  count: i32,
  deviation: f32,
  seed: u32,
  layer: u32,
  words: usize,
): void {
  for (let index = 0; index < count; index++) {
    const p = (<f64>weightBits(words, index, seed, layer) + 0.5) * (1.0 / 4294967296.0);
    store<f32>(target + <usize>index * FLOAT, deviation * <f32>normalQuantile(p));
  }
}

/** Word number `index` of the stream for a layer's weights; `words` caches the block it is in. */
function weightBits(words: usize, index: i32, seed: u32, layer: u32): u32 {
  const lane = index & 3;
  if (lane == 0) philox(words, index >> 2, layer, 0, 0, seed, WEIGHTS);
  return load<u32>(words + ((<usize>lane) << 2));
}

/**
 * order `[samples]` (int32) = a random permutation of 0 … samples − 1 for this epoch, by the
 * shuffle of Fisher and Yates (Knuth, TAOCP 2, algorithm P).
 */
export function shuffle(order: usize, samples: i32, seed: u32, epoch: u32, words: usize): void {
  for (let index = 0; index < samples; index++) store<i32>(order + ((<usize>index) << 2), index);
  for (let index = samples - 1; index > 0; index--) {
    const lane = index & 3;
    // The first index of a block of four may be any lane, the following ones come from above.
    if (lane == 3 || index == samples - 1) philox(words, index >> 2, epoch, 0, 0, seed, ORDER);
    const bits = load<u32>(words + ((<usize>lane) << 2));
    // bits / 2³² · (index + 1), rounded down: 0 … index, uneven by less than samples / 2³².
    const other = <i32>((<u64>bits * <u64>(index + 1)) >> 32);
    const a = order + ((<usize>index) << 2);
    const b = order + ((<usize>other) << 2);
    const value = load<i32>(a);
    store<i32>(a, load<i32>(b));
    store<i32>(b, value);
  }
}

/**
 * The x below which a standard normal variable falls with probability p, 1e−10 < p < 1 − 1e−10,
 * error < 1e−6 relative: algorithm PPND7 of Wichura, AS 241 (Applied Statistics 37, 1988).
 */
export function normalQuantile(p: f64): f64 {
  const q = p - 0.5;
  if (abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const numerator = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    const denominator = ((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1;
    return (q * numerator) / denominator;
  }
  const r = sqrt(-naturalLog(q < 0 ? p : 1 - p)) - 1.6;
  const numerator = ((0.17023821103 * r + 1.3067284816) * r + 2.756815399) * r + 1.4234372777;
  const denominator = (0.12021132975 * r + 0.7370016425) * r + 1;
  const x = numerator / denominator;
  return q < 0 ? -x : x;
}

/**
 * ln x for normal x > 0, error < 1e−11 relative: x = 2ᵉ·m with m in [√½, √2) and
 * ln m = 2·artanh(s) = 2(s + s³/3 + s⁵/5 + …), s = (m − 1)/(m + 1), |s| < 0.172.
 */
function naturalLog(x: f64): f64 {
  const bits = reinterpret<u64>(x) - 0x3fe6a09e667f3bcd; // the bits of √½
  const exponent = <f64>(<i64>bits >> 52);
  const m = reinterpret<f64>((bits & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
  const s = (m - 1) / (m + 1);
  const t = s * s;
  let series = 1.0 / 13.0;
  series = series * t + 1.0 / 11.0;
  series = series * t + 1.0 / 9.0;
  series = series * t + 1.0 / 7.0;
  series = series * t + 1.0 / 5.0;
  series = series * t + 1.0 / 3.0;
  series = series * t + 1.0;
  return exponent * Math.LN2 + 2 * s * series;
}
