/** Versions of Node side by side, as the npm registry has them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
/** Where packages keep what can be had again; ignored by git together with `node_modules`. */
const cache = join(root, "node_modules/.cache/engine-matrix");

/** The versions that the package promises to run on. */
const VERSIONS = ["20", "22", "24", "latest"];

const PROGRAM = `
  import { fingerprints } from "./scripts/engine-matrix/fingerprint.mjs";
  console.log(JSON.stringify(await fingerprints()));`;

/**
 * Installs every version, and runs the fingerprints on each.
 *
 * @returns {Promise<import("../engine-matrix.mjs").Outcome[]>}
 */
export async function runOnNode() {
  const packages = VERSIONS.map((version) => {
    return `node-${version}@npm:node-${process.platform}-${process.arch}@${version}`;
  });
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  const { status } = spawnSync("npm", ["install", ...options, ...packages], {
    cwd: cache,
    stdio: "inherit",
  });
  if (status !== 0) {
    return VERSIONS.map((version) => ({ engine: `Node ${version}`, skipped: "npm has no binary" }));
  }
  return VERSIONS.map((version) =>
    runVersion(join(cache, `node_modules/node-${version}/bin/node`)),
  );
}

/** Runs the fingerprints on the version that this process runs on. */
export function runOnThisNode() {
  return runVersion(process.execPath);
}

/** @param {string} node the binary */
function runVersion(node) {
  const run = (...args) => spawnSync(node, args, { cwd: root, encoding: "utf8" });
  const engine = `Node ${run("--version").stdout.trim().slice(1)}`;
  const { status, stdout, stderr } = run("--input-type=module", "--eval", PROGRAM);
  return status === 0 ? { engine, results: JSON.parse(stdout) } : { engine, failed: stderr.trim() };
}
