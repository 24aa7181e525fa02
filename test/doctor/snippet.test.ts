import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/dump/diagnose.js";
import { snippet } from "../../src/doctor/snippet.js";
import { readArrays } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const run = promisify(execFile);

test("the JavaScript lines write a folder that is read back", async () => {
  const directory = await temporaryDirectory();
  const [before, after] = snippet("javascript", 1).split("// 2.");
  const program = `
    let X = [[1, 2], [3, 4], [5, 6]], Y = [0, 1, 0], W1 = [new Float32Array([1, 2]), new Float32Array([3, 4])], b1 = [0, 0];
    let Z1 = X, A1 = X, dZ1 = X, dW1 = W1, db1 = b1, loss = 0.5, learningRate = 0.1, accuracy = 1;
    ${before}
    W1 = [[9, 9], [9, 9]];
    // 2.${after}`;
  await writeFile(join(directory, "program.mjs"), program);
  await run(process.execPath, ["program.mjs"], { cwd: directory });
  const arrays = await readArrays(join(directory, "step"));
  const byName = new Map(arrays.map((array) => [array.name, array]));
  expect(byName.get("X")).toMatchObject({ shape: [3, 2], dtype: "float64" });
  expect([...(byName.get("W1")?.values ?? [])]).toEqual([1, 2, 3, 4]);
  expect([...(byName.get("W1_new")?.values ?? [])]).toEqual([9, 9, 9, 9]);
  expect(byName.get("loss")).toMatchObject({ shape: [] });
});

test("every layer has its quantities", () => {
  expect(snippet("numpy", 3)).toContain("W3=W3.copy(), b3=b3.copy()");
  expect(snippet("numpy", 3)).toContain("dZ3=dZ3, dW3=dW3, db3=db3");
  expect(snippet("javascript", 2)).not.toContain("W3");
  expect(snippet("pytorch", 2)).toContain("register_forward_hook");
});

/** A whole program: 12 samples through 3-4-2, tanh and softmax, one step. */
const PROGRAM = `
const turned = (a) => a[0].map((_, j) => a.map((row) => row[j]));
const dot = (a, b) => a.map((row) => b[0].map((_, j) => row.reduce((s, v, k) => s + v * b[k][j], 0)));
const each = (a, f) => a.map((row, i) => row.map((v, j) => f(v, i, j)));
const X = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
const Y = X.map((_, i) => [Number(i % 2 === 0), Number(i % 2 === 1)]);
let W1 = [0, 1, 2].map((i) => [0, 1, 2, 3].map((j) => Math.sin(5 * i + 2 * j))), b1 = [0.1, 0.2, 0, 0];
let W2 = [0, 1, 2, 3].map((i) => [0, 1].map((j) => Math.cos(4 * i + j))), b2 = [0, 0.1];
const learningRate = 0.1;
BEFORE
const Z1 = each(dot(X, W1), (z, _, j) => z + b1[j]), A1 = each(Z1, Math.tanh);
const Z2 = each(dot(A1, W2), (z, _, j) => z + b2[j]);
const A2 = Z2.map((row) => row.map((z) => Math.exp(z) / row.reduce((s, v) => s + Math.exp(v), 0)));
const n = X.length;
const loss = -Y.reduce((s, row, i) => s + row.reduce((t, y, k) => t + y * Math.log(A2[i][k]), 0), 0) / n;
const accuracy = A2.filter((p, i) => (p[1] > p[0]) === (Y[i][1] === 1)).length / n;
const sums = (a) => a[0].map((_, j) => a.reduce((s, row) => s + row[j], 0));
const dZ2 = each(A2, (p, i, k) => (p - Y[i][k]) / n), dW2 = dot(turned(A1), dZ2), db2 = sums(dZ2);
const dZ1 = each(dot(dZ2, turned(W2)), (g, i, j) => g * (1 - A1[i][j] ** 2)), dW1 = dot(turned(X), dZ1), db1 = sums(dZ1);
W1 = each(W1, (w, i, j) => w - learningRate * dW1[i][j]); b1 = b1.map((b, j) => b - learningRate * db1[j]);
W2 = each(W2, (w, i, j) => w - learningRate * dW2[i][j]); b2 = b2.map((b, j) => b - learningRate * db2[j]);
AFTER`;

test("the JavaScript lines in a program that is right make a dump that is judged healthy", async () => {
  const directory = await temporaryDirectory();
  const [before, after] = snippet("javascript", 2).split("// 2.");
  const program = PROGRAM.replace("BEFORE", before).replace("AFTER", () => `// 2.${after}`);
  await writeFile(join(directory, "program.mjs"), program);
  await run(process.execPath, ["program.mjs"], { cwd: directory });
  const { findings, chain } = diagnose(await readArrays(join(directory, "step")));
  expect(findings).toEqual([]);
  expect(chain.filter(({ verdict }) => verdict === "right")).toHaveLength(chain.length);
  expect(chain.length).toBeGreaterThan(12);
});
