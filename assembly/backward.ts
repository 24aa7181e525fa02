/** The backward pass of a step, from the loss to every layer's ∂L/∂z. */
import { differentiate } from "./activation";
import { BLOCK_UNITS, ROW_BYTES, SPARSE_ROWS, SparseBatch } from "./compress";
import { multiplyPacked, pack, packPart } from "./gemm";
import { ceilingDivide, isSparse, LayerPlan, layerAt, Plan, threadScratch } from "./plan";
import { FLOAT } from "./simd";
import { blockedBytes, copyRow, multiplySparse, packBlocks } from "./sparse";

/**
 * Rows `row` to `row + count − 1` of a batch of `rows`, from layer `from` down as far as products are
 * dense: ∂L/∂a = ∂L/∂z·Wᵀ for the layer below, ∂L/∂z = ∂L/∂a ⊙ f′(z). Packs each for the gradient of
 * the weights.
 */
export function backward(
  plan: Plan,
  thread: i32,
  from: i32,
  row: i32,
  count: i32,
  rows: i32,
): void {
  if (from == plan.layerCount - 1) finishRows(plan, from, row, count, rows);
  const end = endOfDense(plan, from);
  for (let index = from; index > end; index--) {
    const layer = layerAt(plan, index);
    const units = layer.units;
    const below = layerAt(plan, index - 1);
    multiplyPacked(
      below.gradient + <usize>(row * below.units) * FLOAT,
      layer.gradient + <usize>(row * units) * FLOAT,
      units,
      1,
      layer.packedTransposed,
      threadScratch(plan, thread),
      count,
      below.units,
      units,
      false,
    );
    finishRows(plan, index - 1, row, count, rows);
  }
}

/** The layer whose ∂L/∂z dense products lead to from that of layer `from`. */
export function endOfDense(plan: Plan, from: i32): i32 {
  let index = from;
  while (index > 0 && !layerAt(plan, index).sparseGradient) index--;
  return index;
}

/**
 * A tile of ∂L/∂z of the layer below layer `index`, from the compressed ∂L/∂z of that one: a block of
 * units of a chunk of rows, packed for the gradient of the weights.
 */
export function backwardSparseTile(
  plan: Plan,
  thread: i32,
  index: i32,
  tile: i32,
  rows: i32,
): void {
  const layer = layerAt(plan, index);
  const below = layerAt(plan, index - 1);
  const chunks = ceilingDivide(rows, SPARSE_ROWS);
  const chunk = tile % chunks;
  const block = tile / chunks;
  const row = chunk * SPARSE_ROWS;
  const count = min(SPARSE_ROWS, rows - row);
  const weights = layer.packedTransposed + <usize>block * blockedBytes(layer.units, BLOCK_UNITS);
  const blocked = isSparse(plan, index - 1);
  const product = blocked
    ? below.packedGradient + <usize>(block * rows + row) * ROW_BYTES
    : threadScratch(plan, thread);
  multiplySparse(product, changetype<SparseBatch>(layer.sparseGradient), chunk, weights, count);
  const unit = block * BLOCK_UNITS;
  const units = min(BLOCK_UNITS, below.units - unit);
  const place = <usize>(row * below.units + unit) * FLOAT;
  const stride = <usize>below.units * FLOAT;
  let gradient = product;
  let offset = place;
  for (let end = product + <usize>count * ROW_BYTES; gradient < end; gradient += ROW_BYTES) {
    differentiateAt(below, gradient, offset, units);
    copyRow(below.gradient + offset, gradient, <usize>units * FLOAT);
    offset += stride;
  }
  if (blocked) return;
  packPart(
    below.packedGradient,
    below.gradient + place,
    below.units,
    1,
    row,
    count,
    unit,
    units,
    rows,
    below.units,
  );
}

/** From ∂L/∂a of whole rows to ∂L/∂z, packed. */
function finishRows(plan: Plan, index: i32, row: i32, count: i32, rows: i32): void {
  const layer = layerAt(plan, index);
  const units = layer.units;
  const place = <usize>(row * units) * FLOAT;
  const gradient = layer.gradient + place;
  differentiateAt(layer, gradient, place, count * units);
  if (isSparse(plan, index)) {
    packBlocks(layer.packedGradient, gradient, row, count, rows, units);
  } else {
    pack(layer.packedGradient, gradient, units, 1, row, count, rows, units);
  }
}

/** gradient `[count]` = ∂L/∂a becomes ∂L/∂z; what was kept of it is `place` bytes from the first. */
function differentiateAt(layer: LayerPlan, gradient: usize, place: usize, count: i32): void {
  const factors = layer.factors ? layer.factors + place : 0;
  differentiate(layer.activation, gradient, layer.activations + place, factors, count);
}
