/** The ways in which one kernel is run side by side. */

/**
 * - "javascript": a plain loop on `Float32Array`
 * - "scalar": the same loop in WebAssembly, without SIMD
 * - "simd": the kernel that training uses, on plain 128-bit SIMD
 * - "relaxed": the same with relaxed SIMD's fused multiply-add
 */
export const WAYS = ["javascript", "scalar", "simd", "relaxed"] as const;

/** One of the ways in which a kernel is run. */
export type Way = (typeof WAYS)[number];

/** Instructions and threads with which a kernel is run. */
export interface Variant {
  /** By which loop and instructions. */
  readonly way: Way;
  /** So many threads at once, each calling the kernel on arrays of its own. */
  readonly threads: number;
}

/** Whether it is what training runs. */
export function isSimd({ way }: Pick<Variant, "way">): boolean {
  return way === "simd" || way === "relaxed";
}

/** "relaxed", or "relaxed × 2" on two threads. */
export function variantName({ way, threads }: Variant): string {
  return threads === 1 ? way : `${way} × ${threads}`;
}
