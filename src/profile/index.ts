/** `wasmlp/profile`: how fast kernels are, and how fast they could be. Loads in Node and in browsers. */
export { type Comparison, checkProfile, compareProfiles, parseProfile } from "./compare.js";
export { LOOP_MARK } from "./disassembly/countLoops.js";
export {
  type CompiledWay,
  type DisassembleOptions,
  type Disassembly,
  disassemble,
  type LoopWork,
} from "./disassembly/disassemble.js";
export { type Pressure, VECTOR_REGISTERS } from "./disassembly/liveness.js";
export type { MachineLoop } from "./disassembly/machineLoop.js";
export { type HostDifference, hostDifferences } from "./hostDifferences.js";
export type { ProfiledKernel, Shape, Work } from "./kernel.js";
export { KERNEL_NAMES, kernelsNamed } from "./kernelNames.js";
export { KERNELS } from "./kernels/index.js";
export {
  type Bandwidth,
  checkProfileOptions,
  describeHost,
  type Host,
  type Measurement,
  type Profile,
  type ProfileOptions,
  profile,
  type Roof,
} from "./profile.js";
export { LEVELS, type Level, type MemoryLevel } from "./roofs.js";
export type { Interval } from "./statistics.js";
export type { Timer } from "./timer.js";
export { type Variant, variantName, WAYS, type Way } from "./variant.js";
