/**
 * Activations a = f(z) of a layer, forward and backward.
 *
 * Most derivatives follow from a alone, so that nothing but a is kept. Those of GELU and SiLU do not,
 * and dropout scales a: such layers keep the factors f′ of the backward pass beside a.
 *
 * Cost: 8 bytes moved an element forward, 12 with factors or backward. No alignment needed.
 */
import { exp, normalDensity, normalTail, sigmoid, tanh, tanhRow } from "./math";
import { FLOAT, fma, loadTail, loadUpTo4, storeTail, storeUpTo4, VECTOR } from "./simd";

/** How a plan names an activation; `src/engine/plan.ts` holds the same list. */
export const IDENTITY: i32 = 0;
export const TANH: i32 = 1;
export const RELU: i32 = 2;
export const SIGMOID: i32 = 3;
export const LEAKY_RELU: i32 = 4;
export const GELU: i32 = 5;
export const SILU: i32 = 6;

/** Slope of the leaky ReLU below 0; Maas, Hannun and Ng, ICML 2013, section 2. */
const LEAK: f32 = 0.01;

/**
 * a = f(z + bias), both `[rows, units]`, their rows `aStride` and `zStride` floats apart, bias
 * `[units]`; a may be z. Where `factors` is not 0 it gets f′(z + bias), laid out like a.
 */
export function activate(
  activation: i32,
  a: usize,
  factors: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  switch (activation) {
    case IDENTITY:
      forward<Identity>(a, factors, aStride, z, zStride, bias, rows, units);
      break;
    case TANH:
      forward<Tanh>(a, factors, aStride, z, zStride, bias, rows, units);
      break;
    case RELU:
      forward<Relu>(a, factors, aStride, z, zStride, bias, rows, units);
      break;
    case SIGMOID:
      forward<Sigmoid>(a, factors, aStride, z, zStride, bias, rows, units);
      break;
    case LEAKY_RELU:
      forward<LeakyRelu>(a, factors, aStride, z, zStride, bias, rows, units);
      break;
    case GELU:
      forwardCompactly<Gelu>(a, factors, aStride, z, zStride, bias, rows, units);
      break;
    case SILU:
      forwardCompactly<Silu>(a, factors, aStride, z, zStride, bias, rows, units);
      break;
    default:
      unreachable();
  }
}

/**
 * gradient `[count]` = ∂L/∂a becomes ∂L/∂z = ∂L/∂a ⊙ f′ in place: from the `factors` that `activate`
 * kept, or where that is 0 from a.
 */
export function differentiate(
  activation: i32,
  gradient: usize,
  a: usize,
  factors: usize,
  count: i32,
): void {
  if (factors) {
    backward<Factor>(gradient, factors, count);
    return;
  }
  switch (activation) {
    case IDENTITY:
      break;
    case TANH:
      backward<Tanh>(gradient, a, count);
      break;
    case RELU:
      backward<Relu>(gradient, a, count);
      break;
    case SIGMOID:
      backward<Sigmoid>(gradient, a, count);
      break;
    case LEAKY_RELU:
      backward<LeakyRelu>(gradient, a, count);
      break;
    default:
      unreachable();
  }
}

interface Activation {
  /** f(z) */
  value(z: v128): v128;
  /** f′ as a function of z and of a = f(z) */
  slope(z: v128, a: v128): v128;
}

interface Backward {
  /** gradient ⊙ f′, f′ as a function of what was kept */
  backward(kept: v128, gradient: v128): v128;
}

// A class without fields is a way to hand a function to a loop at compile time: the type argument
// picks the methods, no object ever exists.

@unmanaged
class Identity {
  value(z: v128): v128 {
    return z;
  }
  slope(_z: v128, _a: v128): v128 {
    return f32x4.splat(1);
  }
}

@unmanaged
class Tanh {
  value(z: v128): v128 {
    return tanh(z);
  }
  slope(_z: v128, a: v128): v128 {
    return f32x4.sub(f32x4.splat(1), f32x4.mul(a, a));
  }
  backward(a: v128, gradient: v128): v128 {
    return f32x4.mul(gradient, f32x4.sub(f32x4.splat(1), f32x4.mul(a, a)));
  }
}

@unmanaged
class Relu {
  /**
   * NaN stays NaN, so that a diverged network shows: z < 0 ? 0 : z is one instruction, while `f32x4.max`,
   * which has rules for NaN and −0 of its own, is eight on x86.
   */
  value(z: v128): v128 {
    return f32x4.pmax(z, f32x4.splat(0));
  }
  /** 0 at the kink. */
  slope(_z: v128, a: v128): v128 {
    return v128.and(f32x4.splat(1), f32x4.gt(a, f32x4.splat(0)));
  }
  backward(a: v128, gradient: v128): v128 {
    return v128.and(gradient, f32x4.gt(a, f32x4.splat(0)));
  }
}

@unmanaged
class LeakyRelu {
  value(z: v128): v128 {
    return f32x4.pmax(z, f32x4.mul(z, f32x4.splat(LEAK)));
  }
  slope(_z: v128, a: v128): v128 {
    return v128.bitselect(f32x4.splat(1), f32x4.splat(LEAK), f32x4.gt(a, f32x4.splat(0)));
  }
  backward(a: v128, gradient: v128): v128 {
    const leaked = f32x4.mul(gradient, f32x4.splat(LEAK));
    return v128.bitselect(gradient, leaked, f32x4.gt(a, f32x4.splat(0)));
  }
}

@unmanaged
class Sigmoid {
  value(z: v128): v128 {
    return sigmoid(z);
  }
  slope(_z: v128, a: v128): v128 {
    return f32x4.mul(a, f32x4.sub(f32x4.splat(1), a));
  }
  backward(a: v128, gradient: v128): v128 {
    return f32x4.mul(gradient, f32x4.mul(a, f32x4.sub(f32x4.splat(1), a)));
  }
}

/** z·Φ(z), Φ the distribution of the standard normal; Hendrycks and Gimpel 2016, exact form. */
@unmanaged
class Gelu {
  value(z: v128): v128 {
    // z·Φ(z) = max(z, 0) − |z|·Φ(−|z|), without cancellation on either side.
    const tail = normalTail(f32x4.abs(z));
    return f32x4.sub(f32x4.max(z, f32x4.splat(0)), f32x4.mul(f32x4.abs(z), tail));
  }
  /** Φ(z) + z·φ(z) */
  slope(z: v128, _a: v128): v128 {
    const tail = normalTail(f32x4.abs(z));
    const above = f32x4.sub(f32x4.splat(1), tail);
    const phi = v128.bitselect(above, tail, f32x4.gt(z, f32x4.splat(0)));
    return fma(z, normalDensity(z), phi);
  }
}

/** z·σ(z), σ the logistic function; Elfwing, Uchibe and Doya 2018. */
@unmanaged
class Silu {
  value(z: v128): v128 {
    return f32x4.div(z, f32x4.add(f32x4.splat(1), exp(f32x4.neg(z))));
  }
  /** σ(z)·(1 + z·(1 − σ(z))) */
  slope(z: v128, _a: v128): v128 {
    const s = sigmoid(z);
    const one = f32x4.splat(1);
    return f32x4.mul(s, fma(z, f32x4.sub(one, s), one));
  }
}

@unmanaged
class Factor {
  backward(factor: v128, gradient: v128): v128 {
    return f32x4.mul(gradient, factor);
  }
}

function forward<F extends Activation>(
  a: usize,
  factors: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  const whole = units & ~3;
  const tail = units & 3;
  const bytes = <usize>whole * FLOAT;
  for (let row = 0; row < rows; row++) {
    const tailFactors = factors ? factors + bytes : 0;
    if (factors) {
      wholeWithFactors<F>(a, factors, z, bias, whole);
      factors += <usize>aStride * FLOAT;
    } else if (changetype<F>(0) instanceof Tanh) {
      if (whole) tanhRow(a, z, bias, whole);
    } else {
      wholeVectors<F>(a, z, bias, whole);
    }
    if (tail) activateRow<F>(a + bytes, tailFactors, z + bytes, bias + bytes, tail);
    a += <usize>aStride * FLOAT;
    z += <usize>zStride * FLOAT;
  }
}

/** The same with one copy of f, for one so long that the conditions around it do not show. */
function forwardCompactly<F extends Activation>(
  a: usize,
  factors: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  for (let row = 0; row < rows; row++) {
    activateRow<F>(a, factors, z, bias, units);
    if (factors) factors += <usize>aStride * FLOAT;
    a += <usize>aStride * FLOAT;
    z += <usize>zStride * FLOAT;
  }
}

/** Of a multiple of four units. */
function wholeVectors<F extends Activation>(a: usize, z: usize, bias: usize, units: i32): void {
  const f = changetype<F>(0);
  const end = z + <usize>units * FLOAT;
  while (z < end) {
    v128.store(a, f.value(f32x4.add(v128.load(z), v128.load(bias))));
    z += VECTOR;
    a += VECTOR;
    bias += VECTOR;
  }
}

/** Of a multiple of four units. */
function wholeWithFactors<F extends Activation>(
  a: usize,
  factors: usize,
  z: usize,
  bias: usize,
  units: i32,
): void {
  const f = changetype<F>(0);
  const end = z + <usize>units * FLOAT;
  while (z < end) {
    const sum = f32x4.add(v128.load(z), v128.load(bias));
    const value = f.value(sum);
    v128.store(a, value);
    v128.store(factors, f.slope(sum, value));
    z += VECTOR;
    a += VECTOR;
    bias += VECTOR;
    factors += VECTOR;
  }
}

/**
 * One or more units, with factors and without. Its loop ends at the bottom: V8 keeps the constants of
 * f in registers only if f runs before every exit, and is half as fast if not.
 */
function activateRow<F extends Activation>(
  a: usize,
  factors: usize,
  z: usize,
  bias: usize,
  units: i32,
): void {
  const f = changetype<F>(0);
  do {
    const sum = f32x4.add(loadUpTo4(z, units), loadUpTo4(bias, units));
    const value = f.value(sum);
    storeUpTo4(a, value, units);
    if (factors) {
      storeUpTo4(factors, f.slope(sum, value), units);
      factors += VECTOR;
    }
    z += VECTOR;
    a += VECTOR;
    bias += VECTOR;
    units -= 4;
  } while (units > 0);
}

function backward<F extends Backward>(gradient: usize, kept: usize, count: i32): void {
  const f = changetype<F>(0);
  const tail = count & 3;
  const end = gradient + <usize>(count & ~3) * FLOAT;
  while (gradient < end) {
    v128.store(gradient, f.backward(v128.load(kept), v128.load(gradient)));
    gradient += VECTOR;
    kept += VECTOR;
  }
  if (tail) {
    storeTail(gradient, f.backward(loadTail(kept, tail), loadTail(gradient, tail)), tail);
  }
}
