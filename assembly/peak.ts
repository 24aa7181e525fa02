/**
 * The roof of this engine on this machine: multiply-adds that touch registers only. What a product of
 * matrices reaches of it is what its loads, stores and loop leave over.
 */
import { fma } from "./simd";

/** Multiply-adds of one iteration, each of four lanes. */
const CHAINS: i32 = 12;

/** Floating-point operations of one iteration of `multiplyAddPeak`. */
export function operationsPerIteration(): i32 {
  return CHAINS * 4 * 2;
}

/**
 * `iterations` times x ← x·a + b on twelve independent chains of four lanes, that begin with 0 to 11;
 * returns the first lane of their sum, so that no compiler may leave the work out. Twelve chains and two factors fit into
 * the 15 registers that V8 has on x86, and cover the latency of a product and a sum one after the
 * other. With |a| < 1 the chains approach b / (1 − a), and never slow down for tiny numbers.
 */
export function multiplyAddPeak(iterations: i32, a: f32, b: f32): f32 {
  const factor = f32x4.splat(a);
  const addend = f32x4.splat(b);
  let x0 = f32x4.splat(0);
  let x1 = f32x4.splat(1);
  let x2 = f32x4.splat(2);
  let x3 = f32x4.splat(3);
  let x4 = f32x4.splat(4);
  let x5 = f32x4.splat(5);
  let x6 = f32x4.splat(6);
  let x7 = f32x4.splat(7);
  let x8 = f32x4.splat(8);
  let x9 = f32x4.splat(9);
  let x10 = f32x4.splat(10);
  let x11 = f32x4.splat(11);
  for (let i = 0; i < iterations; i++) {
    x0 = fma(x0, factor, addend);
    x1 = fma(x1, factor, addend);
    x2 = fma(x2, factor, addend);
    x3 = fma(x3, factor, addend);
    x4 = fma(x4, factor, addend);
    x5 = fma(x5, factor, addend);
    x6 = fma(x6, factor, addend);
    x7 = fma(x7, factor, addend);
    x8 = fma(x8, factor, addend);
    x9 = fma(x9, factor, addend);
    x10 = fma(x10, factor, addend);
    x11 = fma(x11, factor, addend);
  }
  const sum = f32x4.add(
    f32x4.add(f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3)), f32x4.add(x4, x5)),
    f32x4.add(f32x4.add(f32x4.add(x6, x7), f32x4.add(x8, x9)), f32x4.add(x10, x11)),
  );
  return f32x4.extract_lane(sum, 0);
}
