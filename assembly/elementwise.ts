/** The functions of `math.ts` over arrays: target `[count]` = f(source `[count]`), in place or not. */
import { exp, log, sigmoid, tanh } from "./math";
import { loadUpTo4, storeUpTo4, VECTOR } from "./simd";

/** target `[count]` = e^source; the two may be the same memory. */
export function expInto(target: usize, source: usize, count: i32): void {
  map<Exp>(target, source, count);
}

/** target `[count]` = ln source; the two may be the same memory. */
export function logInto(target: usize, source: usize, count: i32): void {
  map<Log>(target, source, count);
}

/** target `[count]` = tanh source; the two may be the same memory. */
export function tanhInto(target: usize, source: usize, count: i32): void {
  map<Tanh>(target, source, count);
}

/** target `[count]` = 1 / (1 + e^−source); the two may be the same memory. */
export function sigmoidInto(target: usize, source: usize, count: i32): void {
  map<Sigmoid>(target, source, count);
}

interface ElementwiseFunction {
  of(x: v128): v128;
}

// Classes without fields hand a function to the loop at compile time; no object ever exists.

@unmanaged
class Exp {
  of(x: v128): v128 {
    return exp(x);
  }
}

@unmanaged
class Log {
  of(x: v128): v128 {
    return log(x);
  }
}

@unmanaged
class Tanh {
  of(x: v128): v128 {
    return tanh(x);
  }
}

@unmanaged
class Sigmoid {
  of(x: v128): v128 {
    return sigmoid(x);
  }
}

function map<F extends ElementwiseFunction>(target: usize, source: usize, count: i32): void {
  const f = changetype<F>(0);
  if (count <= 0) return;
  // The exit at the bottom lets V8 keep the constants of f in registers.
  do {
    storeUpTo4(target, f.of(loadUpTo4(source, count)), count);
    source += VECTOR;
    target += VECTOR;
    count -= 4;
  } while (count > 0);
}
