/**
 * A module of its own that `wasmlp profile` measures with: the streams that the roof's bandwidth comes
 * from, and what a compiler makes of plain loops over numbers, without SIMD and without blocking. What
 * trains has no use for it.
 */

export {
  activateRelu,
  activateTanh,
  adam,
  columnSums,
  differentiateTanh,
  gemmNN,
  gemmNT,
  gemmTN,
  momentum,
  sgd,
  softmaxCrossEntropy,
  sparseForward,
  sparseGradient,
  sumOfSquares,
  transpose,
} from "./scalar";
export { readStream, updateStream } from "./stream";
