/**
 * The product of one row and a matrix as it lies in memory, for single samples: packing the matrix would cost
 * more than multiplying by it.
 */
import { FLOAT, fma, VECTOR } from "./simd";

/** Columns whose sums are kept in registers at a time. */
const BLOCK_COLUMNS: i32 = 16;

/**
 * c `[columns]` = a `[depth]` · B `[depth, columns]`, summed as `gemmNN` sums, to the same bits.
 * Cost: 2·depth·columns operations; reads depth·columns floats once.
 */
export function multiplyRow(c: usize, a: usize, b: usize, depth: i32, columns: i32): void {
  const stride = <usize>columns * FLOAT;
  const end = a + <usize>depth * FLOAT;
  let column = 0;
  for (; column + BLOCK_COLUMNS <= columns; column += BLOCK_COLUMNS) {
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let row = b;
    for (let x = a; x < end; x += FLOAT) {
      const factor = v128.load32_splat(x);
      sum0 = fma(factor, v128.load(row), sum0);
      sum1 = fma(factor, v128.load(row, VECTOR), sum1);
      sum2 = fma(factor, v128.load(row, 2 * VECTOR), sum2);
      sum3 = fma(factor, v128.load(row, 3 * VECTOR), sum3);
      row += stride;
    }
    v128.store(c, sum0);
    v128.store(c, sum1, VECTOR);
    v128.store(c, sum2, 2 * VECTOR);
    v128.store(c, sum3, 3 * VECTOR);
    b += <usize>BLOCK_COLUMNS * FLOAT;
    c += <usize>BLOCK_COLUMNS * FLOAT;
  }
  // What is left over from whole blocks, a column at a time: no value outside of B is read.
  for (; column < columns; column++) {
    let sum = f32x4.splat(0);
    let row = b;
    for (let x = a; x < end; x += FLOAT) {
      sum = fma(v128.load32_zero(x), v128.load32_zero(row), sum);
      row += stride;
    }
    v128.store32_lane(c, sum, 0);
    b += FLOAT;
    c += FLOAT;
  }
}
