/** Relaxed SIMD on versions of Node that have it behind a flag. */
import { setFlagsFromString } from "node:v8";

/**
 * Switches relaxed SIMD on where V8 knows it but does not enable it by itself: Node 20. To be called
 * before the first module is compiled, and by programs only, not by libraries: the flag is the whole
 * process's.
 */
export function enableRelaxedSimd(): void {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
