/**
 * The inputs of a step: a batch of the data set, perhaps changed for this batch alone, and then
 * compressed or gathered for the first layer. Dropped activations are compressed for the next layer.
 */
import { Augmentation, augmentRows } from "./augment";
import { gatherBytes, gatherFloats, sampleAt } from "./batch";
import { compressChunk, SPARSE_ROWS, SparseBatch } from "./compress";
import { dropBytes, dropUnits } from "./dropout";
import { areFinite } from "./metrics";
import { batchRows, ceilingDivide, isSparse, layerAt, Plan, threadScratch } from "./plan";
import { FLOAT } from "./simd";
import { begin, COMPRESS, TRACED } from "./trace";

/**
 * Rows that a thread changes at a time: enough to be worth a claim, few enough for all threads to have
 * some of a batch of 32.
 */
const PREPARED_ROWS: i32 = 8;

/** Tiles in which a step's inputs are changed; none when they stay as they are. */
export function countPreparedTiles(plan: Plan, step: i32): i32 {
  return plan.prepared ? ceilingDivide(batchRows(plan, step), PREPARED_ROWS) : 0;
}

/** Augments and drops a tile of a step's inputs. */
export function prepareInputs(plan: Plan, thread: i32, step: i32, tile: i32): void {
  const row = tile * PREPARED_ROWS;
  const rows = min(PREPARED_ROWS, batchRows(plan, step) - row);
  const position = step * plan.batchSize + row;
  const features = plan.features;
  const target = preparedInputs(plan, step) + <usize>(row * features) * inputBytes(plan);
  const scratch = threadScratch(plan, thread);
  if (plan.augmentation) {
    const augmentation = changetype<Augmentation>(plan.augmentation);
    const inputs = plan.inputs;
    augmentRows(
      target,
      augmentation,
      inputs,
      plan.order,
      position,
      rows,
      plan.seed,
      plan.epoch,
      scratch,
    );
  } else {
    copyRows(target, plan, position, rows);
  }
  if (plan.inputDropout == 0) return;
  const threshold = plan.inputDropout;
  if (plan.inputsAreBytes) {
    dropBytes(target, rows, features, position, threshold, plan.seed, plan.epoch, scratch);
  } else {
    // Inputs are scaled when they are compressed or gathered.
    dropUnits(
      target,
      0,
      features,
      rows,
      features,
      0,
      position,
      0,
      threshold,
      1,
      plan.seed,
      plan.epoch,
      scratch,
    );
  }
}

function copyRows(target: usize, plan: Plan, position: i32, rows: i32): void {
  const bytes = <usize>plan.features * inputBytes(plan);
  for (let row = 0; row < rows; row++) {
    memory.copy(target, plan.inputs + <usize>sampleAt(plan.order, position + row) * bytes, bytes);
    target += bytes;
  }
}

/** Chunks that a step's inputs are compressed in; none when they are dense. */
function countSparseChunks(plan: Plan, step: i32): i32 {
  return isSparse(plan, 0) ? ceilingDivide(batchRows(plan, step), SPARSE_ROWS) : 0;
}

/** Those of them that the threads share out. */
export function countSharedChunks(plan: Plan, step: i32): i32 {
  return compressesAlone(plan) ? 0 : countSparseChunks(plan, step);
}

/**
 * Whether every thread compresses all of a batch for itself. What one core has written takes another
 * longer to read than to compress anew, when the two are far apart: on two cores an epoch of 784-64-10 fell
 * from 94 to 76 ms.
 */
function compressesAlone(plan: Plan): bool {
  return ASC_FEATURE_THREADS && plan.sparsePerThread != 0;
}

/**
 * What a layer over compressed inputs reads. Of the data set even and odd steps take turns, so that
 * one can be compressed while the other is in use.
 */
export function sparseBatch(plan: Plan, thread: i32, step: i32, index: i32): SparseBatch {
  if (index) return changetype<SparseBatch>(layerAt(plan, index).sparseInputs);
  const batch = (compressesAlone(plan) ? thread * 2 : 0) + (step & 1);
  return changetype<SparseBatch>(plan.sparse + <usize>batch * offsetof<SparseBatch>());
}

/** All of a step's batch, where every thread does that for itself. */
export function compressAlone(plan: Plan, thread: i32, step: i32): void {
  if (!compressesAlone(plan)) return;
  if (TRACED) begin(COMPRESS);
  const chunks = countSparseChunks(plan, step);
  for (let chunk = 0; chunk < chunks; chunk++) compress(plan, thread, step, chunk);
}

export function compress(plan: Plan, thread: i32, step: i32, chunk: i32): void {
  const row = chunk * SPARSE_ROWS;
  compressChunk(
    sparseBatch(plan, thread, step, 0),
    chunk,
    plan.prepared ? preparedInputs(plan, step) : plan.inputs,
    plan.inputsAreBytes != 0,
    plan.inputScale,
    plan.prepared ? 0 : plan.order,
    plan.prepared ? row : step * plan.batchSize + row,
    min(SPARSE_ROWS, batchRows(plan, step) - row),
  );
}

/** Compresses a chunk of a matrix `[rows, units]` of float32 that this step has computed. */
export function compressRows(batch: SparseBatch, matrix: usize, chunk: i32, rows: i32): void {
  const row = chunk * SPARSE_ROWS;
  compressChunk(batch, chunk, matrix, false, 1, 0, row, min(SPARSE_ROWS, rows - row));
}

/** Rows `row` to `row + count − 1` of a step's batch, into `plan.batchInputs`. */
export function gatherInputs(plan: Plan, step: i32, row: i32, count: i32): void {
  const features = plan.features;
  const scale = plan.inputScale;
  const x = plan.batchInputs + <usize>(row * features) * FLOAT;
  const inputs = plan.prepared ? preparedInputs(plan, step) : plan.inputs;
  const order: usize = plan.prepared ? 0 : plan.order;
  const first = plan.prepared ? row : step * plan.batchSize + row;
  if (plan.inputsAreBytes) gatherBytes(x, inputs, order, first, count, features, scale);
  else gatherFloats(x, inputs, order, first, count, features, scale);
}

/** Leaves in `plan.inputsAreFinite` whether a step's inputs are, float32 as they are stored. */
export function checkInputs(plan: Plan, step: i32): void {
  const count = batchRows(plan, step) * plan.features;
  const inputs = plan.inputs + <usize>(step * plan.batchSize * plan.features) * FLOAT;
  store<i32>(plan.inputsAreFinite + ((<usize>step) << 2), i32(areFinite(inputs, count)));
}

/** The changed inputs of even or of odd steps. */
function preparedInputs(plan: Plan, step: i32): usize {
  return plan.prepared + <usize>(step & 1) * plan.preparedStride;
}

function inputBytes(plan: Plan): usize {
  return plan.inputsAreBytes ? 1 : FLOAT;
}
