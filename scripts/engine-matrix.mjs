/**
 * Proves that plain SIMD gives the same bits in every engine and on any number of threads: trains
 * the same networks on several versions of Node, on Bun and Deno, and in Chromium, and compares the SHA-256 of their
 * weights. Exits with 1 when two differ or an engine fails.
 *
 *   npm run test:engines
 *
 * With `--installed` only on this Node and in Chromium, so that nothing has to be fetched.
 */
import { runOnChromium } from "./engine-matrix/chromium.mjs";
import { runOnNode, runOnOthers, runOnThisNode } from "./engine-matrix/node.mjs";

/**
 * @typedef {{ engine: string } & (
 *   { results: { threads: number, sha256: string }[] } | { failed: string } | { skipped: string }
 * )} Outcome
 */

/** @type {Outcome[]} */
const outcomes = [
  ...(process.argv.includes("--installed")
    ? [runOnThisNode()]
    : [...runOnNode(), ...runOnOthers()]),
  ...(await runOnChromium()),
];

const width = Math.max(...outcomes.map(({ engine }) => engine.length));
for (const { engine, results = [], failed, skipped } of outcomes) {
  const name = engine.padEnd(width);
  if (failed !== undefined) console.log(`${name}  failed: ${failed}`);
  if (skipped !== undefined) console.log(`${name}  skipped: ${skipped}`);
  for (const { threads, sha256 } of results) {
    console.log(`${name}  ${threads} ${threads === 1 ? "thread " : "threads"}  ${sha256}`);
  }
}

const hashes = new Set(outcomes.flatMap(({ results = [] }) => results.map((r) => r.sha256)));
const failures = outcomes.filter(({ failed }) => failed !== undefined);
const same = hashes.size === 1 && failures.length === 0;
console.log(
  same
    ? "the same bits everywhere"
    : `${hashes.size} different results, expected one; ${failures.length} failures, expected none`,
);
process.exitCode = same ? 0 : 1;
