/**
 * Elementary functions on four lanes, sine and cosine of one number, from additions, multiplications
 * and divisions alone: the same bits on every machine and engine. NaN in, NaN out.
 *
 * Errors on four lanes are against the exact value, in units in the last place (ulp) of the float32
 * result; `test/assembly/math.test.ts` holds them to these bounds. The polynomials are weighted
 * minimax fits (Lawson's iteration) of the reduced functions.
 */
import { FLOAT, fma, VECTOR } from "./simd";

/** 2π */
const TURN: f64 = 6.283185307179586;

/**
 * eˣ, error ≤ 2 ulp, over the whole float32 range: 0 below −104, +∞ above 88.73, subnormal between.
 *
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2 (Cody and Waite 1980: ln 2 in two parts, the first short
 * enough for n·ln 2 to be exact), eʳ = 1 + r + r²·P(r), then scaling by 2ⁿ in two steps, because
 * 2ⁿ alone may leave the range of normal numbers.
 */
export function exp(x: v128): v128 {
  // Beyond these bounds the result is 0 or +∞ anyway, and n stays within two steps of scaling.
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-105));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(<f32>Math.LOG2E)));
  let r = fma(n, f32x4.splat(-0.693359375), bounded);
  r = fma(n, f32x4.splat(2.1219444e-4), r);
  let p = fma(f32x4.splat(0.001381459878757596), r, f32x4.splat(0.008368716575205326));
  p = fma(p, r, f32x4.splat(0.04166838899254799));
  p = fma(p, r, f32x4.splat(0.1666652113199234));
  p = fma(p, r, f32x4.splat(0.4999999403953552));
  p = f32x4.add(fma(f32x4.mul(r, r), p, r), f32x4.splat(1));
  const exponent = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)));
}

/** 2ⁿ for whole n from −126 to 127. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** Coefficients of tanh: of P by powers of x², the first being 1, and of Q. */
const P4: f32 = 1.5292654254039917e-8;
const P3: f32 = 2.1939260477665812e-5;
const P2: f32 = 0.003574321512132883;
const P1: f32 = 0.13446801900863647;
const Q4: f32 = 8.547772267775144e-7;
const Q3: f32 = 3.415732062421739e-4;
const Q2: f32 = 0.02617483399808407;
const Q1: f32 = 0.4678013026714325;

/**
 * tanh x, error ≤ 6 ulp, never beyond ±1; odd to the bit.
 *
 * x·P(x²)/Q(x²) for |x| ≤ 8, where tanh is 1 to within 3 ulp, and that value beyond.
 */
export function tanh(x: v128): v128 {
  return tanhOf(
    x,
    f32x4.splat(8),
    f32x4.splat(P4),
    f32x4.splat(P3),
    f32x4.splat(P2),
    f32x4.splat(P1),
    f32x4.splat(Q4),
    f32x4.splat(Q3),
    f32x4.splat(Q2),
    f32x4.splat(Q1),
    f32x4.splat(1),
  );
}

/**
 * a = tanh(z + bias) of so many units, a multiple of four and not 0, to the bits of `tanh`.
 *
 * From Node 24 on V8 makes a constant anew in every iteration, in three instructions, which takes longer than the rest.
 * A constant ORed with what it cannot know to be 0 is none to it, and stays in a register.
 */
export function tanhRow(a: usize, z: usize, bias: usize, units: i32): void {
  const zero = i32x4.splat(units >> 31);
  const bound = v128.or(f32x4.splat(8), zero);
  const p4 = v128.or(f32x4.splat(P4), zero);
  const p3 = v128.or(f32x4.splat(P3), zero);
  const p2 = v128.or(f32x4.splat(P2), zero);
  const p1 = v128.or(f32x4.splat(P1), zero);
  const q4 = v128.or(f32x4.splat(Q4), zero);
  const q3 = v128.or(f32x4.splat(Q3), zero);
  const q2 = v128.or(f32x4.splat(Q2), zero);
  const q1 = v128.or(f32x4.splat(Q1), zero);
  const one = v128.or(f32x4.splat(1), zero);
  const end = z + <usize>units * FLOAT;
  do {
    const sum = f32x4.add(v128.load(z), v128.load(bias));
    v128.store(a, tanhOf(sum, bound, p4, p3, p2, p1, q4, q3, q2, q1, one));
    z += VECTOR;
    a += VECTOR;
    bias += VECTOR;
  } while (z < end);
}

function tanhOf(
  x: v128,
  bound: v128,
  p4: v128,
  p3: v128,
  p2: v128,
  p1: v128,
  q4: v128,
  q3: v128,
  q2: v128,
  q1: v128,
  one: v128,
): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, bound), f32x4.neg(bound));
  const square = f32x4.mul(bounded, bounded);
  let p = fma(p4, square, p3);
  p = fma(p, square, p2);
  p = fma(p, square, p1);
  p = fma(p, square, one);
  let q = fma(q4, square, q3);
  q = fma(q, square, q2);
  q = fma(q, square, q1);
  q = fma(q, square, one);
  return f32x4.div(f32x4.mul(bounded, p), q);
}

/**
 * The natural logarithm, error ≤ 2 ulp: −∞ at 0, NaN below 0, +∞ at +∞; subnormals included.
 *
 * x = 2ᵉ·m with m in [√½, √2), f = m − 1, ln m = f − f²/2 + f³·P(f), plus e·ln 2 in two parts.
 */
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  // Subnormals are brought into the normal range by 2²³, which the exponent gives back below.
  const normal = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, subnormal);
  const offset = i32x4.sub(normal, i32x4.splat(0x3f3504f3)); // the bits of √½
  const exponent = i32x4.sub(i32x4.shr_s(offset, 23), v128.and(subnormal, i32x4.splat(23)));
  const mantissa = i32x4.add(v128.and(offset, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(mantissa, f32x4.splat(1));
  const square = f32x4.mul(f, f);
  let p = fma(f32x4.splat(0.0674663856625557), f, f32x4.splat(-0.11675651371479034));
  p = fma(p, f, f32x4.splat(0.11888162791728973));
  p = fma(p, f, f32x4.splat(-0.1240558922290802));
  p = fma(p, f, f32x4.splat(0.14219552278518677));
  p = fma(p, f, f32x4.splat(-0.1666799634695053));
  p = fma(p, f, f32x4.splat(0.2000211924314499));
  p = fma(p, f, f32x4.splat(-0.25000008940696716));
  p = fma(p, f, f32x4.splat(0.3333331346511841));
  // Smallest terms first.
  let y = fma(f32x4.mul(square, f), p, f32x4.mul(e, f32x4.splat(-2.1219444e-4)));
  y = f32x4.sub(y, f32x4.mul(square, f32x4.splat(0.5)));
  y = f32x4.add(fma(e, f32x4.splat(0.693359375), f), y);
  const infinite = f32x4.eq(x, f32x4.splat(f32.POSITIVE_INFINITY));
  y = v128.bitselect(x, y, v128.or(infinite, f32x4.ne(x, x)));
  y = v128.bitselect(f32x4.splat(f32.NEGATIVE_INFINITY), y, f32x4.eq(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.splat(f32.NaN), y, f32x4.lt(x, f32x4.splat(0)));
}

/** The logistic function 1 / (1 + e⁻ˣ), error ≤ 4 ulp above −87. */
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(x))));
}

/**
 * Φ(−x) for x ≥ 0, the tail of the standard normal distribution; error ≤ 2e−6 relative up to 5 and
 * ≤ 1e−5 beyond, where e^(−x²/2) carries the rounding of its argument.
 *
 * e^(−x²/2)·R(t), R a polynomial in t = 1 / (1 + 0.36·x): the form of Abramowitz and Stegun 7.1.26.
 */
export function normalTail(x: v128): v128 {
  const t = f32x4.div(f32x4.splat(1), fma(f32x4.splat(0.36), x, f32x4.splat(1)));
  let r = fma(f32x4.splat(0.04705682024359703), t, f32x4.splat(-0.17976664006710052));
  r = fma(r, t, f32x4.splat(0.18095679581165314));
  r = fma(r, t, f32x4.splat(0.02654734067618847));
  r = fma(r, t, f32x4.splat(0.13972000777721405));
  r = fma(r, t, f32x4.splat(0.1417723149061203));
  r = fma(r, t, f32x4.splat(0.1437130570411682));
  return f32x4.mul(f32x4.mul(r, t), exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))));
}

/** φ(x) = e^(−x²/2) / √(2π), the density of the standard normal distribution, likewise. */
export function normalDensity(x: v128): v128 {
  const e = exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
  return f32x4.mul(e, f32x4.splat(0.3989422804014327));
}

/**
 * sin x of one number, error < 1e−9 for |x| < 2²⁰: Taylor's series up to x¹⁹/19!, after whole turns
 * are taken off, so that |x| ≤ π, and x is reflected at ±π/2.
 */
export function sine(x: f64): f64 {
  x -= nearest(x * (1.0 / TURN)) * TURN;
  if (x > TURN / 4) x = TURN / 2 - x;
  if (x < -TURN / 4) x = -TURN / 2 - x;
  const square = x * x;
  let series = 1.0;
  for (let n: f64 = 18; n > 0; n -= 2) series = 1 - (series * square) / (n * (n + 1));
  return x * series;
}

/** cos x = 1 − 2·sin²(x/2) likewise; 1 at 0. */
export function cosine(x: f64): f64 {
  const half = sine(x / 2);
  return 1 - 2 * half * half;
}
