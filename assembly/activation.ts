/**
 * Activations of hidden layers, forward and backward, each a pair of kernels.
 *
 * Forward: a = f(z + bias), both `[rows, units]`, their rows `aStride` and `zStride` floats apart, bias
 * `[units]`; a may be z. One pass over memory.
 * Backward: gradient ∂L/∂a `[count]` becomes ∂L/∂z = ∂L/∂a ⊙ f′ in place, with f′ computed from a
 * alone, so that z need not be kept.
 *
 * Cost: 8 bytes moved an element forward, 12 backward. No alignment needed.
 */
import { sigmoid, tanh } from "./math";
import { FLOAT, loadTail, storeTail, VECTOR } from "./simd";

/** How a layer's plan names its activation; `src/engine/plan.ts` holds the same list. */
export const SOFTMAX: i32 = 0;
export const TANH: i32 = 1;
export const RELU: i32 = 2;
export const SIGMOID: i32 = 3;

/** a = tanh(z + bias) */
export function biasTanh(
  a: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  forward<Tanh>(a, aStride, z, zStride, bias, rows, units);
}

/** ∂L/∂z = ∂L/∂a ⊙ (1 − a²) */
export function tanhBackward(gradient: usize, a: usize, count: i32): void {
  backward<Tanh>(gradient, a, count);
}

/** a = max(0, z + bias) */
export function biasRelu(
  a: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  forward<Relu>(a, aStride, z, zStride, bias, rows, units);
}

/** ∂L/∂z = ∂L/∂a where a > 0, else 0 (also at the kink) */
export function reluBackward(gradient: usize, a: usize, count: i32): void {
  backward<Relu>(gradient, a, count);
}

/** a = 1 / (1 + e^−(z + bias)) */
export function biasSigmoid(
  a: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  forward<Sigmoid>(a, aStride, z, zStride, bias, rows, units);
}

/** ∂L/∂z = ∂L/∂a ⊙ a(1 − a) */
export function sigmoidBackward(gradient: usize, a: usize, count: i32): void {
  backward<Sigmoid>(gradient, a, count);
}

/** z + bias: the logits in front of a softmax */
export function biasIdentity(
  a: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  forward<Identity>(a, aStride, z, zStride, bias, rows, units);
}

interface Activation {
  /** f(z) */
  forward(z: v128): v128;
  /** gradient ⊙ f′, f′ as a function of a = f(z) */
  backward(a: v128, gradient: v128): v128;
}

// A class without fields is a way to hand a function to a loop at compile time: the type argument
// picks the methods, no object ever exists.

@unmanaged
class Tanh {
  forward(z: v128): v128 {
    return tanh(z);
  }
  backward(a: v128, gradient: v128): v128 {
    return f32x4.mul(gradient, f32x4.sub(f32x4.splat(1), f32x4.mul(a, a)));
  }
}

@unmanaged
class Relu {
  /** NaN stays NaN, so that a diverged network shows. */
  forward(z: v128): v128 {
    return f32x4.max(z, f32x4.splat(0));
  }
  backward(a: v128, gradient: v128): v128 {
    return v128.and(gradient, f32x4.gt(a, f32x4.splat(0)));
  }
}

@unmanaged
class Sigmoid {
  forward(z: v128): v128 {
    return sigmoid(z);
  }
  backward(a: v128, gradient: v128): v128 {
    return f32x4.mul(gradient, f32x4.mul(a, f32x4.sub(f32x4.splat(1), a)));
  }
}

@unmanaged
class Identity {
  forward(z: v128): v128 {
    return z;
  }
  backward(_a: v128, gradient: v128): v128 {
    return gradient;
  }
}

function forward<F extends Activation>(
  a: usize,
  aStride: i32,
  z: usize,
  zStride: i32,
  bias: usize,
  rows: i32,
  units: i32,
): void {
  const f = changetype<F>(0);
  const whole = units & ~3;
  const tail = units & 3;
  for (let row = 0; row < rows; row++) {
    let b = bias;
    let source = z;
    let target = a;
    const end = z + <usize>whole * FLOAT;
    while (source < end) {
      v128.store(target, f.forward(f32x4.add(v128.load(source), v128.load(b))));
      source += VECTOR;
      target += VECTOR;
      b += VECTOR;
    }
    if (tail) {
      const sum = f32x4.add(loadTail(source, tail), loadTail(b, tail));
      storeTail(target, f.forward(sum), tail);
    }
    a += <usize>aStride * FLOAT;
    z += <usize>zStride * FLOAT;
  }
}

function backward<F extends Activation>(gradient: usize, a: usize, count: i32): void {
  const f = changetype<F>(0);
  const tail = count & 3;
  const end = gradient + <usize>(count & ~3) * FLOAT;
  while (gradient < end) {
    v128.store(gradient, f.backward(v128.load(a), v128.load(gradient)));
    gradient += VECTOR;
    a += VECTOR;
  }
  if (tail) {
    storeTail(gradient, f.backward(loadTail(a, tail), loadTail(gradient, tail)), tail);
  }
}
