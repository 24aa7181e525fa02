/**
 * The module's exports: its whole interface to the world. Pointers are byte offsets into the one
 * imported memory. Nothing is checked here: the caller has checked shapes and bounds.
 */
export {
  biasIdentity,
  biasRelu,
  biasSigmoid,
  biasTanh,
  reluBackward,
  sigmoidBackward,
  tanhBackward,
} from "./activation";
export { barrier, claim } from "./barrier";
export { gatherBytes, gatherFloats, gatherLabels } from "./batch";
export { compressChunk, countNonZeroBytes, countNonZeroFloats } from "./compress";
export { expInto, logInto, sigmoidInto, tanhInto } from "./elementwise";
export { gemmNN, gemmNT, gemmTN, gemmWorkspace, packedBytes, scratchBytes } from "./gemm";
export { softmax, softmaxCrossEntropy } from "./loss";
export { columnSums, countCorrect, sumOfLosses } from "./metrics";
export { sgd } from "./optimizer";
export { multiplyAddPeak, operationsPerIteration } from "./peak";
export { fillNormal, fillUniform, normalQuantile, philox, shuffle } from "./random";
export {
  blockedBytes,
  descendSparse,
  multiplySparse,
  packBlocks,
  unpackBlocks,
} from "./sparse";
export { evaluate, predict, train } from "./step";
