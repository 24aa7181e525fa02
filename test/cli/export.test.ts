import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Mlp, perceptron, quantizeModel } from "../../src/index.js";
import { loadModel, saveModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, wasmlp } from "./commandLine.js";

async function saveUntrained(): Promise<string> {
  const path = join(await temporaryDirectory(), "model.safetensors");
  using model = await Mlp.create({ architecture: perceptron(16, [8], 10, "tanh"), seed: 1 });
  await saveModel(model, path);
  return path;
}

test.each(["onnx", "npz", "safetensors", "js", "NPZ"])(
  "the name of the file chooses the format: %s",
  async (format) => {
    const out = join(await temporaryDirectory(), `model.${format}`);
    const { exitCode, stdout, stderr } = await wasmlp(
      "export",
      await saveUntrained(),
      "--out",
      out,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`${format.toLowerCase()}, `);
    expect((await readFile(out)).length).toBeGreaterThan(900);
  },
);

test("a module in capitals is one too, and does not say that it is called otherwise", async () => {
  const out = join(await temporaryDirectory(), "digits.MJS");
  const { exitCode } = await wasmlp("export", await saveUntrained(), "--out", out);
  expect(exitCode).toBe(0);
  expect((await readFile(out, "utf8")).slice(0, 500)).not.toContain("model.js");
});

test("a module named .mjs runs in a package of CommonJS modules, where it is imported", async () => {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, "package.json"), '{ "type": "commonjs" }');
  const out = join(folder, "model.mjs");
  const { exitCode, stdout } = await wasmlp(
    "export",
    await saveUntrained(),
    "--out",
    out,
    "--json",
  );
  expect([exitCode, JSON.parse(stdout).format]).toEqual([0, "js"]);
  const program = `import("./model.mjs").then(({ predict, inputCount }) => console.log(predict(new Uint8Array(inputCount)).length));`;
  await writeFile(join(folder, "program.js"), program);
  const run = spawnSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" });
  expect(run).toMatchObject({ status: 0, stdout: "10\n", stderr: "" });
});

test("--quantize says what becomes of the accuracy", async () => {
  const model = await saveUntrained();
  const out = join(await temporaryDirectory(), "small.npz");
  const data = await dataDirectory();
  const flags = ["--out", out, "--quantize", "int8", "--data", data, "--json"];
  const { exitCode, stdout } = await wasmlp("export", model, ...flags);
  expect(exitCode).toBe(0);
  const { accuracy, quantizedAccuracy, ...event } = JSON.parse(stdout);
  expect(event).toMatchObject({ event: "export", out, format: "npz", quantize: "int8" });
  expect(Math.abs(accuracy - quantizedAccuracy)).toBeLessThan(0.2);
  using before = await loadModel(model);
  using after = await loadModel(out);
  expect(after.snapshot()).toEqual(quantizeModel(before.snapshot()));
});

test.each([
  ["a name without a format", ["--out", "model.bin"], 2, "expected a name that ends with"],
  ["a model that is none", ["--out", "model.onnx"], 1, "expected"],
])("refused with a sentence: %s", async (what, flags, code, message) => {
  const model = what === "a model that is none" ? "package.json" : await saveUntrained();
  const { exitCode, stdout, stderr } = await wasmlp("export", model, ...flags);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
  expect(stderr).toContain(message);
});
