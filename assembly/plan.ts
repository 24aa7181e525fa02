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
  /** What an input is multiplied by: 1/255 for bytes, 1 for floats, and 1 / (1 − input dropout). */
  inputScale: f32;
  /** Targets `[samples, outputs]`, float32; 0 where the labels are all there is. */
  values: usize;
  labels: usize;
  /** The order of the samples `[samples]`, int32; 0 for the order that they are stored in. */
  order: usize;
  /** What draws that order, anew at the first step of an epoch. */
  seed: u32;
  epoch: u32;
  /** Whether what the last step compressed or gathered is this step's batch too. */
  batchKept: i32;
  /** Whether the packed weights are this run's already; only `predictAll` asks. */
  weightsKept: i32;
  batchSize: i32;
  /** The code of the loss, and the label smoothing of the cross-entropy, 0 to 1. */
  loss: i32;
  labelSmoothing: f32;
  /** The code of the optimiser, and its `StepSettings`, one for each step. */
  optimizer: i32;
  settings: usize;
  /** Largest norm of the gradient of all parameters, and of the weights into a unit; 0: no limit. */
  clipNorm: f32;
  maxNorm: f32;
  /** Sums of squares of the gradient, a float64 for each tile of an update; 0 without `clipNorm`. */
  squares: usize;
  /**
   * Inputs that are changed for each batch, by augmentation or by dropout: two batches of the data
   * set's kind, of even and of odd steps, `preparedStride` bytes apart; 0 where inputs stay as they are.
   */
  prepared: usize;
  preparedStride: usize;
  /** An `Augmentation` or 0; inputs are dropped with probability `inputDropout` / 2¹⁶. */
  augmentation: usize;
  inputDropout: i32;
  /**
   * Two `SparseBatch`es, of even and of odd steps; 0 when the first layer reads dense inputs. With
   * `sparsePerThread` every thread has two of its own, one thread's behind another's.
   */
  sparse: usize;
  sparsePerThread: i32;
  /** The batch, gathered: `[batchSize, features]` float32; 0 when it is compressed. */
  batchInputs: usize;
  /** The batch's targets `[batchSize, outputs]` where the loss compares outputs one by one. */
  batchTargets: usize;
  /**
   * By position in the order, `[samples]`: each sample's label (int32), its loss (float32), and the
   * class that it was taken for (int32).
   */
  targets: usize;
  losses: usize;
  predicted: usize;
  /** What the network says of each sample, `[samples, outputs]`; 0 except for `predictAll`. */
  outputs: usize;
  /**
   * Of each step of `predictAll` whether all its inputs, which are float32, are finite: `[steps]`, int32; 0 where
   * nobody asks.
   */
  inputsAreFinite: usize;
  /**
   * Each thread's scratch memory, `scratchStride` bytes apart: `scratchBytes()` for the matrix
   * products, which smaller needs share, then ∂L/∂W for the tile of W that the thread is updating,
   * `[TILE_INPUTS, units]`.
   */
  scratch: usize;
  scratchStride: usize;
  /** A row for each step: loss summed over its samples (float64), correct samples (int32), 0. */
  totals: usize;
  /** The threads that run the plan, where they meet (`barrier`), and how long they spin there. */
  threads: i32;
  team: usize;
  spins: i32;
}

@unmanaged
export class LayerPlan {
  /** Features in, units out. */
  inputs: i32;
  units: i32;
  /** The code of the activation; the identity where the loss takes logits. */
  activation: i32;
  /** Units are dropped with probability `dropout` / 2¹⁶, and the others scaled by `dropoutScale`. */
  dropout: i32;
  dropoutScale: f32;
  /** `[inputs, units]` and `[units]` */
  weights: usize;
  biases: usize;
  /** a = f(z) `[batchSize, units]`; of the last layer what the loss takes. */
  activations: usize;
  /** f′(z) times what dropout does `[batchSize, units]`; 0 where f′ follows from a. */
  factors: usize;
  /** ∂L/∂z `[batchSize, units]` */
  gradient: usize;
  /** ∂L/∂b `[units]` */
  biasGradient: usize;
  /**
   * Packed for `multiplyPacked`: W, which the product forward reads; Wᵀ, which the gradient of the
   * layer below reads; and ∂L/∂z, which the gradient of W reads. 0 where nothing reads it. A layer
   * over compressed inputs has W and ∂L/∂z in blocks instead (`packBlocks`), and one whose
   * ∂L/∂z is compressed Wᵀ (`transposeBlock`).
   */
  packedWeights: usize;
  packedTransposed: usize;
  packedGradient: usize;
  /**
   * The optimiser's state, and the average of the parameters, of W (in blocks over compressed inputs)
   * and of b; 0 where there is none.
   */
  weightFirst: usize;
  weightSecond: usize;
  weightAverage: usize;
  biasFirst: usize;
  biasSecond: usize;
  biasAverage: usize;
  /** ∂L/∂W, laid out like the state; 0 where it need not outlive its tile (without `clipNorm`). */
  weightGradient: usize;
  /** Sums of squares of W's columns, a row for each tile of rows; 0 without `maxNorm`. */
  columnSquares: usize;
  /**
   * The activations of the layer below, compressed: a `SparseBatch`, or 0 where they are read as they
   * are. The first layer's inputs are the plan's.
   */
  sparseInputs: usize;
  /** ∂L/∂z, compressed by row for the gradient of the layer below: a `SparseBatch`, or 0. */
  sparseGradient: usize;
}

/** Bytes of a row of `Plan.totals`. */
export const TOTALS_BYTES: usize = 16;

export function layerAt(plan: Plan, index: i32): LayerPlan {
  return changetype<LayerPlan>(plan.layers + <usize>index * offsetof<LayerPlan>());
}

/** Scratch memory of a thread: that of the matrix products, then a tile of a layer's gradient. */
export function threadScratch(plan: Plan, thread: i32): usize {
  return plan.scratch + <usize>thread * plan.scratchStride;
}

/** Rows of a step's batch: the last one may be smaller. */
export function batchRows(plan: Plan, step: i32): i32 {
  return min(plan.batchSize, plan.samples - step * plan.batchSize);
}

/** Whether a layer reads compressed inputs: of the data set, or of the layer below. */
export function isSparse(plan: Plan, index: i32): bool {
  return (index ? layerAt(plan, index).sparseInputs : plan.sparse) != 0;
}

export function ceilingDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
