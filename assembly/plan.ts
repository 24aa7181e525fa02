/**
 * The plan of a run: structs in linear memory that the TypeScript side fills in and every step
 * reads. Each field is four bytes; `src/engine/plan.ts` lists the same names in the same order.
 */

@unmanaged
export class Plan {
  /** Number of layers, and their `LayerPlan`s one after another. */
  layerCount: i32;
  layers: usize;
  /** The data set: inputs `[samples, features]`, bytes or float32, and labels `[samples]`, int32. */
  samples: i32;
  features: i32;
  inputs: usize;
  inputsAreBytes: i32;
  labels: usize;
  /** The order of the samples `[samples]`, int32; 0 for the order that they are stored in. */
  order: usize;
  /** What draws that order, anew at the first step of an epoch. */
  seed: u32;
  epoch: u32;
  /** Whether what the last step compressed or gathered is this step's batch too. */
  batchKept: i32;
  batchSize: i32;
  learningRate: f32;
  /** Two `SparseBatch`es, of even and of odd steps; 0 when the first layer reads dense inputs. */
  sparse: usize;
  /** The batch, gathered: `[batchSize, features]` float32; 0 when it is compressed. */
  batchInputs: usize;
  /**
   * By position in the order, `[samples]`: each sample's label (int32), its loss (float32), and the
   * class that it was taken for (int32).
   */
  targets: usize;
  losses: usize;
  predicted: usize;
  /**
   * Each thread's scratch memory, `scratchStride` bytes apart: `scratchBytes()` for the matrix
   * products, then ∂L/∂W for the tile of W that the thread is updating, `[TILE_INPUTS, units]`.
   */
  scratch: usize;
  scratchStride: usize;
  /** A row for each step: loss summed over its samples (float64), correct samples (int32), 0. */
  totals: usize;
  /** The threads that run the plan, where they meet (`barrier.ts`), and how long they spin there. */
  threads: i32;
  team: usize;
  spins: i32;
}

@unmanaged
export class LayerPlan {
  /** Features in, units out. */
  inputs: i32;
  units: i32;
  /** One of the constants of `activation.ts`. */
  activation: i32;
  /** `[inputs, units]` and `[units]` */
  weights: usize;
  biases: usize;
  /** a = f(z) `[batchSize, units]`; of the last layer the logits. */
  activations: usize;
  /** ∂L/∂z `[batchSize, units]` */
  gradient: usize;
  /** ∂L/∂b `[units]` */
  biasGradient: usize;
  /**
   * Packed for `multiplyPacked`: W, which the product forward reads; Wᵀ, which the gradient of the
   * layer below reads; and ∂L/∂z, which the gradient of W reads. 0 where nothing reads it. A layer
   * over compressed inputs has W and ∂L/∂z in blocks instead (`sparse.ts`).
   */
  packedWeights: usize;
  packedTransposed: usize;
  packedGradient: usize;
}

/** Bytes of a row of `Plan.totals`. */
export const TOTALS_BYTES: usize = 16;

export function layerAt(plan: Plan, index: i32): LayerPlan {
  return changetype<LayerPlan>(plan.layers + <usize>index * offsetof<LayerPlan>());
}
