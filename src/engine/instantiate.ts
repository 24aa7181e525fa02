/** Compiles the WebAssembly modules, each once, and instantiates them over a given memory. */
import { EngineError } from "../errors.js";
import type { Execution } from "./execution.js";
import { isNode } from "./features.js";
import type { Kernels } from "./kernels.js";
import { locationOf } from "./locate.js";

/** Which of the builds of `asconfig.json`. */
export type Build = Pick<Execution, "simd" | "memory">;

/** The same from `src/engine` and from `build/engine`; literal, so that bundlers find the files. */
const URLS = {
  plain: {
    private: new URL("../../build/wasmlp.wasm", import.meta.url),
    shared: new URL("../../build/wasmlp.threads.wasm", import.meta.url),
  },
  relaxed: {
    private: new URL("../../build/wasmlp.relaxed.wasm", import.meta.url),
    shared: new URL("../../build/wasmlp.threads.relaxed.wasm", import.meta.url),
  },
} as const;

const NAMES = {
  plain: { private: "wasmlp.wasm", shared: "wasmlp.threads.wasm" },
  relaxed: { private: "wasmlp.relaxed.wasm", shared: "wasmlp.threads.relaxed.wasm" },
} as const;

/** What HTML begins with. */
const LESS_THAN = 0x3c;

const VITE_HINT = '; in Vite: optimizeDeps: { exclude: ["wasmlp"] }';

/** By address. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** @throws EngineError "unsupported-host" when the host does not compile the module. */
export function compileModule(build: Build): Promise<WebAssembly.Module> {
  return compileUrl(moduleUrl(build));
}

/** Where that build lies. */
export function moduleUrl({ simd, memory }: Build): URL {
  return locationOf(NAMES[simd][memory]) ?? URLS[simd][memory];
}

/** The same of any module. */
export function compileUrl(url: URL): Promise<WebAssembly.Module> {
  let module = compiled.get(url.href);
  if (module === undefined) {
    module = compile(url);
    // A failure, of the network for instance, may pass.
    module.catch(() => compiled.delete(url.href));
    compiled.set(url.href, module);
  }
  return module;
}

/** The kernels of a module, working on `memory`. */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Kernels> {
  return instantiateModule<Kernels>(module, memory);
}

/**
 * The exports of a module; only traced builds import more than a memory. In Node by AssemblyScript's loader, at once:
 * its asynchronous way asks for the global `Response`, which has Node load all of its HTTP client, tens of
 * milliseconds of it. Pages do without the loader, a tenth of all that they would fetch: what it adds to
 * WebAssembly's own way is for managed objects, of which these modules have none.
 */
export async function instantiateModule<Exports extends object>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  imports: Record<string, Record<string, unknown>> = {},
): Promise<Exports> {
  const all = { ...imports, env: { memory } };
  if (!isNode()) return (await WebAssembly.instantiate(module, all)).exports as Exports;
  const { instantiateSync } = await import("@assemblyscript/loader");
  return instantiateSync<Exports & Record<string, unknown>>(module, all).exports;
}

/** @throws WebAssembly.CompileError when they are no module of this host. */
export function compileBytes(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytes);
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === "undefined") {
    throw new EngineError(
      "unsupported-host",
      "this host has no WebAssembly, expected one with 128-bit SIMD",
    );
  }
  try {
    return await compileBytes(await readModule(url));
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    throw new EngineError(
      "unsupported-host",
      `the WebAssembly module did not compile (${cause.message}), expected a host with 128-bit SIMD`,
      { cause },
    );
  }
}

/**
 * The bytes of a module: in Node a file, elsewhere something to fetch. `getBuiltinModule` keeps the import of
 * `node:fs` out of sight of browser bundlers, and a file of 48 KB is read sooner than a promise is kept.
 *
 * @throws EngineError "unsupported-host" when it is not there, or something else is.
 */
export async function readModule(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  let found: string;
  let hint = "";
  let cause: unknown;
  try {
    if (url.protocol === "file:" && isNode()) {
      return process.getBuiltinModule("node:fs").readFileSync(url);
    }
    const response = await fetch(url);
    if (response.ok) {
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes[0] === 0) return bytes;
      // Many servers answer with the page what they do not have; Vite before 8 moves the library away from its modules.
      found = bytes[0] === LESS_THAN ? "found a page of HTML" : "found no WebAssembly";
      if (bytes[0] === LESS_THAN) hint = VITE_HINT;
    } else found = `the server answered ${response.status}`;
  } catch (error) {
    cause = error;
    found = String(error);
  }
  throw new EngineError(
    "unsupported-host",
    `${url.href}: ${found}, expected the WebAssembly module there or where locateFiles says${hint}`,
    { cause },
  );
}
