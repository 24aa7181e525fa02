import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Mlp, perceptron } from "../../src/index.js";
import { saveModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, parseLines, wasmlp } from "./commandLine.js";

/** A network that knows nothing yet, for images of `inputs` pixels. */
async function saveUntrained(inputs: number): Promise<string> {
  const path = join(await temporaryDirectory(), "model.safetensors");
  using model = await Mlp.create({ architecture: perceptron(inputs, [8], 10, "tanh"), seed: 1 });
  await saveModel(model, path);
  return path;
}

test("accuracy, classes, confusion matrix, worst mistakes", async () => {
  const model = await saveUntrained(16);
  const data = await dataDirectory();
  const { exitCode, stdout, stderr } = await wasmlp("evaluate", model, "--data", data);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^Accuracy {2}\d+ ± \d+ % {2}\d+ of 40, test set in /);
  expect(stdout).toMatch(/^class {2}precision +recall +F1 {2}samples$/m);
  expect(stdout).toContain("Confusion matrix");
  expect(stdout).toMatch(/Worst mistakes\n\n.*[@+]{4}/);
  expect(stdout).toMatch(/is \d, said \d \(\d+\.\d %\)/);
});

test("--json: one object with everything", async () => {
  const model = await saveUntrained(16);
  const data = await dataDirectory();
  const { stdout } = await wasmlp("evaluate", model, "--data", data, "--json");
  const [evaluation, ...rest] = parseLines(stdout);
  expect(rest).toEqual([]);
  expect(evaluation).toMatchObject({ event: "evaluation", samples: 40 });
  const { accuracy, correct, confusion, classes, mistakes } = evaluation;
  expect(accuracy).toBe(Number(correct) / 40);
  if (!Array.isArray(confusion) || !Array.isArray(mistakes)) throw new Error("lists are missing");
  expect(confusion.flat().reduce((sum, hits) => sum + hits, 0)).toBe(40);
  expect(confusion.reduce((sum, row, index) => sum + row[index], 0)).toBe(correct);
  expect(classes).toHaveLength(10);
  expect(mistakes).toHaveLength(Math.min(24, 40 - Number(correct)));
  expect(Object.keys(mistakes[0])).toEqual(["sample", "is", "said", "probability", "loss"]);
  expect(mistakes[0].loss).toBeGreaterThanOrEqual(mistakes[1].loss);
});

test("a file that is no model, or is missing, or cut off, is refused in a sentence", async () => {
  const directory = await temporaryDirectory();
  const data = await dataDirectory();
  const whole = await readFile(await saveUntrained(16));
  await writeFile(join(directory, "cut.safetensors"), whole.subarray(0, -1));
  await writeFile(join(directory, "text.safetensors"), "not a model");
  for (const name of ["cut", "text", "missing"]) {
    const path = join(directory, `${name}.safetensors`);
    const { exitCode, stdout, stderr } = await wasmlp("evaluate", path, "--data", data);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+, expected [^\n]+\n$/);
    expect(stderr).toContain(path);
  }
});

test("data of another shape than the model's is refused in a sentence", async () => {
  const model = await saveUntrained(9);
  const data = await dataDirectory();
  const { exitCode, stdout, stderr } = await wasmlp("evaluate", model, "--data", data);
  expect(exitCode).toBeGreaterThan(0);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^error: [^\n]*16[^\n]*expected[^\n]*9[^\n]*\n$/);
});
