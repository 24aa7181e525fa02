/** The promise of the same bits, in a real browser; `npm run test:engines` holds it to more engines. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const script = join(import.meta.dirname, "../../scripts/engine-matrix.mjs");

test("Chromium trains to the same bits as Node, on pages that are cross-origin isolated and on others", ({
  skip,
}) => {
  const { stdout } = spawnSync(process.execPath, [script, "--installed"], { encoding: "utf8" });
  if (stdout.includes("skipped")) skip("no Chromium");
  expect(stdout).toMatch(/Chromium \d+ \(isolated page\) +4 threads/);
  expect(stdout).toMatch(/Chromium \d+ \(other page\) +1 thread/);
  expect(stdout).toContain("the same bits everywhere");
});
