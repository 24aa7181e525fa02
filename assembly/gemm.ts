/**
 * Dense matrix products of 32-bit floats, after Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (ACM TOMS 34-3, 2008).
 *
 * C `[rows, columns]` (+)= A `[rows, depth]` · B `[depth, columns]`, all row-major in memory;
 * `gemmNT` takes B transposed, `[columns, depth]`, and `gemmTN` takes A transposed,
 * `[depth, rows]`.
 *
 * B is packed into panels of 8 columns, A into panels of 6 and 4 rows (on plain SIMD of 4 alone), and
 * tiles of 6 × 8 and 4 × 8 multiply panel by panel (`pack.ts`, `tile.ts`). Where C has 9 to 12 columns,
 * as the output of ten classes has, B is one panel of 12 and A is read where it is, in tiles of 3 × 12.
 *
 * Every element of C is summed over the depth from the first product to the last, whatever the tile
 * it falls into.
 *
 * Cost: 2·rows·columns·depth operations; packing moves rows·depth + depth·columns floats.
 */
import { packPanel } from "./pack";
import { FLOAT, loadTail, storeTail, VECTOR } from "./simd";
import { multiplyTile3x12, multiplyTile4x8, multiplyTile6x8 } from "./tile";

/** Columns of a panel of B, and of the only panel of a narrow B. */
const PANEL_COLUMNS: i32 = 8;
const NARROW_COLUMNS: i32 = 12;
/** Depth of a block: a panel of B, 256 × 8 floats, is 8 KB and stays in the first-level cache. */
const DEPTH_BLOCK: i32 = 256;
/** Rows of a block: A's block, 64 × 256 floats, is 64 KB and stays in the second-level cache. */
const ROW_BLOCK: i32 = 64;

/** Bytes of the largest tile, and of a block of A with the zeros that fill up its last panel. */
const TILE_BYTES: usize = 192;
const BLOCK_BYTES: usize = 68 * 256 * 4;

function isNarrow(columns: i32): bool {
  return PANEL_COLUMNS < columns && columns <= NARROW_COLUMNS;
}

function panelColumns(columns: i32): i32 {
  return isNarrow(columns) ? NARROW_COLUMNS : PANEL_COLUMNS;
}

/**
 * Rows of the next panel of A when `rows` are left: as many tiles of 6 as leave nothing but tiles of
 * 4 with the fewest zeros; 7 and 8 are two tiles of 4. On plain SIMD a product needs a register before
 * it is added, which 6 × 8 has not left; 4 × 8 has, and reaches 81 to 88 % of the peak
 * where 6 × 8 reached 56 to 62 (Zen 5, `npm run bench:kernels`).
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
  const width = panelColumns(columns);
  return <usize>((columns + width - 1) / width) * <usize>depth * <usize>width * FLOAT;
}

/** Bytes of scratch memory that a product of this shape needs at `workspace`, 16-byte aligned. */
export function gemmWorkspace(columns: i32, depth: i32): usize {
  return scratchBytes() + packedBytes(depth, columns);
}

/**
 * C = A·B, or C += A·B if `accumulate`: C `[rows, columns]`, A `[rows, depth]`, B `[depth, columns]`; `workspace` has
 * `gemmWorkspace(columns, depth)` bytes.
 */
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

/** C = A·Bᵀ with B stored `[columns, depth]`, or C += A·Bᵀ if `accumulate`; the rest as of `gemmNN`. */
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

/** C = Aᵀ·B with A stored `[depth, rows]`, or C += Aᵀ·B if `accumulate`; the rest as of `gemmNN`. */
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
  packPart(packed, b, rowStride, columnStride, first, count, 0, columns, depth, columns);
}

/**
 * The same of no more than columns `firstColumn`, a multiple of 8, to `firstColumn + columnCount − 1`;
 * `b` is where both ranges begin. How wide a panel is follows from the columns of the whole.
 */
export function packPart(
  packed: usize,
  b: usize,
  rowStride: i32,
  columnStride: i32,
  firstRow: i32,
  rowCount: i32,
  firstColumn: i32,
  columnCount: i32,
  depth: i32,
  columns: i32,
): void {
  const width = panelColumns(columns);
  const step = <usize>width * FLOAT;
  let panel = packed + <usize>(firstColumn * depth) * FLOAT + <usize>firstRow * step;
  for (let column = 0; column < columnCount; column += width) {
    // A panel of B holds columns, which are the rows of Bᵀ.
    const own = min(width, columnCount - column);
    packPanel(panel, b, columnStride, rowStride, own, width, rowCount);
    panel += <usize>depth * step;
    b += <usize>(width * columnStride) * FLOAT;
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
  for (let k = 0; k < depth; k += DEPTH_BLOCK) {
    const blockDepth = min(DEPTH_BLOCK, depth - k);
    const overwrite = !accumulate && k == 0;
    const block = a + <usize>(k * aColumnStride) * FLOAT;
    const panel = packedB + <usize>(k * panelColumns(columns)) * FLOAT;
    if (isNarrow(columns)) {
      const columnBytes = <usize>aColumnStride * FLOAT;
      const rowBytes = <usize>aRowStride * FLOAT;
      multiplyNarrow(
        c,
        block,
        rowBytes,
        columnBytes,
        panel,
        scratch,
        rows,
        columns,
        blockDepth,
        overwrite,
      );
      continue;
    }
    for (let row = 0; row < rows; row += ROW_BLOCK) {
      const blockRows = min(ROW_BLOCK, rows - row);
      const source = block + <usize>(row * aRowStride) * FLOAT;
      packBlock(scratch + TILE_BYTES, source, aRowStride, aColumnStride, blockRows, blockDepth);
      multiplyBlock(
        c + <usize>(row * columns) * FLOAT,
        panel,
        scratch,
        blockRows,
        columns,
        blockDepth,
        <usize>(depth * PANEL_COLUMNS) * FLOAT,
        overwrite,
      );
    }
  }
}

/** Packs a block of A into panels of as many rows as `panelRows` says. */
function packBlock(
  panel: usize,
  source: usize,
  rowStride: i32,
  columnStride: i32,
  rows: i32,
  depth: i32,
): void {
  for (let row = 0; row < rows; ) {
    const height = panelRows(rows - row);
    packPanel(
      panel,
      source + <usize>(row * rowStride) * FLOAT,
      rowStride,
      columnStride,
      min(height, rows - row),
      height,
      depth,
    );
    panel += <usize>(height * depth) * FLOAT;
    row += height;
  }
}

/** Rows of C from the packed block of A behind the edge tile in `scratch`. */
function multiplyBlock(
  c: usize,
  panelB: usize,
  scratch: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  panelBytes: usize,
  overwrite: bool,
): void {
  const stride = <usize>columns * FLOAT;
  for (let column = 0; column < columns; column += PANEL_COLUMNS) {
    const tileColumns = min(PANEL_COLUMNS, columns - column);
    let panelA = scratch + TILE_BYTES;
    for (let row = 0; row < rows; ) {
      const height = panelRows(rows - row);
      const tileRows = min(height, rows - row);
      const tile = c + <usize>row * stride + <usize>column * FLOAT;
      if (tileRows == height && tileColumns == PANEL_COLUMNS) {
        multiplyTile(height, tile, stride, panelA, panelB, depth, overwrite);
      } else {
        const edge = scratch;
        const edgeStride = <usize>PANEL_COLUMNS * FLOAT;
        if (!overwrite) copyTile(edge, edgeStride, tile, stride, tileRows, tileColumns);
        multiplyTile(height, edge, edgeStride, panelA, panelB, depth, overwrite);
        copyTile(tile, stride, edge, edgeStride, tileRows, tileColumns);
      }
      panelA += <usize>(height * depth) * FLOAT;
      row += height;
    }
    panelB += panelBytes;
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
  if (height == 6) multiplyTile6x8(c, stride, a, b, depth, overwrite);
  else multiplyTile4x8(c, stride, a, b, depth, overwrite);
}

/** C `[rows, columns]` of 9 to 12 columns; A by its strides in bytes, B one panel of 12. */
function multiplyNarrow(
  c: usize,
  a: usize,
  rowBytes: usize,
  columnBytes: usize,
  b: usize,
  edge: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  overwrite: bool,
): void {
  const stride = <usize>columns * FLOAT;
  const edgeStride = <usize>NARROW_COLUMNS * FLOAT;
  for (let row = 0; row < rows; row += 3) {
    const tileRows = min(3, rows - row);
    // Rows beyond the last are the last once more, and left out of what is copied.
    const a1 = tileRows > 1 ? a + rowBytes : a;
    const a2 = tileRows > 2 ? a1 + rowBytes : a1;
    if (tileRows == 3 && columns == NARROW_COLUMNS) {
      multiplyTile3x12(c, stride, a, a1, a2, columnBytes, b, depth, overwrite);
    } else {
      if (!overwrite) copyTile(edge, edgeStride, c, stride, tileRows, columns);
      multiplyTile3x12(edge, edgeStride, a, a1, a2, columnBytes, b, depth, overwrite);
      copyTile(c, stride, edge, edgeStride, tileRows, columns);
    }
    c += 3 * stride;
    a += 3 * rowBytes;
  }
}

/** Copies a tile `[rows, columns]`; rows are `targetStride` and `sourceStride` bytes apart. */
function copyTile(
  target: usize,
  targetStride: usize,
  source: usize,
  sourceStride: usize,
  rows: i32,
  columns: i32,
): void {
  const tail = columns & 3;
  for (let row = 0; row < rows; row++) {
    let to = target;
    let from = source;
    for (let column = 4; column <= columns; column += 4) {
      v128.store(to, v128.load(from));
      to += VECTOR;
      from += VECTOR;
    }
    if (tail) storeTail(to, loadTail(from, tail), tail);
    target += targetStride;
    source += sourceStride;
  }
}
