import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { loadModel } from "../../src/node/index.js";
import { idx } from "../support/idx.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, parseLines, wasmlp } from "./commandLine.js";

/** Quick, and enough for the small data set to be learned without a mistake. */
const QUICK = ["--hidden", "16", "--epochs", "12", "--batch-size", "8", "--learning-rate", "0.5"];

test("model summary, plan, a line an epoch, result", async () => {
  const data = await dataDirectory();
  const { exitCode, stdout, stderr } = await wasmlp(
    "train",
    "--data",
    data,
    "--seed",
    "1",
    ...QUICK,
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.split("\n");
  expect(lines[0]).toBe("layer    shape    activation  parameters");
  expect(lines).toContain("layer 1  16 → 16  relu               272");
  expect(lines).toContain(`Data      training set in ${data}  160 samples`);
  expect(lines).toContain("Training  12 epochs  batches of 8, learning rate 0.5");
  expect(
    lines.filter((line) => /^epoch {1,2}\d+\/12 {2}loss 0\.\d{4} {2}/.test(line)),
  ).toHaveLength(12);
  expect(lines).toContain(`Test accuracy  100 %  40 of 40, test set in ${data}`);
  expect(lines).toContain("Model          not saved");
});

test("--json: one object a line, the start first, then an epoch each, the end last", async () => {
  const data = await dataDirectory();
  const out = join(await temporaryDirectory(), "model.safetensors");
  const argv = ["train", "--data", data, "--json", "--seed", "3", "--out", out, ...QUICK];
  const { stdout, stderr } = await wasmlp(...argv);
  const events = parseLines(stdout);
  expect(stderr).toBe("");
  expect(events).toHaveLength(14);
  expect(events[0]).toMatchObject({
    event: "start",
    training: { name: `training set in ${data}`, samples: 160 },
    test: { name: `test set in ${data}`, samples: 40 },
    parameters: 17 * 16 + 17 * 10,
    hidden: [16],
    activation: "relu",
    epochs: 12,
    batchSize: 8,
    learningRate: 0.5,
    seed: 3,
    simd: "plain",
  });
  events.slice(1, -1).forEach((event, index) => {
    expect(Object.keys(event)).toEqual([
      "event",
      "epoch",
      "loss",
      "accuracy",
      "seconds",
      "learningRate",
      "testLoss",
      "testAccuracy",
    ]);
    expect(event).toMatchObject({ event: "epoch", epoch: index + 1 });
  });
  expect(events.at(-1)).toMatchObject({
    event: "end",
    interrupted: false,
    epochs: 12,
    testAccuracy: 1,
    testSamples: 40,
    out,
  });
});

test("--quiet prints the result and nothing else", async () => {
  const { stdout, stderr } = await wasmlp(
    "train",
    "--data",
    await dataDirectory(),
    "--quiet",
    ...QUICK,
  );
  expect(stderr).toBe("");
  expect(stdout.split("\n").map((line) => line.split("  ")[0])).toEqual([
    "Test accuracy",
    "Training time",
    "Model",
    "Next",
    "",
  ]);
});

test("options reach the model and its training", async () => {
  const data = await dataDirectory();
  const out = join(await temporaryDirectory(), "it's a model.safetensors");
  const options = ["--hidden", "5,4", "--activation", "sigmoid", "--init", "normal:0.5"];
  const training = ["--epochs", "1", "--batch-size", "full", "--learning-rate", "0.25"];
  const argv = ["train", "--data", data, "--out", out, "--seed", "9", ...options, ...training];
  const { stdout } = await wasmlp(...argv);
  expect(stdout).toContain("1 epoch  all samples at once, learning rate 0.25\n");
  expect(stdout).toContain(`Next           wasmlp evaluate '${out.replace("'", "'\\''")}'\n`);
  using model = await loadModel(out);
  expect(model.architecture).toEqual({
    inputs: 16,
    layers: [
      { units: 5, activation: "sigmoid" },
      { units: 4, activation: "sigmoid" },
      { units: 10, activation: "softmax" },
    ],
  });
  expect(model.image).toEqual({ width: 4, height: 4 });
});

test("the same seed trains the same model, to the bit; another one another", async () => {
  const data = await dataDirectory();
  const directory = await temporaryDirectory();
  const train = async (seed: string, name: string) => {
    const out = join(directory, name);
    await wasmlp("train", "--data", data, "--quiet", "--seed", seed, "--out", out, ...QUICK);
    return readFile(out);
  };
  const first = await train("5", "first");
  expect(await train("5", "again")).toEqual(first);
  expect(await train("6", "other")).not.toEqual(first);
});

const images = { dimensions: [3, 4, 4] };
test.each([
  [
    "wrong magic",
    { "t10k-images-idx3-ubyte": idx({ ...images, start: [1, 2, 3] }) },
    /t10k-images-idx3-ubyte: .*expected/,
  ],
  [
    "truncated gzip",
    { "t10k-images-idx3-ubyte": gzipSync(idx(images)).subarray(0, -9) },
    /t10k-images-idx3-ubyte: .*expected/,
  ],
  [
    "label 11",
    { "t10k-labels-idx1-ubyte": idx({ dimensions: [40], data: new Uint8Array(40).fill(11) }) },
    /t10k-labels-idx1-ubyte: .*11, expected 0 to 9/,
  ],
  [
    "another count of labels than of images",
    { "t10k-labels-idx1-ubyte": idx({ dimensions: [39], data: new Uint8Array(39) }) },
    /t10k-(images|labels).*39.*expected.*40|40.*expected.*39/,
  ],
])("bad data is refused in a sentence: %s", async (_, files, message) => {
  const directory = await temporaryDirectory();
  const out = join(directory, "model.safetensors");
  const data = await dataDirectory(files);
  const { exitCode, stdout, stderr } = await wasmlp("train", "--data", data, "--out", out);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: [^\n]+\n$/);
  expect(await readdir(directory)).toEqual([]);
});

test.each(["--data", "--data-dir"])("a folder that is missing is named: %s", async (option) => {
  const missing = join(await temporaryDirectory(), "nowhere");
  const { exitCode, stdout, stderr } = await wasmlp("train", option, missing);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toBe(`error: ${missing}: does not exist, expected a folder with MNIST\n`);
});

test("an --out that cannot be written is refused before anything is trained", async () => {
  const data = await dataDirectory();
  const directory = await temporaryDirectory();
  const file = join(directory, "file");
  await writeFile(file, "mine");
  const impossible = [directory, join(directory, "missing", "model"), join(file, "model"), ""];
  for (const out of impossible) {
    const { exitCode, stdout, stderr } = await wasmlp("train", "--data", data, "--out", out);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+, expected [^\n]+\n$/);
    expect(stderr).toContain(out);
  }
  expect(await readdir(directory)).toEqual(["file"]);
  expect(await readFile(file, "utf8")).toBe("mine");
});

test("training that diverges leaves no model behind, and an older one untouched", async () => {
  const data = await dataDirectory();
  const directory = await temporaryDirectory();
  const out = join(directory, "model.safetensors");
  await writeFile(out, "older");
  const argv = ["train", "--data", data, "--learning-rate", "1e30", "--out", out];
  const { exitCode, stderr } = await wasmlp(...argv);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^error: training diverged in epoch 1.*learning rate below 1e\+30, or clipping the gradient's norm\n$/,
  );
  expect(await readdir(directory)).toEqual(["model.safetensors"]);
  expect(await readFile(out, "utf8")).toBe("older");
});

test("a model takes the place of an older one", async () => {
  const directory = await temporaryDirectory();
  const out = join(directory, "model.safetensors");
  await writeFile(out, "older");
  await wasmlp("train", "--data", await dataDirectory(), "--out", out, ...QUICK);
  expect((await stat(out)).size).toBeGreaterThan(1000);
  expect(await readdir(directory)).toEqual(["model.safetensors"]);
});

test("a data set that is not MNIST's is called by its folder", async () => {
  const data = await dataDirectory();
  await mkdir(join(data, "sub"));
  const { stdout } = await wasmlp("train", "--data-dir", data, "--quiet", ...QUICK);
  expect(stdout).toContain(`test set in ${data}`);
});

test("findings stand between epochs, an empty line before and behind them", async () => {
  const directory = await dataDirectory();
  const argv = ["--doctor", "--epochs", "2", "--init", "zeros", "--data-dir", directory];
  const { stdout } = await wasmlp("train", ...argv);
  expect(stdout).toMatch(/epoch 1\/2 .*\n\n✗ [\s\S]*\.\n\n✗ [\s\S]*\.\n\nepoch 2\/2/);
  expect(stdout).not.toContain("\n\n\n");
});
