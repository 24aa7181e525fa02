/** What this host can do, found out by asking it. */

export interface Features {
  /** Threads can share one linear memory. */
  readonly sharedMemory: boolean;
  /** Fused multiply-add and other instructions whose rounding differs between machines. */
  readonly relaxedSimd: boolean;
  /** Processor cores that the host admits to. */
  readonly cores: number;
}

/**
 * A module with one function that uses `f32x4.relaxed_madd`:
 *
 *   (module (func (result v128)
 *     i32.const 0 i8x16.splat  i32.const 0 i8x16.splat  i32.const 0 i8x16.splat
 *     f32x4.relaxed_madd))
 */
const RELAXED_SIMD_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // types: () → v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one of that type
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // code: one body of 17 bytes, no locals
  ...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f],
  ...[0xfd, 0x85, 0x02, 0x0b],
);

/** Asked afresh each time: a program may switch features on while it starts. */
export function detectFeatures(): Features {
  return {
    sharedMemory: canShareMemory(),
    relaxedSimd: typeof WebAssembly !== "undefined" && WebAssembly.validate(RELAXED_SIMD_PROBE),
    cores: countCores(),
  };
}

/**
 * A page that is not cross-origin isolated can make a shared memory but not hand it to a worker, so
 * trying is no proof.
 */
function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  return isNode() || globalThis.crossOriginIsolated === true;
}

function countCores(): number {
  if (isNode()) return process.getBuiltinModule("node:os").availableParallelism();
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Node, and hosts that offer its modules. */
export function isNode(): boolean {
  return typeof process !== "undefined" && typeof process.getBuiltinModule === "function";
}
