/** Updates of parameters from their gradients. */
import { FLOAT, fma, loadTail, storeTail, VECTOR } from "./simd";

/**
 * Stochastic gradient descent: parameters `[count]` −= learningRate · gradient `[count]`.
 *
 * Cost: 12 bytes moved an element. No alignment needed.
 */
export function sgd(parameters: usize, gradient: usize, count: i32, learningRate: f32): void {
  const tail = count & 3;
  const rate = f32x4.splat(-learningRate);
  const end = parameters + <usize>(count & ~3) * FLOAT;
  while (parameters < end) {
    v128.store(parameters, fma(rate, v128.load(gradient), v128.load(parameters)));
    parameters += VECTOR;
    gradient += VECTOR;
  }
  if (tail) {
    const updated = fma(rate, loadTail(gradient, tail), loadTail(parameters, tail));
    storeTail(parameters, updated, tail);
  }
}
