/** The lines for Python in programs that are right, run by Python: their dumps are judged healthy. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/dump/diagnose.js";
import { snippet } from "../../src/doctor/snippet.js";
import { readArrays } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const run = promisify(execFile);

/** bench/peers/setup.sh puts a Python with both there. */
const OWN = join(import.meta.dirname, "../../bench/.venv/bin/python");
const PYTHON = existsSync(OWN) ? OWN : "python3";

const NUMPY = `
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(30, 6)); Y = np.eye(3)[rng.integers(0, 3, 30)]; learning_rate = 0.1
W1 = rng.normal(size=(6, 8)) / 3; b1 = np.zeros((1, 8)); W2 = rng.normal(size=(8, 3)) / 3; b2 = np.zeros((1, 3))
BEFORE
Z1 = X @ W1 + b1; A1 = np.tanh(Z1); Z2 = A1 @ W2 + b2
A2 = np.exp(Z2 - Z2.max(axis=1, keepdims=True)); A2 /= A2.sum(axis=1, keepdims=True)
n = len(X); loss = -np.sum(Y * np.log(A2)) / n; accuracy = np.mean(A2.argmax(axis=1) == Y.argmax(axis=1))
dZ2 = A2 - Y; dW2 = A1.T @ dZ2 / n; db2 = dZ2.sum(axis=0, keepdims=True) / n
dZ1 = dZ2 @ W2.T * (1 - A1 ** 2); dW1 = X.T @ dZ1 / n; db1 = dZ1.sum(axis=0, keepdims=True) / n
W1 = W1 - learning_rate * dW1; b1 -= learning_rate * db1; W2 -= learning_rate * dW2; b2 -= learning_rate * db2
AFTER`;

const PYTORCH = `
import torch
torch.manual_seed(0)
X = torch.randn(30, 6); Y = torch.randint(0, 3, (30,))
model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
BEFORE
loss = torch.nn.functional.cross_entropy(model(X), Y)
optimizer.zero_grad(); loss.backward(); optimizer.step()
AFTER`;

async function hasModule(name: string): Promise<boolean> {
  return run(PYTHON, ["-c", `import ${name}`]).then(
    () => true,
    () => false,
  );
}

test.each([
  ["numpy", "numpy", NUMPY, "# 2. After"],
  ["pytorch", "torch", PYTORCH, "# 3. After"],
] as const)("the lines for %s", async (language, module, program, after) => {
  if (!(await hasModule(module))) {
    console.warn(`skipped: ${PYTHON} has no ${module}`);
    return;
  }
  const directory = await temporaryDirectory();
  const lines = snippet(language, 2);
  const cut = lines.indexOf(after);
  const whole = program
    .replace("BEFORE", () => lines.slice(0, cut))
    .replace("AFTER", () => lines.slice(cut));
  await writeFile(join(directory, "program.py"), whole);
  await run(PYTHON, ["program.py"], { cwd: directory });
  const { findings, chain } = diagnose(await readArrays(join(directory, "step.npz")));
  expect(findings).toEqual([]);
  expect(chain.filter(({ verdict }) => verdict === "right")).toHaveLength(chain.length);
});
