/**
 * Dense matrix products of 32-bit floats, after Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (ACM TOMS 34-3, 2008).
 *
 * C `[rows, columns]` (+)= A `[rows, depth]` · B `[depth, columns]`, all row-major in memory;
 * `gemmNT` takes B transposed, `[columns, depth]`, and `gemmTN` takes A transposed,
 * `[depth, rows]`.
 *
 * Both operands are first packed into panels that the microkernel then reads from front to back:
 * A into panels of 4 or 6 rows (`[depth, 4]`), B into panels of 8 columns (`[depth, 8]`), filled up
 * with zeros at the edges. The microkernel keeps a tile of C in registers, of which V8 can use 15 on
 * x86: 4 × 8 takes eight, and two for B, one for A, one for the product. With a fused multiply-add
 * there is no product to hold, and twelve sums are wanted to hide its latency: 6 × 8.
 *
 * Every element of C is summed over the depth in one fixed order, whatever the tile it falls
 * into: block after block of DEPTH_BLOCK, each from its first product to its last.
 *
 * Cost: 2·rows·columns·depth operations; packing moves rows·depth + depth·columns floats.
 */
import { FLOAT, fma, VECTOR } from "./simd";

/** Columns of the tile in registers; its rows are 4, or 6 where that is faster. */
const TILE_COLUMNS: i32 = 8;
/** Depth of a block: a panel of B, 256 × 8 floats, is 8 KB and stays in the first-level cache. */
const DEPTH_BLOCK: i32 = 256;
/** Rows of a block: A's block, 64 × 256 floats, is 64 KB and stays in the second-level cache. */
const ROW_BLOCK: i32 = 64;

/** Bytes of a step of the depth in a panel of B. */
const STEP_B: usize = 32;
/** Bytes of the largest tile, and of a block of A with the zeros that fill up its last panel. */
const TILE_BYTES: usize = 192;
const BLOCK_BYTES: usize = 68 * 256 * 4;

/**
 * Rows of the next panel of A when `rows` are left: as many tiles of 6 as leave nothing but tiles of
 * 4 with the fewest zeros; 7 and 8 are two tiles of 4.
 */
function panelRows(rows: i32): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 4;
  return rows > 8 || rows == 6 || rows == 5 ? 6 : 4;
}

/** Bytes of scratch memory that `multiplyPacked` needs, whatever the shape; 16-byte aligned. */
export function scratchBytes(): usize {
  return TILE_BYTES + BLOCK_BYTES;
}

/** Bytes of B `[depth, columns]` when packed. */
export function packedBytes(depth: i32, columns: i32): usize {
  return <usize>((columns + TILE_COLUMNS - 1) / TILE_COLUMNS) * <usize>depth * STEP_B;
}

/** Bytes of scratch memory that a product of this shape needs at `workspace`, 16-byte aligned. */
export function gemmWorkspace(columns: i32, depth: i32): usize {
  return scratchBytes() + packedBytes(depth, columns);
}

/** C = A·B, or C += A·B if `accumulate`. C, A, B as above; `workspace` as `gemmWorkspace` says. */
export function gemmNN(
  c: usize,
  a: usize,
  b: usize,
  workspace: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
): void {
  const packed = workspace + scratchBytes();
  pack(packed, b, columns, 1, 0, depth, depth, columns);
  multiplyPacked(c, a, depth, 1, packed, workspace, rows, columns, depth, accumulate);
}

/** C = A·Bᵀ with B stored `[columns, depth]`, or C += A·Bᵀ if `accumulate`. */
export function gemmNT(
  c: usize,
  a: usize,
  b: usize,
  workspace: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
): void {
  const packed = workspace + scratchBytes();
  pack(packed, b, 1, depth, 0, depth, depth, columns);
  multiplyPacked(c, a, depth, 1, packed, workspace, rows, columns, depth, accumulate);
}

/** C = Aᵀ·B with A stored `[depth, rows]`, or C += Aᵀ·B if `accumulate`. */
export function gemmTN(
  c: usize,
  a: usize,
  b: usize,
  workspace: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
): void {
  const packed = workspace + scratchBytes();
  pack(packed, b, columns, 1, 0, depth, depth, columns);
  multiplyPacked(c, a, 1, rows, packed, workspace, rows, columns, depth, accumulate);
}

/**
 * Packs rows `first` to `first + count − 1` of B `[depth, columns]`, whose strides are given in
 * floats and whose row `first` is at `b`, into their place among the panels of the whole.
 */
export function pack(
  packed: usize,
  b: usize,
  rowStride: i32,
  columnStride: i32,
  first: i32,
  count: i32,
  depth: i32,
  columns: i32,
): void {
  const panelBytes = <usize>depth * STEP_B;
  let panel = packed + <usize>first * STEP_B;
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    // B as panels of 8 columns, i.e. A's packing applied to Bᵀ.
    packPanel8(panel, b, columnStride, rowStride, min(TILE_COLUMNS, columns - column), count);
    panel += panelBytes;
    b += <usize>TILE_COLUMNS * columnStride * FLOAT;
  }
}

/**
 * C `[rows, columns]` = or += A·B with B packed whole and A `[rows, depth]` given by its strides in
 * floats. `scratch`: `scratchBytes` of this thread's own.
 */
export function multiplyPacked(
  c: usize,
  a: usize,
  aRowStride: i32,
  aColumnStride: i32,
  packedB: usize,
  scratch: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
): void {
  const edgeTile = scratch;
  const packedA = scratch + TILE_BYTES;
  const cStride = <usize>columns * FLOAT;
  const panelBytes = <usize>depth * STEP_B;
  for (let k = 0; k < depth; k += DEPTH_BLOCK) {
    const blockDepth = min(DEPTH_BLOCK, depth - k);
    const overwrite = !accumulate && k == 0;
    for (let rowStart = 0; rowStart < rows; rowStart += ROW_BLOCK) {
      const blockRows = min(ROW_BLOCK, rows - rowStart);
      let panelA = packedA;
      for (let row = 0; row < blockRows; ) {
        const height = panelRows(blockRows - row);
        packRows(
          panelA,
          a + (<usize>(rowStart + row) * aRowStride + <usize>k * aColumnStride) * FLOAT,
          aRowStride,
          aColumnStride,
          min(height, blockRows - row),
          height,
          blockDepth,
        );
        panelA += <usize>(height * blockDepth) * FLOAT;
        row += height;
      }
      let panelB = packedB + <usize>k * STEP_B;
      for (let column = 0; column < columns; column += TILE_COLUMNS) {
        const tileColumns = min(TILE_COLUMNS, columns - column);
        panelA = packedA;
        for (let row = 0; row < blockRows; ) {
          const height = panelRows(blockRows - row);
          const tileRows = min(height, blockRows - row);
          const tile = c + <usize>(rowStart + row) * cStride + <usize>column * FLOAT;
          if (tileRows == height && tileColumns == TILE_COLUMNS) {
            multiplyTile(height, tile, cStride, panelA, panelB, blockDepth, overwrite);
          } else {
            multiplyTile(height, edgeTile, STEP_B, panelA, panelB, blockDepth, true);
            copyTile(tile, cStride, edgeTile, tileRows, tileColumns, overwrite);
          }
          panelA += <usize>(height * blockDepth) * FLOAT;
          row += height;
        }
        panelB += panelBytes;
      }
    }
  }
}

function multiplyTile(
  height: i32,
  c: usize,
  stride: usize,
  a: usize,
  b: usize,
  depth: i32,
  overwrite: bool,
): void {
  if (ASC_FEATURE_RELAXED_SIMD && height == 6) {
    multiplyTile6x8(c, stride, a, b, depth, overwrite);
  } else {
    multiplyTile4x8(c, stride, a, b, depth, overwrite);
  }
}

/**
 * The microkernel: tile `[4, 8]` of C, its rows `stride` bytes apart, = or += panel of A `[depth, 4]`
 * times panel of B `[depth, 8]`. 64 operations a step of the depth.
 */
export function multiplyTile4x8(
  c: usize,
  stride: usize,
  a: usize,
  b: usize,
  depth: i32,
  overwrite: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = f32x4.splat(0);
  let c11 = c10;
  let c20 = f32x4.splat(0);
  let c21 = c20;
  let c30 = f32x4.splat(0);
  let c31 = c30;
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
    b += STEP_B;
  }
  if (!overwrite) {
    c00 = f32x4.add(v128.load(c), c00);
    c01 = f32x4.add(v128.load(c, VECTOR), c01);
    c10 = f32x4.add(v128.load(c + stride), c10);
    c11 = f32x4.add(v128.load(c + stride, VECTOR), c11);
    c20 = f32x4.add(v128.load(c + 2 * stride), c20);
    c21 = f32x4.add(v128.load(c + 2 * stride, VECTOR), c21);
    c30 = f32x4.add(v128.load(c + 3 * stride), c30);
    c31 = f32x4.add(v128.load(c + 3 * stride, VECTOR), c31);
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

/** The same with a tile `[6, 8]` and a panel of A `[depth, 6]`. 96 operations a step. */
export function multiplyTile6x8(
  c: usize,
  stride: usize,
  a: usize,
  b: usize,
  depth: i32,
  overwrite: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = f32x4.splat(0);
  let c11 = c10;
  let c20 = f32x4.splat(0);
  let c21 = c20;
  let c30 = f32x4.splat(0);
  let c31 = c30;
  let c40 = f32x4.splat(0);
  let c41 = c40;
  let c50 = f32x4.splat(0);
  let c51 = c50;
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
    b += STEP_B;
  }
  if (!overwrite) {
    c00 = f32x4.add(v128.load(c), c00);
    c01 = f32x4.add(v128.load(c, VECTOR), c01);
    c10 = f32x4.add(v128.load(c + stride), c10);
    c11 = f32x4.add(v128.load(c + stride, VECTOR), c11);
    c20 = f32x4.add(v128.load(c + 2 * stride), c20);
    c21 = f32x4.add(v128.load(c + 2 * stride, VECTOR), c21);
    c30 = f32x4.add(v128.load(c + 3 * stride), c30);
    c31 = f32x4.add(v128.load(c + 3 * stride, VECTOR), c31);
    c40 = f32x4.add(v128.load(c + 4 * stride), c40);
    c41 = f32x4.add(v128.load(c + 4 * stride, VECTOR), c41);
    c50 = f32x4.add(v128.load(c + 5 * stride), c50);
    c51 = f32x4.add(v128.load(c + 5 * stride, VECTOR), c51);
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

/** Moves the part of a tile that lies within C: row by row, = or +=. */
function copyTile(
  c: usize,
  stride: usize,
  tile: usize,
  rows: i32,
  columns: i32,
  overwrite: bool,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const target = c + <usize>row * stride + <usize>column * FLOAT;
      const value = load<f32>(tile + <usize>(row * TILE_COLUMNS + column) * FLOAT);
      store<f32>(target, overwrite ? value : load<f32>(target) + value);
    }
  }
}

/**
 * Packs `rows` rows of A, `[rows, depth]` with the given strides in floats, into a panel
 * `[depth, height]` of height 4 or 6; missing rows become zeros.
 */
function packRows(
  panel: usize,
  source: usize,
  rowStride: i32,
  columnStride: i32,
  rows: i32,
  height: i32,
  depth: i32,
): void {
  const rowBytes = <usize>rowStride * FLOAT;
  const columnBytes = <usize>columnStride * FLOAT;
  const step = <usize>height * FLOAT;
  let k = 0;
  if (rows == height && rowStride == 1) {
    for (; k < depth; k++) {
      v128.store(panel, v128.load(source));
      if (height == 6) store<u64>(panel, load<u64>(source, VECTOR), VECTOR);
      panel += step;
      source += columnBytes;
    }
  } else if (rows == height && columnStride == 1) {
    for (; k + 4 <= depth; k += 4) {
      transpose4x4(panel, step, source, rowBytes);
      if (height == 6) transpose2x4(panel + VECTOR, step, source + 4 * rowBytes, rowBytes);
      panel += 4 * step;
      source += VECTOR;
    }
  }
  for (; k < depth; k++) {
    for (let row = 0; row < height; row++) {
      const value = row < rows ? load<f32>(source + <usize>row * rowBytes) : 0;
      store<f32>(panel + <usize>row * FLOAT, value);
    }
    panel += step;
    source += columnBytes;
  }
}

/** The same for panels of 8: up to 8 columns of B, given as rows of Bᵀ, into `[depth, 8]`. */
function packPanel8(
  panel: usize,
  source: usize,
  rowStride: i32,
  columnStride: i32,
  rows: i32,
  depth: i32,
): void {
  const rowBytes = <usize>rowStride * FLOAT;
  const columnBytes = <usize>columnStride * FLOAT;
  let k = 0;
  if (rows == TILE_COLUMNS && rowStride == 1) {
    for (; k < depth; k++) {
      v128.store(panel, v128.load(source));
      v128.store(panel, v128.load(source, VECTOR), VECTOR);
      panel += 2 * VECTOR;
      source += columnBytes;
    }
  } else if (rows == TILE_COLUMNS && columnStride == 1) {
    for (; k + 4 <= depth; k += 4) {
      transpose4x4(panel, 2 * VECTOR, source, rowBytes);
      transpose4x4(panel + VECTOR, 2 * VECTOR, source + 4 * rowBytes, rowBytes);
      panel += 8 * VECTOR;
      source += VECTOR;
    }
  }
  for (; k < depth; k++) {
    for (let row = 0; row < TILE_COLUMNS; row++) {
      const value = row < rows ? load<f32>(source + <usize>row * rowBytes) : 0;
      store<f32>(panel + <usize>row * FLOAT, value);
    }
    panel += 2 * VECTOR;
    source += columnBytes;
  }
}

/** target `[4, 4]` = source `[4, 4]` transposed; rows `targetStride` and `sourceStride` bytes apart. */
function transpose4x4(
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
