/** The promises about memory, each measured in a process of its own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { realMnist } from "./support/mnist.js";

const ROOT = join(import.meta.dirname, "..");

function node(parameters: string[]): { stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return { stdout, stderr };
}

function measured<T>(what: "epochs" | "models"): T {
  const script = join(import.meta.dirname, "support/memory.mjs");
  return JSON.parse(node(["--expose-gc", "--max-semi-space-size=64", script, what]).stdout) as T;
}

/** Prints the largest resident set of the process, in bytes, when it ends. */
const REPORT_RESIDENT = `process.on("exit", () =>
  console.error("resident " + process.resourceUsage().maxRSS * 1024))`;

describe.skipIf(!realMnist)("with all of MNIST", () => {
  test("the trainer stays under 250 MB, threads included", () => {
    const { stderr } = node([
      `--import=data:text/javascript,${encodeURIComponent(REPORT_RESIDENT)}`,
      join(ROOT, "build/cli/main.js"),
      ...["train", "--hidden", "64", "--epochs", "3", "--threads", "2", "--json"],
      ...["--data-dir", String(realMnist)],
    ]);
    const resident = Number(/resident (\d+)/.exec(stderr)?.[1]);
    console.log(`largest resident set: ${Math.round(resident / 1e6)} MB`);
    expect(resident).toBeLessThan(250e6);
  });
});

test("an epoch allocates nothing for its steps, only its report", () => {
  const { garbage, kept, outside } = measured<{ garbage: number; kept: number; outside: number }>(
    "epochs",
  );
  console.log(`an epoch of 79 steps: ${Math.round(garbage)} bytes of garbage`);
  // About 48 KB, of 10 steps or of 79; an array of a batch's activations in each would be 2.6 MB.
  expect(garbage).toBeLessThan(128 * 1024);
  expect(kept).toBeLessThan(64 * 1024);
  expect(outside).toBe(0);
});

test("1 000 models that are made, trained and disposed of take no more memory than 200", () => {
  const { resident } = measured<{ resident: number[] }>("models");
  console.log(`resident MB after each 200 models: ${resident.join(", ")}`);
  // The parameters alone of 800 models are more than 200 MB.
  expect(resident.at(-1)).toBeLessThan(resident[0] + 20);
});
