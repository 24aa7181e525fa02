/**
 * The module's exports: its whole interface to the world. Pointers are byte offsets into the one
 * imported memory. Nothing is checked here: the caller has checked shapes and bounds.
 */
export { activate, differentiate } from "./activation";
export {
  augmentationScratchBytes,
  augmentRows,
  filterBytes,
  prepareFilter,
} from "./augment";
export { barrier, claim } from "./barrier";
export { gatherBytes, gatherFloats, gatherLabels, labelTargets } from "./batch";
export { compressChunk, countNonZeroBytes, countNonZeroFloats } from "./compress";
export { dropBytes, dropUnits } from "./dropout";
export { expInto, logInto, sigmoidInto, tanhInto } from "./elementwise";
export { gemmNN, gemmNT, gemmTN, gemmWorkspace, packedBytes, scratchBytes } from "./gemm";
export {
  binaryCrossEntropy,
  classify,
  logistic,
  softmax,
  softmaxCrossEntropy,
  squaredError,
} from "./loss";
export { columnSquares, normFactors, scaleColumns } from "./maxNorm";
export { columnSums, countCorrect, sumOfLosses } from "./metrics";
export { follow, sumOfSquares, update } from "./optimizer";
export { multiplyAddPeak, operationsPerIteration } from "./peak";
export { philox4 } from "./philox4";
export { fillNormal, fillUniform, normalQuantile, philox, shuffle } from "./random";
export {
  blockedBytes,
  gradientSparse,
  multiplySparse,
  packBlocks,
  transposeBlock,
  unpackBlocks,
} from "./sparse";
export { evaluate, predict, predictAll, train } from "./step";
