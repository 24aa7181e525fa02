/**
 * The exports of the WebAssembly module as TypeScript sees them, one entry for each line of
 * `assembly/index.ts`; shapes and layouts are described there. A `Pointer` is a byte offset into
 * linear memory. Nothing is checked on the other side: shapes and bounds are the caller's.
 */

/** A byte offset into linear memory. */
export type Pointer = number;

/** a = f(z + bias), both `[rows, units]`, rows `aStride` and `zStride` floats apart. */
type BiasActivation = (
  a: Pointer,
  aStride: number,
  z: Pointer,
  zStride: number,
  bias: Pointer,
  rows: number,
  units: number,
) => void;
/** ∂L/∂a becomes ∂L/∂z in place. */
type ActivationBackward = (gradient: Pointer, a: Pointer, count: number) => void;
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
  readonly biasIdentity: BiasActivation;
  readonly biasRelu: BiasActivation;
  readonly biasSigmoid: BiasActivation;
  readonly biasTanh: BiasActivation;
  readonly reluBackward: ActivationBackward;
  readonly sigmoidBackward: ActivationBackward;
  readonly tanhBackward: ActivationBackward;
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
  // compress.ts; `batch` is a SparseBatch
  readonly compressChunk: (
    batch: Pointer,
    chunk: number,
    inputs: Pointer,
    inputsAreBytes: 0 | 1,
    order: Pointer,
    position: number,
    rows: number,
  ) => void;
  readonly countNonZeroBytes: (bytes: Pointer, count: number) => number;
  readonly countNonZeroFloats: (values: Pointer, count: number) => number;
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
    weight: number,
  ) => void;
  // metrics.ts
  readonly columnSums: (sums: Pointer, matrix: Pointer, rows: number, columns: number) => void;
  readonly countCorrect: (predicted: Pointer, labels: Pointer, count: number) => number;
  readonly sumOfLosses: (losses: Pointer, count: number) => number;
  // optimizer.ts
  readonly sgd: (
    parameters: Pointer,
    gradient: Pointer,
    count: number,
    learningRate: number,
  ) => void;
  // peak.ts
  readonly multiplyAddPeak: (iterations: number, a: number, b: number) => number;
  readonly operationsPerIteration: () => number;
  // random.ts
  readonly fillNormal: FillRandom;
  readonly fillUniform: FillRandom;
  readonly normalQuantile: (p: number) => number;
  readonly philox: (
    words: Pointer,
    counter0: number,
    counter1: number,
    counter2: number,
    counter3: number,
    key0: number,
    key1: number,
  ) => void;
  readonly shuffle: (
    order: Pointer,
    samples: number,
    seed: number,
    epoch: number,
    words: Pointer,
  ) => void;
  // sparse.ts; `batch` is a SparseBatch
  readonly blockedBytes: (rows: number, units: number) => number;
  readonly descendSparse: (
    weights: Pointer,
    gradient: Pointer,
    batch: Pointer,
    chunks: number,
    firstFeature: number,
    lastFeature: number,
    learningRate: number,
    sums: Pointer,
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
  readonly unpackBlocks: (matrix: Pointer, blocked: Pointer, rows: number, units: number) => void;
  // step.ts
  readonly evaluate: Steps;
  readonly predict: (plan: Pointer, rows: number) => void;
  readonly train: Steps;
}
