/** The module that `assembly/profile/` is compiled to, as TypeScript sees it. */

import { compileUrl, instantiateModule } from "./instantiate.js";
import type { Pointer } from "./kernels.js";
import { LinearMemory } from "./linearMemory.js";

/** One entry for each line of `assembly/profile/index.ts`; shapes are described there. */
export interface ProfileKernels {
  // stream.ts
  readonly readStream: (values: Pointer, count: number) => number;
  readonly updateStream: (
    target: Pointer,
    source: Pointer,
    count: number,
    a: number,
    passes: number,
  ) => void;
  // scalar.ts
  readonly gemmNN: ScalarGemm;
  readonly gemmNT: ScalarGemm;
  readonly gemmTN: ScalarGemm;
  readonly sparseForward: (
    z: Pointer,
    weights: Pointer,
    starts: Pointer,
    features: Pointer,
    values: Pointer,
    rows: number,
  ) => void;
  readonly sparseGradient: (
    sums: Pointer,
    gradient: Pointer,
    starts: Pointer,
    features: Pointer,
    values: Pointer,
    rows: number,
    featureCount: number,
  ) => void;
  readonly transpose: (target: Pointer, source: Pointer, rows: number, columns: number) => void;
  readonly activateTanh: ScalarActivation;
  readonly activateRelu: ScalarActivation;
  readonly differentiateTanh: (gradient: Pointer, a: Pointer, count: number) => void;
  readonly softmaxCrossEntropy: (
    gradient: Pointer,
    losses: Pointer,
    predicted: Pointer,
    logits: Pointer,
    labels: Pointer,
    rows: number,
    classes: number,
  ) => void;
  readonly sgd: (w: Pointer, g: Pointer, count: number, rate: number) => void;
  readonly momentum: (
    w: Pointer,
    g: Pointer,
    v: Pointer,
    count: number,
    rate: number,
    mu: number,
  ) => void;
  readonly adam: (
    w: Pointer,
    g: Pointer,
    m: Pointer,
    v: Pointer,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ) => void;
  readonly columnSums: (sums: Pointer, matrix: Pointer, rows: number, columns: number) => void;
  readonly sumOfSquares: (sum: Pointer, values: Pointer, count: number) => void;
}

type ScalarGemm = (
  c: Pointer,
  a: Pointer,
  b: Pointer,
  rows: number,
  columns: number,
  depth: number,
) => void;
type ScalarActivation = (
  a: Pointer,
  z: Pointer,
  bias: Pointer,
  rows: number,
  units: number,
) => void;

/** The tables of `Mathf` stand at the beginning of the memory, and nothing else may. */
const TABLES_BYTES = 4096;

export const PROFILE_MODULE_URL = new URL("../../build/wasmlp.profile.wasm", import.meta.url);

/**
 * A fresh instance over a memory of its own.
 *
 * @param module the module of `PROFILE_MODULE_URL`, or one with the same interface; default: the former
 * @throws EngineError "unsupported-host" when the host does not compile the module.
 */
export async function instantiateProfileKernels(module?: WebAssembly.Module): Promise<{
  readonly kernels: ProfileKernels;
  readonly memory: LinearMemory;
}> {
  const memory = new LinearMemory("private");
  memory.allocate(TABLES_BYTES);
  const compiled = module ?? (await compileUrl(PROFILE_MODULE_URL));
  return { kernels: await instantiateModule<ProfileKernels>(compiled, memory.memory), memory };
}
