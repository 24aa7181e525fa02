/** Where the files lie that the library loads by itself, for programs that move them. */
import { checkType } from "../arguments.js";
import { OptionError } from "../errors.js";

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
 * Says where the WebAssembly modules and the workers' script (`build/browser/worker.js` of the package) are, for
 * programs in which they do not lie as in the package: behind a content delivery network, or where a bundler took in
 * the library alone. To be called before the first model is made; holds for the whole program.
 *
 * @throws OptionError when `locate` is no function.
 */
export function locateFiles(locate: FileLocator): void {
  checkType("locate", locate, "function");
  locator = locate;
}

/**
 * Where the program says that a file is, if it says so.
 *
 * @throws OptionError when what it says is no address.
 */
export function locationOf(file: EngineFile): URL | undefined {
  const location = locator(file);
  if (location === undefined) return undefined;
  try {
    return new URL(location, globalThis.location?.href);
  } catch (cause) {
    throw new OptionError(
      `locateFiles says "${location}" of ${file}, expected an address, in Node of the form file:///…`,
      { cause },
    );
  }
}
