/** `predict --data`: tables go in, and classes or values come out. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDataset, Mlp, perceptron } from "../../src/index.js";
import { saveModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { parseLines, wasmlp } from "./commandLine.js";

/** price = 1000 · size + 500 and rent = size − 3, learned by a network without hidden units. */
async function houseModel(directory: string): Promise<string> {
  const sizes = Float32Array.from({ length: 64 }, (_, row) => row / 8);
  using model = await Mlp.create({
    architecture: perceptron(1, [], 2, "relu", "identity"),
    classNames: ["price", "rent"],
    preprocessing: {
      columns: [{ kind: "number", name: "size", mean: 4, scale: 2 }],
      targets: [
        { name: "price", mean: 4500, scale: 2000 },
        { name: "rent", mean: 1, scale: 2 },
      ],
    },
    seed: 1,
  });
  const values = Float32Array.from([...sizes].flatMap((size) => [1000 * size + 500, size - 3]));
  const targets = { kind: "values", values, names: ["price", "rent"] } as const;
  const dataset = createDataset({ name: "houses", inputs: sizes, features: 1, targets });
  await model.fit(dataset, { epochs: 300, learningRate: 0.2, batchSize: 16, seed: 1 });
  return save(model, directory);
}

/** Tells a length below 0 from one above; one class has a name that CSV must quote. */
async function signModel(directory: string): Promise<string> {
  using model = await Mlp.create({
    architecture: perceptron(1, [], 2, "relu", "softmax"),
    classNames: ["above, or 0", "below"],
    preprocessing: {
      columns: [{ kind: "number", name: "length", mean: 0, scale: 1 }],
      targets: [{ name: "side" }],
    },
    seed: 1,
  });
  const inputs = Float32Array.of(-2, -1, 1, 2);
  const targets = { kind: "classes", labels: Uint8Array.of(1, 1, 0, 0) } as const;
  const dataset = createDataset({
    name: "sides",
    inputs,
    features: 1,
    targets: { ...targets, names: model.classNames },
  });
  await model.fit(dataset, { epochs: 200, learningRate: 0.5, batchSize: 4, seed: 1 });
  return save(model, directory);
}

async function save(model: Mlp, directory: string): Promise<string> {
  const path = join(directory, "model.safetensors");
  await saveModel(model, path);
  return path;
}

test("values come in their own unit, of columns found by name", async () => {
  const directory = await temporaryDirectory();
  const [model, data] = [await houseModel(directory), join(directory, "new.csv")];
  await writeFile(data, "id,size\na,2\nb,6.5\n");
  const { exitCode, stdout, stderr } = await wasmlp("predict", model, "--data", data);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const [header, ...lines] = stdout.trimEnd().split("\n");
  expect(header).toBe("price,rent");
  const [first, second] = lines.map((line) => line.split(",").map(Number));
  expect(first[0] / 2500).toBeCloseTo(1, 2);
  expect(first[1]).toBeCloseTo(-1, 2);
  expect(second[0] / 7000).toBeCloseTo(1, 2);
  expect(second[1]).toBeCloseTo(3.5, 2);
  const json = await wasmlp("predict", model, "--data", data, "--json");
  expect(parseLines(json.stdout)).toMatchObject([
    { event: "prediction", row: 1, values: [{ name: "price", value: first[0] }, { name: "rent" }] },
    { row: 2 },
  ]);
});

test("classes come by name, with a probability", async () => {
  const directory = await temporaryDirectory();
  const [model, data] = [await signModel(directory), join(directory, "new.csv")];
  await writeFile(data, "length\n-1.5\n1.5\n");
  const { stdout } = await wasmlp("predict", model, "--data", data);
  expect(stdout).toMatch(/^side,probability\nbelow,0\.9\d+\n"above, or 0",0\.9\d+\n$/);
  const json = await wasmlp("predict", model, "--data", data, "--json");
  expect(parseLines(json.stdout)[0]).toMatchObject({
    class: "below",
    classes: [{ name: "below" }, { name: "above, or 0" }],
  });
  const out = join(directory, "sides.csv");
  const written = await wasmlp("predict", model, "--data", data, "--out", out);
  expect(written).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  expect(await readFile(out, "utf8")).toBe(stdout);
});

test("what does not fit is refused in a sentence", async () => {
  const directory = await temporaryDirectory();
  const [model, data] = [await signModel(directory), join(directory, "new.csv")];
  await writeFile(data, "width\n1\n");
  const missing = await wasmlp("predict", model, "--data", data);
  expect(missing).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `error: ${data}: has no column "length", expected it beside "width"\n`,
  });
  await writeFile(data, "length\n1\nwide\n");
  const text = await wasmlp("predict", model, "--data", data);
  expect([text.exitCode, text.stdout]).toEqual([1, ""]);
  expect(text.stderr).toContain(`${data}: line 3, column 1 ("length"): found "wide", expected`);
  for (const [flags, message] of [
    [
      [],
      "nothing to predict was given, expected MODEL and then IMAGE..., - for a picture on standard input, or --data FILE",
    ],
    [["a.png", "--data", data], "a.png was given beside --data, expected one or the other"],
    [["--data", data, "--one"], "--one was given beside --data, expected one or the other"],
    [["a.png", "--out", data], "--out was given, expected --data FILE too"],
  ] as const) {
    const { exitCode, stderr } = await wasmlp("predict", model, ...flags);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `error: ${message}\n` });
  }
});
