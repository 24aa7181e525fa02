/** The promises about memory, each measured in a process of its own. */
import { spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";
import { realMnist } from "./support/mnist.js";
import { temporaryDirectory } from "./support/temporaryDirectory.js";

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
  // The parameters alone of 800 models are more than 200 MB. After 200 the process has 94 to 114, and ends with some 118.
  expect(resident.at(-1)).toBeLessThan(resident[0] + 60);
});

test("a table of 190 MB is read in less memory than it takes on the disk", async () => {
  const path = join(await temporaryDirectory(), "large.csv");
  const lines = Array.from({ length: 10_000 }, (_, row) => {
    const numbers = Array.from({ length: 8 }, (_, column) => Math.sin(row * 8 + column));
    return `${["red", "green", "blue"][row % 3]},${numbers.join(",")}\n`;
  });
  const block = lines.join("");
  const blocks = Math.ceil(190e6 / block.length);
  await pipeline(Readable.from(Array(blocks).fill(block)), createWriteStream(path));
  const program = `import { readCsvFile } from ${JSON.stringify(join(ROOT, "build/node/index.js"))};
    const { rows, columns } = await readCsvFile(${JSON.stringify(path)});
    console.log(JSON.stringify({ rows, columns: columns.length, resident: process.resourceUsage().maxRSS * 1024 }));`;
  const { stdout } = node(["--input-type=module", "-e", program]);
  const { rows, columns, resident } = JSON.parse(stdout) as Record<string, number>;
  console.log(`${blocks * block.length} bytes: ${Math.round(resident / 1e6)} MB resident`);
  // Numbers take 4 bytes, a colour 4 for its place among three.
  expect({ rows, columns }).toEqual({ rows: blocks * lines.length, columns: 9 });
  expect(resident - rows * columns * 4).toBeLessThan(130e6);
  expect(resident).toBeLessThan(190e6);
});
