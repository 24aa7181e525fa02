/** The backward pass of a step, from the loss to every layer's ∂L/∂z. */
import { differentiate } from "./activation";
import { multiplyPacked, pack } from "./gemm";
import { isSparse, LayerPlan, layerAt, Plan, threadScratch } from "./plan";
import { FLOAT } from "./simd";
import { packBlocks } from "./sparse";

/**
 * Rows `row` to `row + count − 1` of a batch of `rows`: ∂L/∂a = ∂L/∂z·Wᵀ for the layer below, ∂L/∂z =
 * ∂L/∂a ⊙ f′(z). Packs each for the gradient of the weights.
 */
export function backward(plan: Plan, thread: i32, row: i32, count: i32, rows: i32): void {
  const top = plan.layerCount - 1;
  differentiateRows(layerAt(plan, top), row, count);
  for (let index = top; index >= 0; index--) {
    const layer = layerAt(plan, index);
    const units = layer.units;
    const gradient = layer.gradient + <usize>(row * units) * FLOAT;
    if (isSparse(plan, index)) {
      packBlocks(layer.packedGradient, gradient, row, count, rows, units);
    } else {
      pack(layer.packedGradient, gradient, units, 1, row, count, rows, units);
    }
    if (index == 0) return;
    const below = layerAt(plan, index - 1);
    multiplyPacked(
      below.gradient + <usize>(row * below.units) * FLOAT,
      gradient,
      units,
      1,
      layer.packedTransposed,
      threadScratch(plan, thread),
      count,
      below.units,
      units,
      false,
    );
    differentiateRows(below, row, count);
  }
}

function differentiateRows(layer: LayerPlan, row: i32, count: i32): void {
  const place = <usize>(row * layer.units) * FLOAT;
  differentiate(
    layer.activation,
    layer.gradient + place,
    layer.activations + place,
    layer.factors ? layer.factors + place : 0,
    count * layer.units,
  );
}
