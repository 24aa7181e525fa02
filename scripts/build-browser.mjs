/**
 * Bundles what browsers load, of what `tsc` has compiled: `build/browser/wasmlp.js`, the whole library in one
 * file without a bare import, and `worker.js` beside it. Both find the WebAssembly modules in `build/`, by
 * literal `new URL(…, import.meta.url)`, which the bundlers of others follow once more.
 */
import { join } from "node:path";
import { build } from "rolldown";

const built = join(import.meta.dirname, "../build");

/** `input` and `file` are relative to `build/`. */
const BUNDLES = [
  { input: "index.js", file: "browser/wasmlp.js" },
  { input: "engine/worker.js", file: "browser/worker.js" },
];

for (const { input, file } of BUNDLES) {
  await build({
    input: join(built, input),
    platform: "browser",
    logLevel: "warn",
    output: { file: join(built, file), format: "esm", minify: true, codeSplitting: false },
  });
}
