/**
 * Tiles of a matrix product: the loops that keep part of C in registers while they run down the depth.
 *
 * Each takes tile `[rows, columns]` of C, its rows `stride` bytes apart, = or += A times a panel of B
 * `[depth, columns]`. Sums begin with 0 or with what C holds and add the products in the order of the
 * depth, so that splitting the depth changes no bit.
 *
 * What a tile must heed to be fast in V8: it has 15 vector registers on x86, and what does not fit is
 * kept in memory. Sums that are used once after the loop, without a condition, let the compiler load a
 * factor right before the products that need it; used in two branches they make it load all factors
 * first. That is the difference between 40 and 61 GFLOP/s for 6 × 8 on relaxed SIMD (Node 20, `npm run
 * bench:kernels`), and why a tile writes C whole and leaves edges to the caller.
 */
import { fma, VECTOR } from "./simd";

/** 6 × 8: A is a panel `[depth, 6]`. Twelve sums, 96 operations a step of the depth. */
export function multiplyTile6x8(
  c: usize,
  stride: usize,
  a: usize,
  b: usize,
  depth: i32,
  overwrite: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0);
  let c51 = f32x4.splat(0);
  if (!overwrite) {
    c00 = v128.load(c);
    c01 = v128.load(c, VECTOR);
    c10 = v128.load(c + stride);
    c11 = v128.load(c + stride, VECTOR);
    c20 = v128.load(c + 2 * stride);
    c21 = v128.load(c + 2 * stride, VECTOR);
    c30 = v128.load(c + 3 * stride);
    c31 = v128.load(c + 3 * stride, VECTOR);
    c40 = v128.load(c + 4 * stride);
    c41 = v128.load(c + 4 * stride, VECTOR);
    c50 = v128.load(c + 5 * stride);
    c51 = v128.load(c + 5 * stride, VECTOR);
  }
  const end = a + <usize>depth * 24;
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, VECTOR);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = fma(x, b0, c40);
    c41 = fma(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = fma(x, b0, c50);
    c51 = fma(x, b1, c51);
    a += 24;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, VECTOR);
  v128.store(c + stride, c10);
  v128.store(c + stride, c11, VECTOR);
  v128.store(c + 2 * stride, c20);
  v128.store(c + 2 * stride, c21, VECTOR);
  v128.store(c + 3 * stride, c30);
  v128.store(c + 3 * stride, c31, VECTOR);
  v128.store(c + 4 * stride, c40);
  v128.store(c + 4 * stride, c41, VECTOR);
  v128.store(c + 5 * stride, c50);
  v128.store(c + 5 * stride, c51, VECTOR);
}

/** 4 × 8: A is a panel `[depth, 4]`. Eight sums, 64 operations a step. */
export function multiplyTile4x8(
  c: usize,
  stride: usize,
  a: usize,
  b: usize,
  depth: i32,
  overwrite: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  if (!overwrite) {
    c00 = v128.load(c);
    c01 = v128.load(c, VECTOR);
    c10 = v128.load(c + stride);
    c11 = v128.load(c + stride, VECTOR);
    c20 = v128.load(c + 2 * stride);
    c21 = v128.load(c + 2 * stride, VECTOR);
    c30 = v128.load(c + 3 * stride);
    c31 = v128.load(c + 3 * stride, VECTOR);
  }
  const end = a + <usize>depth * 16;
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, VECTOR);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    a += 16;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, VECTOR);
  v128.store(c + stride, c10);
  v128.store(c + stride, c11, VECTOR);
  v128.store(c + 2 * stride, c20);
  v128.store(c + 2 * stride, c21, VECTOR);
  v128.store(c + 3 * stride, c30);
  v128.store(c + 3 * stride, c31, VECTOR);
}

/**
 * 3 × 12, for narrow C: A is read where it is, a packed panel would be used only once. Its elements
 * are `columnBytes` apart along the depth, its rows at a0, a1, a2. Nine sums, 72 operations a step.
 */
export function multiplyTile3x12(
  c: usize,
  stride: usize,
  a0: usize,
  a1: usize,
  a2: usize,
  columnBytes: usize,
  b: usize,
  depth: i32,
  overwrite: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c02 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c12 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c22 = f32x4.splat(0);
  if (!overwrite) {
    c00 = v128.load(c);
    c01 = v128.load(c, VECTOR);
    c02 = v128.load(c, 2 * VECTOR);
    c10 = v128.load(c + stride);
    c11 = v128.load(c + stride, VECTOR);
    c12 = v128.load(c + stride, 2 * VECTOR);
    c20 = v128.load(c + 2 * stride);
    c21 = v128.load(c + 2 * stride, VECTOR);
    c22 = v128.load(c + 2 * stride, 2 * VECTOR);
  }
  const end = b + <usize>depth * 48;
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, VECTOR);
    const b2 = v128.load(b, 2 * VECTOR);
    let x = v128.load32_splat(a0);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    c02 = fma(x, b2, c02);
    x = v128.load32_splat(a1);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    c12 = fma(x, b2, c12);
    x = v128.load32_splat(a2);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    c22 = fma(x, b2, c22);
    a0 += columnBytes;
    a1 += columnBytes;
    a2 += columnBytes;
    b += 48;
  }
  v128.store(c, c00);
  v128.store(c, c01, VECTOR);
  v128.store(c, c02, 2 * VECTOR);
  v128.store(c + stride, c10);
  v128.store(c + stride, c11, VECTOR);
  v128.store(c + stride, c12, 2 * VECTOR);
  v128.store(c + 2 * stride, c20);
  v128.store(c + 2 * stride, c21, VECTOR);
  v128.store(c + 2 * stride, c22, 2 * VECTOR);
}
