/** The traced builds of `asconfig.trace.json`: the same kernels, which say what they are about to do. */
import type { Execution } from "./execution.js";
import { compileUrl, instantiateModule } from "./instantiate.js";
import type { Kernels } from "./kernels.js";

/** Literal, so that bundlers find the files. */
const URLS = {
  plain: new URL("../../build/wasmlp.threads.trace.wasm", import.meta.url),
  relaxed: new URL("../../build/wasmlp.threads.relaxed.trace.wasm", import.meta.url),
} as const;

/** @throws EngineError "unsupported-host" when the host does not compile the module. */
export function compileTracedModule(simd: Execution["simd"]): Promise<WebAssembly.Module> {
  return compileUrl(URLS[simd]);
}

/** @param begin called with the number of each phase when it begins (`assembly/trace.ts`) */
export function instantiateTracedKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  begin: (phase: number) => void,
): Promise<Kernels> {
  return instantiateModule<Kernels>(module, memory, { trace: { begin } });
}
