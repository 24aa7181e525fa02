/**
 * Bundles what `tsc` has compiled. All of it finds the WebAssembly modules, workers and recipes by literal
 * `new URL("../../…", import.meta.url)`, whatever the folder below `build/`.
 *
 * - `build/browser/`: `wasmlp.js`, the whole library in one file without a bare import, and `worker.js` beside it.
 * - `build/bundled/`: the entry points for Node, which share their chunks. A hundred files take Node longer to find
 *   than to run.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";

const built = join(import.meta.dirname, "../build");

/** `input` and `file` are relative to `build/`. */
const BROWSER_BUNDLES = [
  { input: "index.js", file: "browser/wasmlp.js" },
  { input: "engine/worker.js", file: "browser/worker.js" },
];

/** By their names in `build/bundled/`. */
const NODE_ENTRIES = {
  wasmlp: join(built, "index.js"),
  node: join(built, "node/index.js"),
  doctor: join(built, "doctor/index.js"),
  profile: join(built, "profile/index.js"),
  trace: join(built, "trace/index.js"),
  cli: join(built, "cli/main.js"),
};

/** The package, and the chunk that it becomes: its ten files took the command's help 5 ms more to find. */
const COMMANDER = "commander";

/**
 * What is always loaded together: a file costs more than its bytes. Errors are a chunk of their own, since the
 * command's help knows them and nothing else of the library.
 */
const GROUPS = [
  { name: "errors", test: /\/build\/errors\.js$/ },
  {
    name: "start",
    test: /\/build\/(report\/(text|wrap)|node\/relaxedSimd|cli\/(interruption|findings|regression))\.js$/,
  },
  { name: COMMANDER, test: /node_modules\/commander\// },
  {
    name: "library",
    test: /@assemblyscript|\/build\/(index|mlp|((data|engine|model|reference|reproduce|training)\/|doctor\/(?!dump|index)).*)\.js$/,
  },
];

/** Checkpoints are loaded when they are wanted, by pages that are bundled; these bundles have them anyway. */
const checks = { ineffectiveDynamicImport: false };

for (const { input, file } of BROWSER_BUNDLES) {
  await build({
    checks,
    input: join(built, input),
    platform: "browser",
    // Imported in Node only.
    external: ["@assemblyscript/loader"],
    logLevel: "warn",
    output: { file: join(built, file), format: "esm", minify: true, codeSplitting: false },
  });
}

const bundled = join(built, "bundled");
rmSync(bundled, { recursive: true, force: true });
await build({
  checks,
  input: NODE_ENTRIES,
  platform: "node",
  // All packages but the loader, which every program needs, and commander stay what they are: dependencies.
  external: /^(?!@assemblyscript|commander$)[^./]/,
  logLevel: "warn",
  output: {
    dir: bundled,
    format: "esm",
    comments: false,
    // Node prints the line in which an uncaught error was thrown: lines stay short, and functions and classes,
    // which stack traces and `console.log(model)` name, stay what they are called. Only names within functions
    // are shortened: that made half of the difference in size, and importing takes no longer than without line breaks.
    minify: {
      mangle: { toplevel: false, keepNames: { class: true, function: false } },
      codegen: { removeWhitespace: false },
    },
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: { groups: GROUPS },
    // Its licence asks for that wherever it is copied.
    postFooter: ({ name }) => (name === COMMANDER ? `/*!\n${licenceOf(COMMANDER)}*/` : ""),
  },
});

/** @param {string} name of a package */
function licenceOf(name) {
  return readFileSync(join(built, "../node_modules", name, "LICENSE"), "utf8");
}
