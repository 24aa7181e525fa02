/** Hosts that are not JavaScript: they need a Python that can get Wasmtime, and a C compiler. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** A Python that has Wasmtime: the benchmarks' own, or a new one; undefined where none can be had. */
async function pythonWithWasmtime(): Promise<string | undefined> {
  const existing = [join(root, "bench/.venv/bin/python"), "python3"];
  for (const python of existing) {
    if (await succeeds(python, "-c", "import wasmtime")) return python;
  }
  const directory = join(await temporaryDirectory(), "venv");
  const python = join(directory, "bin/python");
  const isInstalled =
    (await succeeds("python3", "-m", "venv", directory)) &&
    (await succeeds(python, "-m", "pip", "install", "--quiet", "wasmtime==49.0.0"));
  return isInstalled ? python : undefined;
}

async function succeeds(command: string, ...options: readonly string[]): Promise<boolean> {
  return run(command, options, { timeout: 120_000 }).then(
    () => true,
    () => false,
  );
}

test("Python trains a network through Wasmtime until it knows exclusive or", async ({ skip }) => {
  const python = await pythonWithWasmtime();
  if (!python) return skip("no Python with Wasmtime can be had here");
  const { stdout } = await run(python, [join(root, "examples/host.py")]);
  const probabilities: number[] = JSON.parse(stdout);
  expect(probabilities).toHaveLength(8);
  const ofLabels = [0, 1, 1, 0].map((label, row) => probabilities[2 * row + label]);
  expect(Math.min(...ofLabels)).toBeGreaterThan(0.9);
});

test("the C header compiles without a warning, and its structs have their sizes", async ({
  skip,
}) => {
  if (!(await succeeds("cc", "--version"))) return skip("there is no C compiler here");
  const source = join(await temporaryDirectory(), "header.c");
  await writeFile(source, '#include "wasmlp.h"\n');
  const strict = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"];
  await run("cc", [...strict, "-I", join(root, "abi"), source]);
});

test("… and so does a program in C++", async ({ skip }) => {
  if (!(await succeeds("c++", "--version"))) return skip("there is no C++ compiler here");
  const source = join(await temporaryDirectory(), "header.cpp");
  await writeFile(source, '#include "wasmlp.h"\n');
  const strict = ["-std=c++11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"];
  await run("c++", [...strict, "-I", join(root, "abi"), source]);
});
