/** Where the files lie that the library loads by itself, for programs that move them. */
import { checkType } from "../arguments.js";

/** What may be loaded: one of the builds, and on pages with threads the workers' script. */
export type EngineFile =
  | "wasmlp.wasm"
  | "wasmlp.relaxed.wasm"
  | "wasmlp.threads.wasm"
  | "wasmlp.threads.relaxed.wasm"
  | "worker.js";

/** The address of a file, absolute or relative to the page; undefined: beside the library, as in the package. */
export type FileLocator = (file: EngineFile) => string | URL | undefined;

let locator: FileLocator = () => undefined;

/**
 * Says where the WebAssembly modules and the workers' script (`build/browser/worker.js` of the package) are, for pages on which
 * they do not lie beside the library: behind a content delivery network, or where a bundler renames them. To be
 * called before the first model is made; holds for the whole program.
 */
export function locateFiles(locate: FileLocator): void {
  checkType("locate", locate, "function");
  locator = locate;
}

/** Where the program says that a file is, if it says so. */
export function locationOf(file: EngineFile): URL | undefined {
  const location = locator(file);
  return location === undefined ? undefined : new URL(location, globalThis.location?.href);
}
