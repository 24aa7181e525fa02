/**
 * The exports of the WebAssembly module as TypeScript sees them, one entry for each line of
 * `assembly/index.ts`; shapes and layouts are described there. A `Pointer` is a byte offset into
 * linear memory. Nothing is checked on the other side: shapes and bounds are the caller's.
 */

/** A byte offset into linear memory. */
export type Pointer = number;

type Elementwise = (target: Pointer, source: Pointer, count: number) => void;
type Gemm = (
  c: Pointer,
  a: Pointer,
  b: Pointer,
  workspace: Pointer,
  rows: number,
  columns: number,
  depth: number,
  accumulate: 0 | 1,
) => void;
type Gather = (
  batch: Pointer,
  inputs: Pointer,
  order: Pointer,
  first: number,
  rows: number,
  features: number,
  scale: number,
) => void;
type ElementwiseLoss = (
  gradient: Pointer,
  losses: Pointer,
  outputs: Pointer,
  targets: Pointer,
  rows: number,
  units: number,
  weight: number,
) => void;
type Philox = (
  words: Pointer,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
) => void;
type FillRandom = (
  target: Pointer,
  count: number,
  scale: number,
  seed: number,
  layer: number,
  words: Pointer,
) => void;
type Steps = (plan: Pointer, thread: number, first: number, count: number) => void;

export interface Kernels {
  // activation.ts
  readonly activate: (
    activation: number,
    a: Pointer,
    factors: Pointer,
    aStride: number,
    z: Pointer,
    zStride: number,
    bias: Pointer,
    rows: number,
    units: number,
  ) => void;
  readonly differentiate: (
    activation: number,
    gradient: Pointer,
    a: Pointer,
    factors: Pointer,
    count: number,
  ) => void;
  // augment.ts; `augmentation` is an Augmentation
  readonly augmentationScratchBytes: (width: number, height: number) => number;
  readonly augmentRows: (
    target: Pointer,
    augmentation: Pointer,
    inputs: Pointer,
    order: Pointer,
    position: number,
    rows: number,
    seed: number,
    epoch: number,
    scratch: Pointer,
  ) => void;
  readonly prepareFilter: (filter: Pointer, size: number, sigma: number) => void;
  readonly filterBytes: (size: number) => number;
  // barrier.ts
  readonly barrier: (team: Pointer, threads: number, spins: number) => void;
  readonly claim: (team: Pointer, thread: number, threads: number, count: number) => number;
  // batch.ts
  readonly gatherBytes: Gather;
  readonly gatherFloats: Gather;
  readonly gatherLabels: (
    batch: Pointer,
    labels: Pointer,
    order: Pointer,
    first: number,
    rows: number,
  ) => void;
  readonly labelTargets: (targets: Pointer, labels: Pointer, rows: number, units: number) => void;
  // compress.ts; `batch` is a SparseBatch
  readonly compressChunk: (
    batch: Pointer,
    chunk: number,
    inputs: Pointer,
    inputsAreBytes: 0 | 1,
    scale: number,
    order: Pointer,
    position: number,
    rows: number,
  ) => void;
  readonly countNonZeroBytes: (bytes: Pointer, count: number) => number;
  readonly countNonZeroFloats: (values: Pointer, count: number) => number;
  // dropout.ts
  readonly dropBytes: (
    values: Pointer,
    rows: number,
    features: number,
    position: number,
    threshold: number,
    seed: number,
    epoch: number,
    words: Pointer,
  ) => void;
  readonly dropUnits: (
    values: Pointer,
    factors: Pointer,
    stride: number,
    rows: number,
    units: number,
    firstUnit: number,
    position: number,
    layer: number,
    threshold: number,
    scale: number,
    seed: number,
    epoch: number,
    words: Pointer,
  ) => void;
  // elementwise.ts
  readonly expInto: Elementwise;
  readonly logInto: Elementwise;
  readonly sigmoidInto: Elementwise;
  readonly tanhInto: Elementwise;
  // gemm.ts
  readonly gemmNN: Gemm;
  readonly gemmNT: Gemm;
  readonly gemmTN: Gemm;
  readonly gemmWorkspace: (columns: number, depth: number) => number;
  readonly scratchBytes: () => number;
  readonly packedBytes: (depth: number, columns: number) => number;
  // loss.ts
  readonly binaryCrossEntropy: ElementwiseLoss;
  readonly classify: (
    predicted: Pointer,
    outputs: Pointer,
    rows: number,
    units: number,
    threshold: number,
  ) => void;
  readonly logistic: (values: Pointer, count: number) => void;
  readonly softmax: (
    probabilities: Pointer,
    logits: Pointer,
    rows: number,
    classes: number,
  ) => void;
  readonly softmaxCrossEntropy: (
    gradient: Pointer,
    losses: Pointer,
    predicted: Pointer,
    logits: Pointer,
    labels: Pointer,
    rows: number,
    classes: number,
    smoothing: number,
    weight: number,
  ) => void;
  readonly squaredError: ElementwiseLoss;
  // maxNorm.ts
  readonly columnSquares: (
    squares: Pointer,
    matrix: Pointer,
    rows: number,
    columns: number,
  ) => void;
  readonly normFactors: (
    factors: Pointer,
    squares: Pointer,
    stride: number,
    tiles: number,
    columns: number,
    limit: number,
  ) => number;
  readonly scaleColumns: (matrix: Pointer, factors: Pointer, rows: number, columns: number) => void;
  // metrics.ts
  readonly columnSums: (sums: Pointer, matrix: Pointer, rows: number, columns: number) => void;
  readonly countCorrect: (predicted: Pointer, labels: Pointer, count: number) => number;
  readonly sumOfLosses: (losses: Pointer, count: number) => number;
  // optimizer.ts; `settings` is a StepSettings
  readonly follow: (average: Pointer, parameters: Pointer, count: number, rate: number) => void;
  readonly sumOfSquares: (values: Pointer, count: number) => number;
  readonly update: (
    optimizer: number,
    parameters: Pointer,
    gradient: Pointer,
    first: Pointer,
    second: Pointer,
    count: number,
    settings: Pointer,
    scale: number,
    retained: number,
  ) => void;
  // peak.ts
  readonly multiplyAddPeak: (iterations: number, a: number, b: number) => number;
  readonly operationsPerIteration: () => number;
  // philox4.ts
  readonly philox4: Philox;
  // random.ts
  readonly fillNormal: FillRandom;
  readonly fillUniform: FillRandom;
  readonly normalQuantile: (p: number) => number;
  readonly philox: Philox;
  readonly shuffle: (
    order: Pointer,
    samples: number,
    seed: number,
    epoch: number,
    words: Pointer,
  ) => void;
  // sparse.ts; `batch` is a SparseBatch
  readonly blockedBytes: (rows: number, units: number) => number;
  readonly gradientSparse: (
    sums: Pointer,
    gradient: Pointer,
    batch: Pointer,
    chunks: number,
    firstFeature: number,
    lastFeature: number,
  ) => void;
  readonly multiplySparse: (
    z: Pointer,
    batch: Pointer,
    chunk: number,
    weights: Pointer,
    rows: number,
  ) => void;
  readonly packBlocks: (
    blocked: Pointer,
    matrix: Pointer,
    first: number,
    count: number,
    rows: number,
    units: number,
  ) => void;
  readonly transposeBlock: (
    transposed: Pointer,
    block: Pointer,
    first: number,
    count: number,
    unit: number,
    units: number,
    columns: number,
  ) => void;
  readonly unpackBlocks: (matrix: Pointer, blocked: Pointer, rows: number, units: number) => void;
  // step.ts
  readonly evaluate: Steps;
  readonly predict: (plan: Pointer, rows: number) => void;
  readonly predictAll: Steps;
  readonly train: Steps;
}
