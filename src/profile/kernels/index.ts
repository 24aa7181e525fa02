/** Every kernel that the profile measures, in the order of a training step. */
import type { ProfiledKernel } from "../kernel.js";
import { AUGMENTATION } from "./augmentation.js";
import { ELEMENTWISE } from "./elementwise.js";
import { GEMM } from "./gemm.js";
import { OPTIMIZER } from "./optimizer.js";
import { REDUCTION } from "./reduction.js";
import { SPARSE } from "./sparse.js";

/** All that can be profiled, in the order in which profiles show them. */
export const KERNELS: readonly ProfiledKernel[] = [
  ...GEMM,
  ...SPARSE,
  ...ELEMENTWISE,
  ...OPTIMIZER,
  ...REDUCTION,
  ...AUGMENTATION,
];
