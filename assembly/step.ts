/**
 * Steps of training and evaluation over a plan: what a whole epoch consists of.
 *
 * Every thread of the run calls `train` or `evaluate` with the same arguments but its number.
 *
 * A step has three phases, each ended by a barrier:
 *
 * 1. Over compressed inputs the first layer is done in tiles, a block of units of a chunk each.
 * 2. The batch passes through the other layers and back in chunks of rows, which leaves every
 *    layer's ∂L/∂z. A dense first layer belongs to this phase. Meanwhile the next step's inputs are
 *    augmented and dropped, where they are.
 * 3. The parameters are updated in tiles, each from the gradient of its weights to its new values,
 *    and meanwhile the next step's inputs are compressed. Limits to norms add a phase each.
 *
 * A hidden layer over compressed activations is done in tiles too. It takes two phases before the
 * second, one to compress and one of tiles, and where its ∂L/∂z is compressed two behind it.
 *
 * Chunks and tiles are independent of each other, and every sum has one fixed order whatever their
 * sizes and whoever computes them.
 *
 * Without threads a step may be done a tile a call (`barrier.ts`): each call goes through the phases again and passes
 * over the tiles that are done, so that a page has its turn in the midst of a long step.
 */
import { backward, backwardSparseTile, endOfDense } from "./backward";
import {
  barrier,
  claim,
  isBegun,
  isPaused,
  isStopping,
  isStopRequested,
  reportCompleted,
  requestStop,
} from "./barrier";
import { SPARSE_ROWS, SparseBatch } from "./compress";
import { clip, clipScale, constrain, countDescentTiles, descend, packWeights } from "./descend";
import {
  BINARY_CROSS_ENTROPY,
  CROSS_ENTROPY,
  countSparseTiles,
  forward,
  forwardLayers,
  forwardRow,
  forwardRows,
  forwardSparseTile,
} from "./forward";
import {
  checkInputs,
  compress,
  compressAlone,
  compressRows,
  countPreparedTiles,
  countSharedChunks,
  prepareInputs,
} from "./inputs";
import { logistic, softmax } from "./loss";
import { countCorrect, sumOfLosses } from "./metrics";
import {
  batchRows,
  ceilingDivide,
  isSparse,
  layerAt,
  Plan,
  TOTALS_BYTES,
  threadScratch,
} from "./plan";
import { shuffle } from "./random";
import { FLOAT } from "./simd";
import { unpackBlocks } from "./sparse";
import { AUGMENT, BACKWARD, begin, COMPRESS, FORWARD, PREPARE, TRACED, UPDATE } from "./trace";

/** Most rows that pass through the network at a time: their activations stay in cache. */
const CHUNK_ROWS: i32 = 32;

/**
 * Runs training steps `first` to `first + count − 1` of an epoch, as thread `thread` of
 * `plan.threads`, all of which make the same call. Ends early, after a whole step, when asked to or
 * when the loss is no longer finite.
 */
export function train(plan: Plan, thread: i32, first: i32, count: i32): void {
  const end = first + count;
  enter(plan, thread, first);
  for (let step = first; step < end; step++) {
    const rows = batchRows(plan, step);
    const rest = forwardSparse(plan, thread, step);
    propagate(plan, thread, step, rest, step + 1 < end);
    backwardSparse(plan, thread, rows);
    const coming = step + 1 < end ? countSharedChunks(plan, step + 1) : 0;
    const descents = countDescentTiles(plan);
    const tiles = coming + 1 + descents;
    for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
      if (TRACED) begin(tile < coming ? COMPRESS : UPDATE);
      if (tile < coming) compress(plan, thread, step + 1, tile);
      else if (tile == coming) endIfDiverged(plan, total(plan, step, rows));
      else descend(plan, thread, step, tile - coming - 1, rows);
    }
    if (step + 1 < end) compressAlone(plan, thread, step + 1);
    meet(plan);
    if (plan.squares) clipTiles(plan, thread, step, descents);
    if (plan.maxNorm > 0) constrainTiles(plan, thread, step, descents);
    if (isPaused(plan.team)) return;
    if (thread == 0) reportCompleted(plan.team, step + 1);
    if (isStopping(plan.team)) break;
  }
  leave(plan, thread);
}

/**
 * Steps `first` to `first + count − 1` without learning, as `train` takes them: losses, predictions and totals only.
 */
export function evaluate(plan: Plan, thread: i32, first: i32, count: i32): void {
  const end = first + count;
  enter(plan, thread, first);
  for (let step = first; step < end; step++) {
    const rows = batchRows(plan, step);
    const rest = forwardSparse(plan, thread, step);
    const coming = step + 1 < end ? countSharedChunks(plan, step + 1) : 0;
    const size = chunkRows(plan, rows);
    const chunks = coming + ceilingDivide(rows, size);
    for (
      let chunk = next(plan, thread, chunks);
      chunk < chunks;
      chunk = next(plan, thread, chunks)
    ) {
      if (TRACED) begin(chunk < coming ? COMPRESS : FORWARD);
      if (chunk < coming) {
        compress(plan, thread, step + 1, chunk);
      } else {
        const row = (chunk - coming) * size;
        forward(plan, thread, step, row, min(size, rows - row), rest);
      }
    }
    if (step + 1 < end) compressAlone(plan, thread, step + 1);
    meet(plan);
    if (isPaused(plan.team)) return;
    if (thread == 0) {
      total(plan, step, rows);
      reportCompleted(plan.team, step + 1);
    }
    if (isStopping(plan.team)) return;
  }
}

/**
 * What the network says of the first `rows` rows of `batchInputs`, left in the last layer's
 * activations: probabilities where the loss takes logits.
 */
export function predict(plan: Plan, rows: i32): void {
  if (rows == 1) {
    forwardRow(plan);
  } else {
    prepare(plan);
    forwardLayers(plan, 0, 0, 0, rows, 0, plan.layerCount);
  }
  normalize(plan, rows);
}

/**
 * What the network says of all samples of steps `first` to `first + count − 1`, left in `outputs`.
 *
 * Behind `plan` every thread has one of its own, for a team of one, with buffers of its own: it passes batch after
 * batch from inputs to outputs and meets nobody on the way. Only the packed weights are everybody's: they are
 * packed first, for which all wait, unless `plan.weightsKept` says that a run before has done so. Ends early when
 * asked to, some batches left out.
 */
export function predictAll(plan: Plan, thread: i32, first: i32, count: i32): void {
  // `plan.batchKept` is set: the plan itself has no batch to compress.
  enter(plan, thread, first);
  const own = changetype<Plan>(changetype<usize>(plan) + <usize>(thread + 1) * offsetof<Plan>());
  for (let step = next(plan, thread, count); step < count; step = next(plan, thread, count)) {
    if (isStopRequested(plan.team)) return;
    predictStep(own, first + step);
  }
  if (thread == 0) reportCompleted(plan.team, first + count);
}

function predictStep(plan: Plan, step: i32): void {
  const rows = batchRows(plan, step);
  const output = layerAt(plan, plan.layerCount - 1);
  output.activations = plan.outputs + <usize>(step * plan.batchSize * output.units) * FLOAT;
  if (plan.inputsAreFinite) checkInputs(plan, step);
  if (isSparse(plan, 0)) compress(plan, 0, step, 0);
  forwardChunks(plan, 0, step, forwardSparse(plan, 0, step), plan.layerCount);
  normalize(plan, rows);
}

/** The last layer's activations become what the network says: probabilities where the loss takes logits. */
function normalize(plan: Plan, rows: i32): void {
  const output = layerAt(plan, plan.layerCount - 1);
  const outputs = output.activations;
  if (plan.loss == CROSS_ENTROPY) softmax(outputs, outputs, rows, output.units);
  if (plan.loss == BINARY_CROSS_ENTROPY) logistic(outputs, rows * output.units);
}

/** The second phase: chunks of this batch from layer `first` on and back, and the inputs of the next. */
function propagate(plan: Plan, thread: i32, step: i32, first: i32, more: bool): void {
  const rows = batchRows(plan, step);
  const size = chunkRows(plan, rows);
  const coming = more ? countPreparedTiles(plan, step + 1) : 0;
  const tiles = coming + ceilingDivide(rows, size);
  for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
    if (tile < coming) {
      if (TRACED) begin(AUGMENT);
      prepareInputs(plan, thread, step + 1, tile);
    } else {
      const row = (tile - coming) * size;
      const count = min(size, rows - row);
      if (TRACED) begin(FORWARD);
      forward(plan, thread, step, row, count, first);
      if (TRACED) begin(BACKWARD);
      backward(plan, thread, plan.layerCount - 1, row, count, rows);
    }
  }
  meet(plan);
}

/** The activations up to the last layer over compressed inputs; returns the first layer behind it. */
function forwardSparse(plan: Plan, thread: i32, step: i32): i32 {
  const rows = batchRows(plan, step);
  let first = 0;
  for (let index = 0; index < plan.layerCount; index++) {
    if (!isSparse(plan, index)) continue;
    if (first < index) forwardChunks(plan, thread, step, first, index);
    const layer = layerAt(plan, index);
    if (index > 0) {
      const activations = layerAt(plan, index - 1).activations;
      compressChunks(plan, thread, layer.sparseInputs, activations, rows);
    }
    const tiles = countSparseTiles(rows, layer.units);
    for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
      if (TRACED) begin(FORWARD);
      forwardSparseTile(plan, thread, step, index, tile);
    }
    meet(plan);
    first = index + 1;
  }
  return first;
}

/** The activations of the dense layers `first` to `end − 1`. */
function forwardChunks(plan: Plan, thread: i32, step: i32, first: i32, end: i32): void {
  const rows = batchRows(plan, step);
  const size = chunkRows(plan, rows);
  const chunks = ceilingDivide(rows, size);
  for (let chunk = next(plan, thread, chunks); chunk < chunks; chunk = next(plan, thread, chunks)) {
    const row = chunk * size;
    if (TRACED) begin(FORWARD);
    forwardRows(plan, thread, step, row, min(size, rows - row), first, end);
  }
  meet(plan);
}

/** Every ∂L/∂z below the first, from the top, that is compressed. */
function backwardSparse(plan: Plan, thread: i32, rows: i32): void {
  let index = endOfDense(plan, plan.layerCount - 1);
  while (index > 0) {
    const layer = layerAt(plan, index);
    compressChunks(plan, thread, layer.sparseGradient, layer.gradient, rows);
    const tiles = countSparseTiles(rows, layer.inputs);
    for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
      if (TRACED) begin(BACKWARD);
      backwardSparseTile(plan, thread, index, tile, rows);
    }
    meet(plan);
    index -= 1;
    const end = endOfDense(plan, index);
    if (end < index) backwardChunks(plan, thread, index, rows);
    index = end;
  }
}

/** Every ∂L/∂z that dense products lead to from that of layer `from`. */
function backwardChunks(plan: Plan, thread: i32, from: i32, rows: i32): void {
  const size = chunkRows(plan, rows);
  const chunks = ceilingDivide(rows, size);
  for (let chunk = next(plan, thread, chunks); chunk < chunks; chunk = next(plan, thread, chunks)) {
    const row = chunk * size;
    if (TRACED) begin(BACKWARD);
    backward(plan, thread, from, row, min(size, rows - row), rows);
  }
  meet(plan);
}

/** Compresses a matrix `[rows, units]` that the phase before has computed. */
function compressChunks(plan: Plan, thread: i32, batch: usize, matrix: usize, rows: i32): void {
  const chunks = ceilingDivide(rows, SPARSE_ROWS);
  for (let chunk = next(plan, thread, chunks); chunk < chunks; chunk = next(plan, thread, chunks)) {
    if (TRACED) begin(COMPRESS);
    compressRows(changetype<SparseBatch>(batch), matrix, chunk, rows);
  }
  meet(plan);
}

function clipTiles(plan: Plan, thread: i32, step: i32, tiles: i32): void {
  if (TRACED) begin(UPDATE);
  const scale = clipScale(plan);
  for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
    clip(plan, step, tile, scale);
  }
  meet(plan);
}

function constrainTiles(plan: Plan, thread: i32, step: i32, tiles: i32): void {
  for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
    if (TRACED) begin(UPDATE);
    constrain(plan, thread, step, tile);
  }
  meet(plan);
}

/** Rows of a chunk: of a small batch, so few that every thread has one; whole tiles of 4. */
function chunkRows(plan: Plan, rows: i32): i32 {
  return min(CHUNK_ROWS, ceilingDivide(ceilingDivide(rows, plan.threads), 4) * 4);
}

/** The next of `count` chunks or tiles for this thread. */
function next(plan: Plan, thread: i32, count: i32): i32 {
  return claim(plan.team, thread, plan.threads, count);
}

function meet(plan: Plan): void {
  barrier(plan.team, plan.threads, plan.spins);
}

/** Before the first step: the order of the samples, the packed weights, the first batch; unless they are kept. */
function enter(plan: Plan, thread: i32, first: i32): void {
  if (thread == 0 && !isBegun(plan.team)) {
    if (TRACED) begin(PREPARE);
    if (first == 0 && plan.order) {
      shuffle(plan.order, plan.samples, plan.seed, plan.epoch, threadScratch(plan, 0));
    }
    if (plan.weightsKept == 0) prepare(plan);
  }
  // There is nothing to wait for, then; without threads the claims begin anew here.
  if (ASC_FEATURE_THREADS && plan.weightsKept) return;
  meet(plan);
  if (plan.batchKept) return;
  const tiles = countPreparedTiles(plan, first);
  for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
    if (TRACED) begin(AUGMENT);
    prepareInputs(plan, thread, first, tile);
  }
  meet(plan);
  compressAlone(plan, thread, first);
  const chunks = countSharedChunks(plan, first);
  for (let chunk = next(plan, thread, chunks); chunk < chunks; chunk = next(plan, thread, chunks)) {
    if (TRACED) begin(COMPRESS);
    compress(plan, thread, first, chunk);
  }
  meet(plan);
}

/** Packs every layer's weights: they may have changed since the plan was last used. */
function prepare(plan: Plan): void {
  for (let index = 0; index < plan.layerCount; index++) packWeights(plan, index);
}

/** After the last step: a sparse layer has learned in blocks, and only now its weights follow. */
function leave(plan: Plan, thread: i32): void {
  if (TRACED) begin(PREPARE);
  for (let index = 0; index < plan.layerCount; index++) {
    if (index % plan.threads != thread || !isSparse(plan, index)) continue;
    const layer = layerAt(plan, index);
    unpackBlocks(layer.weights, layer.packedWeights, layer.inputs, layer.units);
  }
}

/** Stores a step's loss and correct samples; returns the loss. */
function total(plan: Plan, step: i32, rows: i32): f64 {
  const position = (<usize>(step * plan.batchSize)) << 2;
  const totals = plan.totals + <usize>step * TOTALS_BYTES;
  const loss = sumOfLosses(plan.losses + position, rows);
  store<f64>(totals, loss);
  store<i32>(totals, countCorrect(plan.predicted + position, plan.targets + position, rows), 8);
  return loss;
}

/** Nothing can come of a loss that is not finite, and what led to it is still in the buffers. */
function endIfDiverged(plan: Plan, loss: f64): void {
  // NaN and ∞ less themselves are not 0.
  if (loss - loss != 0) requestStop(plan.team);
}
