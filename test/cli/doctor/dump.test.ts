import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { NumericArray } from "../../../src/data/arrays/namedArray.js";
import { encodeNpy } from "../../../src/index.js";
import { writeNpz } from "../../../src/node/index.js";
import { temporaryDirectory } from "../../support/temporaryDirectory.js";
import { wasmlp } from "../commandLine.js";

function array(name: string, shape: readonly number[], values: readonly number[]): NumericArray {
  return { name, shape, dtype: "float64", values: Float64Array.from(values) };
}

const X = [0.5, -1, 2, 0.25, 1, -0.5, -2, 1];
const W1 = [0.3, -0.2, 0.1, 0.4];

/** A softmax regression's forward pass, its Z scaled by `factor`. */
async function dumpWith(factor: number): Promise<string> {
  const Z1 = Array.from({ length: 8 }, (_, index) => {
    const [row, unit] = [index >> 1, index & 1];
    return factor * (X[2 * row] * W1[unit] + X[2 * row + 1] * W1[2 + unit]);
  });
  const path = join(await temporaryDirectory(), "step.npz");
  await writeNpz(path, [
    array("X", [4, 2], X),
    array("Y", [4], [0, 1, 0, 1]),
    array("W1", [2, 2], W1),
    array("Z1", [4, 2], Z1),
    array("epoch", [], [7]),
  ]);
  return path;
}

test("a healthy dump: exit code 0, and what was looked at", async () => {
  const { exitCode, stdout, stderr } = await wasmlp("doctor", "dump", await dumpWith(1));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe(
    [
      "4 samples in rows, weights inputs × units; 2-2, softmax, cross-entropy",
      "Z1 ✓",
      "· not looked at: epoch",
      "Nothing is wrong with this step.\n",
    ].join("\n\n"),
  );
});

test("findings: exit code 3, evidence, and the line in the language asked for", async () => {
  const path = await dumpWith(3);
  const { exitCode, stdout } = await wasmlp("doctor", "dump", path, "--lang", "numpy");
  expect(exitCode).toBe(3);
  expect(stdout).toContain("1. unexplained at Z1:");
  expect(stdout).toContain("all of it is 3 times what it should be.");
  expect(stdout).toContain("NumPy  Z1 = X @ W1 + b1");
  expect(stdout).not.toContain("PyTorch");
});

test("--json prints one object", async () => {
  const { exitCode, stdout } = await wasmlp("doctor", "dump", await dumpWith(3), "--json");
  expect(exitCode).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [{ id: "unexplained", at: "Z1" }],
    chain: [{ name: "Z1", verdict: "wrong" }],
    ignored: ["epoch"],
  });
});

test("what is no dump is refused in a sentence", async () => {
  const path = join(await temporaryDirectory(), "step.npz");
  await writeFile(path, "PK\x03\x04 and then nothing");
  const broken = await wasmlp("doctor", "dump", path);
  expect(broken).toMatchObject({ exitCode: 1, stdout: "" });
  expect(broken.stderr).toMatch(/^error: [^\n]*step\.npz[^\n]+\n$/);
  const absent = await wasmlp("doctor", "dump", `${path}x`);
  expect(absent.exitCode).toBe(1);
  expect(absent.stderr).toMatch(/^error: [^\n]+\n$/);
  const odd = await wasmlp("doctor", "dump", await dumpWith(1), "--activation", "tanhh");
  expect(odd).toMatchObject({ exitCode: 2 });
  expect(odd.stderr).toContain('activation of layer 1 is "tanhh"');
});

test("arrays of unknown names may be anything, those that matter may not", async () => {
  const folder = join(await temporaryDirectory(), "step");
  await mkdir(folder);
  const arrays = [array("X", [4, 2], X), array("Y", [4], [0, 1, 0, 1]), array("W1", [2, 2], W1)];
  for (const { name, ...each } of arrays) {
    await writeFile(join(folder, `${name}.npy`), encodeNpy(each, name));
  }
  await writeFile(join(folder, "notes.npy"), "strings or whatever");
  const { exitCode, stdout } = await wasmlp("doctor", "dump", folder);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("not looked at: notes");
  await writeFile(join(folder, "Z1.npy"), "strings or whatever");
  const refused = await wasmlp("doctor", "dump", folder);
  expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^error: [^\n]*Z1\.npy: begins with [^\n]+\n$/);
});

test("snippet prints lines to paste", async () => {
  const { exitCode, stdout } = await wasmlp("doctor", "snippet", "--layers", "3");
  expect(exitCode).toBe(0);
  expect(stdout).toContain('np.savez("step.npz"');
  expect((await wasmlp("doctor", "snippet", "--lang", "cobol")).exitCode).toBe(2);
});
