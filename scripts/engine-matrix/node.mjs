/** Versions of Node side by side, Bun and Deno, as the npm registry has them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
/** Where packages keep what can be had again; ignored by git together with `node_modules`. */
const cache = join(root, "node_modules/.cache/engine-matrix");

/** The versions that the package promises to run on. */
const VERSIONS = ["20", "22", "24", "latest"];

/** Programs that run Node's packages, on Linux x86-64 where the registry's packages are this simple. */
const OTHERS = [
  { name: "Bun", package: "@oven/bun-linux-x64", binary: "bin/bun", options: [] },
  {
    name: "Deno",
    package: "@deno/linux-x64-glibc",
    binary: "deno",
    options: ["run", "--allow-all"],
  },
];

const PROGRAM = join(import.meta.dirname, "print.mjs");

/**
 * Installs every version, and runs the fingerprints on each.
 *
 * @returns {import("../engine-matrix.mjs").Outcome[]}
 */
export function runOnNode() {
  const packages = VERSIONS.map((version) => {
    return `node-${version}@npm:node-${process.platform}-${process.arch}@${version}`;
  });
  if (!install(packages)) {
    return VERSIONS.map((version) => ({ engine: `Node ${version}`, skipped: "npm has no binary" }));
  }
  return VERSIONS.map((version) =>
    runVersion(join(cache, `node_modules/node-${version}/bin/node`)),
  );
}

/** The same on Bun and Deno, where there is a binary. */
export function runOnOthers() {
  const have = process.platform === "linux" && process.arch === "x64";
  return OTHERS.map(({ name, package: source, binary, options }) => {
    if (!have || !install([source])) return { engine: name, skipped: "npm has no binary" };
    const program = join(cache, "node_modules", source, binary);
    const [version] = /[\d.]+/.exec(spawnSync(program, ["--version"], { encoding: "utf8" }).stdout);
    return runProgram(`${name} ${version}`, program, options);
  });
}

/** Whether npm could install them, side by side with those that are there. @param {string[]} packages */
function install(packages) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  const { status } = spawnSync("npm", ["install", ...options, ...packages], {
    cwd: cache,
    stdio: "inherit",
  });
  return status === 0;
}

/** Runs the fingerprints on the version that this process runs on. */
export function runOnThisNode() {
  return runVersion(process.execPath);
}

/** @param {string} node the binary */
function runVersion(node) {
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim().slice(1);
  return runProgram(`Node ${version}`, node, []);
}

/** @param {string} engine @param {string} binary @param {string[]} options */
function runProgram(engine, binary, options) {
  const run = spawnSync(binary, [...options, PROGRAM], { cwd: root, encoding: "utf8" });
  return run.status === 0
    ? { engine, results: JSON.parse(run.stdout) }
    : { engine, failed: run.stderr.trim() };
}
