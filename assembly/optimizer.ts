/**
 * Updates of parameters from their gradients. Of every rule there is one pass over memory, and weight
 * decay is decoupled from the gradient (Loshchilov and Hutter, ICLR 2019): parameters shrink by the
 * factor `retained` before the step.
 *
 * Here g is the gradient times `scale`, w a parameter, η the learning rate; the rest are the fields of
 * `StepSettings` and the optimiser's state. No alignment needed.
 */
import { FLOAT, fma, loadTail, storeTail, VECTOR } from "./simd";

/** How a plan names its optimiser; `src/engine/plan.ts` holds the same list. */
export const SGD: i32 = 0;
export const MOMENTUM: i32 = 1;
export const NESTEROV: i32 = 2;
export const RMSPROP: i32 = 3;
export const ADAM: i32 = 4;

/** What an update needs to know of its step; the TypeScript side fills in one for each step. */
@unmanaged
export class StepSettings {
  learningRate: f32;
  /** 1 − learning rate · weight decay */
  retained: f32;
  /** µ of momentum, ρ of RMSprop, β₁ of Adam. */
  momentum: f32;
  /** β₂ of Adam. */
  secondMomentum: f32;
  epsilon: f32;
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) of Adam at its update number t. */
  firstCorrection: f32;
  secondCorrection: f32;
  /** By how much the average of the weights follows them in this step; 0 to 1. */
  averaging: f32;
}

/**
 * parameters `[count]` after a step against gradient `[count]`. `first` and `second` `[count]` are the
 * optimiser's state, 0 where it has none.
 *
 * Cost: 12 bytes moved an element, and 8 more for each state.
 */
export function update(
  optimizer: i32,
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  settings: StepSettings,
  scale: f32,
  retained: f32,
): void {
  switch (optimizer) {
    case SGD:
      sgd(parameters, gradient, count, settings.learningRate * scale, retained);
      break;
    case MOMENTUM:
      withState<Momentum>(parameters, gradient, first, count, settings, scale, retained);
      break;
    case NESTEROV:
      withState<Nesterov>(parameters, gradient, first, count, settings, scale, retained);
      break;
    case RMSPROP:
      withState<RmsProp>(parameters, gradient, first, count, settings, scale, retained);
      break;
    case ADAM:
      adam(parameters, gradient, first, second, count, settings, scale, retained);
      break;
    default:
      unreachable();
  }
}

/** Stochastic gradient descent: w −= learningRate · gradient. */
export function sgd(
  parameters: usize,
  gradient: usize,
  count: i32,
  learningRate: f32,
  retained: f32,
): void {
  const tail = count & 3;
  const rate = f32x4.splat(-learningRate);
  const end = parameters + <usize>(count & ~3) * FLOAT;
  if (retained == 1) {
    while (parameters < end) {
      v128.store(parameters, fma(rate, v128.load(gradient), v128.load(parameters)));
      parameters += VECTOR;
      gradient += VECTOR;
    }
  } else {
    const r = f32x4.splat(retained);
    while (parameters < end) {
      const w = f32x4.mul(v128.load(parameters), r);
      v128.store(parameters, fma(rate, v128.load(gradient), w));
      parameters += VECTOR;
      gradient += VECTOR;
    }
  }
  if (tail) {
    const w = f32x4.mul(loadTail(parameters, tail), f32x4.splat(retained));
    storeTail(parameters, fma(rate, loadTail(gradient, tail), w), tail);
  }
}

/** A rule with one value of state a parameter. */
interface Rule {
  /** The state after gradient g. */
  state(state: v128, g: v128, settings: StepSettings): v128;
  /** By how much the parameter falls, over the learning rate, from the new state. */
  step(state: v128, g: v128, settings: StepSettings): v128;
}

/** v = µ·v + g; w −= η·v. Polyak 1964. */
@unmanaged
class Momentum {
  state(v: v128, g: v128, settings: StepSettings): v128 {
    return fma(f32x4.splat(settings.momentum), v, g);
  }
  step(v: v128, _g: v128, _settings: StepSettings): v128 {
    return v;
  }
}

/** v = µ·v + g; w −= η·(g + µ·v). Sutskever et al., ICML 2013, as PyTorch states it. */
@unmanaged
class Nesterov {
  state(v: v128, g: v128, settings: StepSettings): v128 {
    return fma(f32x4.splat(settings.momentum), v, g);
  }
  step(v: v128, g: v128, settings: StepSettings): v128 {
    return fma(f32x4.splat(settings.momentum), v, g);
  }
}

/** s = ρ·s + (1 − ρ)·g²; w −= η·g / (√s + ε). Tieleman and Hinton 2012, lecture 6.5. */
@unmanaged
class RmsProp {
  state(s: v128, g: v128, settings: StepSettings): v128 {
    const rest = f32x4.mul(f32x4.splat(1 - settings.momentum), f32x4.mul(g, g));
    return fma(f32x4.splat(settings.momentum), s, rest);
  }
  step(s: v128, g: v128, settings: StepSettings): v128 {
    return f32x4.div(g, f32x4.add(f32x4.sqrt(s), f32x4.splat(settings.epsilon)));
  }
}

function withState<R extends Rule>(
  parameters: usize,
  gradient: usize,
  state: usize,
  count: i32,
  settings: StepSettings,
  scale: f32,
  retained: f32,
): void {
  const rule = changetype<R>(0);
  const tail = count & 3;
  const factor = f32x4.splat(scale);
  const rate = f32x4.splat(-settings.learningRate);
  const r = f32x4.splat(retained);
  const end = parameters + <usize>(count & ~3) * FLOAT;
  while (parameters < end) {
    const g = f32x4.mul(v128.load(gradient), factor);
    const s = rule.state(v128.load(state), g, settings);
    v128.store(state, s);
    const w = f32x4.mul(v128.load(parameters), r);
    v128.store(parameters, fma(rate, rule.step(s, g, settings), w));
    parameters += VECTOR;
    gradient += VECTOR;
    state += VECTOR;
  }
  if (tail) {
    const g = f32x4.mul(loadTail(gradient, tail), factor);
    const s = rule.state(loadTail(state, tail), g, settings);
    storeTail(state, s, tail);
    const w = f32x4.mul(loadTail(parameters, tail), r);
    storeTail(parameters, fma(rate, rule.step(s, g, settings), w), tail);
  }
}

/**
 * m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; w −= η·m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ),
 * v̂ = v / (1 − β₂ᵗ). Kingma and Ba, ICLR 2015, algorithm 1.
 */
function adam(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  settings: StepSettings,
  scale: f32,
  retained: f32,
): void {
  const tail = count & 3;
  const end = parameters + <usize>(count & ~3) * FLOAT;
  const factor = f32x4.splat(scale);
  const b1 = f32x4.splat(settings.momentum);
  const b2 = f32x4.splat(settings.secondMomentum);
  const rest1 = f32x4.splat(1 - settings.momentum);
  const rest2 = f32x4.splat(1 - settings.secondMomentum);
  const rate = f32x4.splat(-settings.learningRate * settings.firstCorrection);
  const correction = f32x4.splat(settings.secondCorrection);
  const epsilon = f32x4.splat(settings.epsilon);
  const r = f32x4.splat(retained);
  while (parameters < end) {
    const g = f32x4.mul(v128.load(gradient), factor);
    const m = fma(b1, v128.load(first), f32x4.mul(rest1, g));
    const v = fma(b2, v128.load(second), f32x4.mul(rest2, f32x4.mul(g, g)));
    v128.store(first, m);
    v128.store(second, v);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, correction)), epsilon);
    const w = f32x4.mul(v128.load(parameters), r);
    v128.store(parameters, fma(rate, f32x4.div(m, root), w));
    parameters += VECTOR;
    gradient += VECTOR;
    first += VECTOR;
    second += VECTOR;
  }
  if (tail) {
    const g = f32x4.mul(loadTail(gradient, tail), factor);
    const m = fma(b1, loadTail(first, tail), f32x4.mul(rest1, g));
    const v = fma(b2, loadTail(second, tail), f32x4.mul(rest2, f32x4.mul(g, g)));
    storeTail(first, m, tail);
    storeTail(second, v, tail);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, correction)), epsilon);
    const w = f32x4.mul(loadTail(parameters, tail), r);
    storeTail(parameters, fma(rate, f32x4.div(m, root), w), tail);
  }
}

/**
 * average `[count]` += rate · (parameters − average): an exponential moving average of the weights
 * (Polyak and Juditsky 1992). Cost: 12 bytes moved an element.
 */
export function follow(average: usize, parameters: usize, count: i32, rate: f32): void {
  const tail = count & 3;
  const factor = f32x4.splat(rate);
  const end = parameters + <usize>(count & ~3) * FLOAT;
  while (parameters < end) {
    const a = v128.load(average);
    v128.store(average, fma(factor, f32x4.sub(v128.load(parameters), a), a));
    parameters += VECTOR;
    average += VECTOR;
  }
  if (tail) {
    const a = loadTail(average, tail);
    storeTail(average, fma(factor, f32x4.sub(loadTail(parameters, tail), a), a), tail);
  }
}

/**
 * Σ values² over `[count]` values, in float64: their overflow is not the squares'. Four sums of two lanes
 * cover the latency of an addition.
 */
export function sumOfSquares(values: usize, count: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const tail = count & 7;
  const end = values + <usize>(count & ~7) * FLOAT;
  while (values < end) {
    s0 = addSquares(s0, values);
    s1 = addSquares(s1, values + 8);
    s2 = addSquares(s2, values + 16);
    s3 = addSquares(s3, values + 24);
    values += 2 * VECTOR;
  }
  const both = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let index = 0; index < tail; index++) {
    const value = <f64>load<f32>(values + <usize>index * FLOAT);
    sum += value * value;
  }
  return sum;
}

/** sum + values² of two values. */
function addSquares(sum: v128, values: usize): v128 {
  const x = f64x2.promote_low_f32x4(v128.load64_zero(values));
  return f64x2.add(sum, f64x2.mul(x, x));
}
