/** Compiles the WebAssembly module once, and instantiates it over a given memory. */
import { instantiate as instantiateWithLoader } from "@assemblyscript/loader";
import { EngineError } from "../errors.js";
import type { Kernels } from "./kernels.js";

/** From `src/engine` and from `build/engine` alike. */
const MODULE_URL = new URL("../../build/wasmlp.wasm", import.meta.url);

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The kernels, working on `memory`.
 *
 * @throws EngineError "unsupported-host" when the host has no WebAssembly SIMD.
 */
export async function instantiate(memory: WebAssembly.Memory): Promise<Kernels> {
  compiled ??= compile();
  const { exports } = await instantiateWithLoader<Record<keyof Kernels, unknown>>(await compiled, {
    env: { memory },
  });
  return exports as unknown as Kernels;
}

async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await readModule());
  } catch (cause) {
    compiled = undefined;
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    throw new EngineError(
      "unsupported-host",
      `the WebAssembly module did not compile (${cause.message}), expected a host with 128-bit SIMD`,
      { cause },
    );
  }
}

/**
 * In Node the module is a file, elsewhere something to fetch. `getBuiltinModule` keeps the import
 * of `node:fs` out of sight of browser bundlers.
 */
async function readModule(): Promise<BufferSource> {
  if (MODULE_URL.protocol === "file:") {
    const { readFile } = process.getBuiltinModule("node:fs/promises");
    return readFile(MODULE_URL);
  }
  const response = await fetch(MODULE_URL);
  if (!response.ok) {
    throw new EngineError(
      "unsupported-host",
      `${MODULE_URL.href}: the server answered ${response.status}, expected the WebAssembly module`,
    );
  }
  return response.arrayBuffer();
}
