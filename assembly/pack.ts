/**
 * Packing of matrices into panels that a tile of the product reads from front to back.
 *
 * A panel holds `width` rows of a matrix `[rows, depth]`, step of the depth after step of the depth:
 * `[depth, width]`; rows that the matrix does not have become zeros. Widths are 3, 4, 6, 8 and 12.
 *
 * Cost: 8 bytes moved an element. No alignment needed.
 */
import { FLOAT, VECTOR } from "./simd";

/**
 * Packs `rows` ≤ `width` rows of a matrix, whose strides are given in floats, into one panel.
 */
export function packPanel(
  panel: usize,
  source: usize,
  rowStride: i32,
  columnStride: i32,
  rows: i32,
  width: i32,
  depth: i32,
): void {
  if (rows == width && rowStride == 1 && width != 3) {
    copyRows(panel, source, <usize>columnStride * FLOAT, width, depth);
    return;
  }
  for (let row = 0; row < width; row += 4) {
    packFour(
      panel + <usize>row * FLOAT,
      <usize>width * FLOAT,
      source + <usize>(row * rowStride) * FLOAT,
      rowStride,
      columnStride,
      min(rows - row, 4),
      min(width - row, 4),
      depth,
    );
  }
}

/** The rows are next to each other in memory: a step of the depth is one piece. */
function copyRows(panel: usize, source: usize, columnBytes: usize, width: i32, depth: i32): void {
  const step = <usize>width * FLOAT;
  for (let k = 0; k < depth; k++) {
    v128.store(panel, v128.load(source));
    if (width == 6) {
      store<u64>(panel, load<u64>(source, VECTOR), VECTOR);
    } else if (width >= 8) {
      v128.store(panel, v128.load(source, VECTOR), VECTOR);
      if (width == 12) v128.store(panel, v128.load(source, 2 * VECTOR), 2 * VECTOR);
    }
    panel += step;
    source += columnBytes;
  }
}

/** Up to four columns of a panel, `step` bytes from one step of the depth to the next. */
export function packFour(
  panel: usize,
  step: usize,
  source: usize,
  rowStride: i32,
  columnStride: i32,
  rows: i32,
  width: i32,
  depth: i32,
): void {
  const rowBytes = <usize>rowStride * FLOAT;
  const columnBytes = <usize>columnStride * FLOAT;
  let k = 0;
  if (columnStride == 1 && rows == width) {
    const whole = depth & ~3;
    if (width == 4) {
      for (; k < whole; k += 4) {
        transpose4x4(panel, step, source, rowBytes);
        panel += 4 * step;
        source += VECTOR;
      }
    } else if (width == 2) {
      for (; k < whole; k += 4) {
        transpose2x4(panel, step, source, rowBytes);
        panel += 4 * step;
        source += VECTOR;
      }
    }
  }
  for (; k < depth; k++) {
    for (let row = 0; row < width; row++) {
      const value = row < rows ? load<f32>(source + <usize>row * rowBytes) : 0;
      store<f32>(panel + <usize>row * FLOAT, value);
    }
    panel += step;
    source += columnBytes;
  }
}

/** target `[4, 4]` = source `[4, 4]` transposed; rows `targetStride` and `sourceStride` bytes apart. */
export function transpose4x4(
  target: usize,
  targetStride: usize,
  source: usize,
  sourceStride: usize,
): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + sourceStride);
  const r2 = v128.load(source + 2 * sourceStride);
  const r3 = v128.load(source + 3 * sourceStride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(target + targetStride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(target + 2 * targetStride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(target + 3 * targetStride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** target `[4, 2]` = source `[2, 4]` transposed, likewise. */
function transpose2x4(
  target: usize,
  targetStride: usize,
  source: usize,
  sourceStride: usize,
): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + sourceStride);
  const low = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  v128.store64_lane(target, low, 0);
  v128.store64_lane(target + targetStride, low, 1);
  v128.store64_lane(target + 2 * targetStride, high, 0);
  v128.store64_lane(target + 3 * targetStride, high, 1);
}
