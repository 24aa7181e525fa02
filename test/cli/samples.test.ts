/** `train`, `evaluate`, `predict`, `doctor data` and `export` on arrays. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeNpy } from "../../src/data/arrays/npy.js";
import type { NumericArray } from "../../src/index.js";
import { readArrays, writeNpz } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, parseLines, wasmlp } from "./commandLine.js";

const ROWS = 90;

/** Three kinds that the first number tells apart, and a value, twice that number. */
function arrays(prefix = ""): Record<"X" | "y" | "value", NumericArray> {
  const first = Float32Array.from({ length: ROWS }, (_, row) => 10 * (row % 3) + (row % 7) / 7);
  return {
    X: {
      name: `${prefix}X`,
      shape: [ROWS, 2],
      dtype: "float32",
      values: Float32Array.from({ length: 2 * ROWS }, (_, i) => (i % 2 ? 5 : first[i >> 1])),
    },
    y: {
      name: `${prefix}y`,
      shape: [ROWS],
      dtype: "int32",
      values: Int32Array.from({ length: ROWS }, (_, row) => 1 + (row % 3)),
    },
    value: {
      name: `${prefix}value`,
      shape: [ROWS, 1],
      dtype: "float32",
      values: first.map((number) => 2 * number),
    },
  };
}

test("classes in an archive: what is inferred is said, and the model takes raw arrays", async () => {
  const directory = await temporaryDirectory();
  const [data, out] = [join(directory, "a.npz"), join(directory, "m.safetensors")];
  const { X, y, value } = arrays("my ");
  await writeNpz(data, [X, y, value]);
  const trained = await wasmlp("train", "--data", data, "--seed", "1", "--out", out);
  expect(trained).toMatchObject({ exitCode: 0 });
  expect(trained.stderr).toBe(
    `${data}: 90 samples; classification of "my y", 3 classes; inputs: "my X", 2 numbers, standardised; tested on ${data} (held out).\n`,
  );
  expect(trained.stdout).toContain(`Test accuracy  100 %  18 of 18, ${data} (held out)`);
  const evaluated = await wasmlp("evaluate", out, "--data", data, "--json");
  expect(parseLines(evaluated.stdout)[0]).toMatchObject({ samples: 18, accuracy: 1 });
  expect(evaluated.stderr).toBe(
    `${data}: the model was trained on 72 of these 90 samples; it is tested on the 18 that were held out.\n`,
  );
  const known = join(directory, "known.safetensors");
  await wasmlp("train", "--data", data, "--test-data", data, "--epochs", "1", "--out", known);
  const all = await wasmlp("evaluate", known, "--data", data, "--json");
  expect(parseLines(all.stdout)[0]).toMatchObject({ samples: 90 });
  expect(all.stderr).toContain("the model was trained on these samples, so that this says little");
  const predicted = await wasmlp("predict", out, "--data", data);
  expect(predicted.stdout).toMatch(/^my y,probability\n1,[\d.]+\n2,[\d.]+\n3,/);
  const exported = await wasmlp(
    ...["export", out, "--out", join(directory, "m.onnx"), "--quantize", "int8", "--data", data],
  );
  expect(exported.stdout).toContain(
    `Accuracy  100.00 % → 100.00 %  with weights as int8, ${data} (held out)`,
  );
});

test("texts are classes, in files to train and to test on whose labels differ", async () => {
  const directory = await temporaryDirectory();
  const path = (name: string) => join(directory, name);
  const { X } = arrays();
  /** A .npy file of ASCII texts, as NumPy writes those of dtype `S`. */
  const texts = (width: number, ...all: string[]) => {
    const header = `{'descr': '|S${width}', 'fortran_order': False, 'shape': (${all.length},), }\n`;
    const data = all.map((text) => text.padEnd(width, "\0")).join("");
    return Buffer.from(
      `\x93NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}${data}`,
      "latin1",
    );
  };
  const kinds = Array.from({ length: ROWS }, (_, row) => ["rose", "iris", "lily"][row % 3]);
  const some = { ...X, shape: [2, 2], values: Float32Array.of(20, 5, 0, 5) };
  await writeFile(path("x_train.npy"), encodeNpy(X));
  await writeFile(path("y_train.npy"), texts(4, ...kinds));
  await writeFile(path("x_test.npy"), encodeNpy(some));
  await writeFile(path("y_test.npy"), texts(6, "lily", "rose"));
  const out = path("m.safetensors");
  const trained = await wasmlp("train", "--data", path("x_train.npy"), "--seed", "1", "--out", out);
  expect(trained.stderr).toContain('classification of "y_train", 3 classes');
  expect(trained.stdout).toContain("Test accuracy  100 %  2 of 2");
  const predicted = await wasmlp("predict", out, "--data", path("x_test.npy"));
  expect(predicted.stdout).toMatch(/^y_train,probability\nlily,[\d.]+\nrose,[\d.]+\n$/);
  await writeFile(path("y_test.npy"), texts(6, "lily", "orchid"));
  const refused = await wasmlp("evaluate", out, "--data", path("x_test.npy"));
  expect([refused.exitCode, refused.stdout, refused.stderr]).toEqual([
    1,
    "",
    `error: ${path("x_test.npy")}: "y_test" is "orchid" at sample 1, expected one of "iris", "lily", "rose"\n`,
  ]);
});

test("floats that may be labels are told to be values, and --task tells classes", async () => {
  const directory = await temporaryDirectory();
  const data = join(directory, "a.npz");
  const { X, y, value } = arrays();
  const labels: NumericArray = { ...y, dtype: "float64", values: Float64Array.from(y.values) };
  const flags = ["--epochs", "1", "--seed", "1"];
  await writeNpz(data, [X, labels]);
  const trained = await wasmlp("train", "--data", data, ...flags);
  expect(trained.stderr).toContain(
    'regression of "y" (--task classification tells classes); inputs: "X", 2 numbers, ',
  );
  const told = await wasmlp("train", "--data", data, "--task", "classification", ...flags);
  expect(told.stderr).toContain('classification of "y", 3 classes; inputs: ');
  await writeNpz(data, [X, { ...value, name: "y" }]);
  const refused = await wasmlp("train", "--data", data, "--task", "classification");
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    `error: ${data}: "y" is 20.285715103149414 at sample 1, expected whole numbers as classes, or --task regression\n`,
  ]);
  const regression = await wasmlp("train", "--data", data, ...flags);
  expect(regression.stderr).toContain('regression of "y"; inputs');
});

test("values in files of their own, and a model of them", async () => {
  const directory = await temporaryDirectory();
  const { X, value } = arrays();
  await writeFile(join(directory, "X.npy"), encodeNpy(X));
  await writeFile(join(directory, "prices.npy"), encodeNpy(value));
  const [data, out] = [join(directory, "X.npy"), join(directory, "m.safetensors")];
  const target = ["--target", join(directory, "prices.npy")];
  const trained = await wasmlp("train", "--data", data, ...target, "--seed", "1", "--out", out);
  expect(trained.stderr).toContain('regression of "prices"');
  const evaluated = await wasmlp("evaluate", out, "--data", data, ...target, "--json");
  expect(parseLines(evaluated.stdout)[0]).toMatchObject({ values: [{ name: "prices" }] });
  // Targets of other samples are not taken from where those of the training were.
  const without = await wasmlp("evaluate", out, "--data", data);
  expect(without.stderr).toContain('holds nothing to predict beside "X", expected');
  const predicted = await wasmlp("predict", out, "--data", data, "--json");
  expect(parseLines(predicted.stdout)).toHaveLength(ROWS);
  expect(parseLines(predicted.stdout)[0]).toMatchObject({ values: [{ name: "prices" }] });
  const quantized = ["export", out, "--out", join(directory, "m.npz"), "--quantize", "int8"];
  const exported = await wasmlp(...quantized, "--data", data, ...target, "--json");
  expect(parseLines(exported.stdout)[0]).toMatchObject({
    loss: expect.any(Number),
    quantizedLoss: expect.any(Number),
  });
});

test("pairs of IDX files, and a model of one's images that reads another's", async () => {
  const directory = await dataDirectory();
  const out = join(directory, "m.safetensors");
  const data = join(directory, "train-images-idx3-ubyte");
  const flags = ["--epochs", "30", "--seed", "1", "--out", out];
  const trained = await wasmlp("train", "--data", data, ...flags);
  expect(trained.stderr).toContain(
    `classification of "train-labels-idx1-ubyte", 8 classes; inputs: "train-images-idx3-ubyte", 4 × 4 pixels, bytes taken for 0 to 1; tested on ${join(directory, "t10k-images-idx3-ubyte")}.`,
  );
  const test = join(directory, "t10k-images-idx3-ubyte");
  const evaluated = await wasmlp("evaluate", out, "--data", test, "--json");
  expect(parseLines(evaluated.stdout)[0]).toMatchObject({ samples: 40, accuracy: 1 });
  const floats = join(directory, "X.npy");
  const array = { shape: [1, 16], dtype: "float32", values: new Float32Array(16).fill(9) } as const;
  await writeFile(floats, encodeNpy(array));
  const unscaled = await wasmlp("predict", out, "--data", floats);
  expect(unscaled.stderr).toBe(
    `error: ${floats}: holds values up to 9, expected bytes, or numbers from 0 to 1, as the model was trained on pixels\n`,
  );
  const narrow = await wasmlp("predict", out, "--data", join(directory, "t10k-labels-idx1-ubyte"));
  expect(narrow.stderr).toContain("samples have 1 features, expected 16 as the network has inputs");
});

test("a single image, and pixels that no dtype calls so, are told to be what they may be", async () => {
  const directory = await temporaryDirectory();
  const path = (name: string) => join(directory, name);
  const count = 40;
  const values = Float32Array.from(
    { length: 4 * count },
    (_, index) => ((index >> 2) % 2) / 2 + 0.25,
  );
  const X: NumericArray = { name: "X", shape: [count, 2, 2], dtype: "float32", values };
  const y = Int32Array.from({ length: count }, (_, row) => row % 2);
  await writeNpz(path("a.npz"), [X, { name: "y", shape: [count], dtype: "int32", values: y }]);
  const out = path("m.safetensors");
  await wasmlp("train", "--data", path("a.npz"), "--epochs", "1", "--seed", "1", "--out", out);
  const pixels = { dtype: "int64", values: Float64Array.of(0, 16, 3, 7) } as const;
  await writeFile(path("one.npy"), encodeNpy({ shape: [2, 2], ...pixels }));
  const single = await wasmlp("predict", out, "--data", path("one.npy"));
  expect([single.exitCode, single.stderr]).toEqual([
    2,
    `error: ${path("one.npy")}: samples have 2 features, expected 4 as the network has inputs, or 1 × 2 × 2 values where it is one sample\n`,
  ]);
  await writeFile(path("whole.npy"), encodeNpy({ shape: [1, 2, 2], ...pixels }));
  const predicted = await wasmlp("predict", out, "--data", path("whole.npy"));
  expect([predicted.exitCode, predicted.stderr]).toEqual([
    0,
    `${path("whole.npy")}: "whole" holds whole numbers up to 16, taken for pixels: 0 to 255 for 0 to 1.\n`,
  ]);
  const silent = await wasmlp("predict", out, "--data", path("a.npz"));
  expect([silent.exitCode, silent.stderr]).toEqual([0, ""]);
});

test("the doctor looks at arrays", async () => {
  const data = join(await temporaryDirectory(), "a.npz");
  const { X, y } = arrays();
  await writeNpz(data, [X, y]);
  const { stdout } = await wasmlp("doctor", "data", "--data", data, "--seed", "1");
  expect(stdout).toContain("3 classes, 24 to 24 samples each");
});

test("what does not belong together is refused in a sentence", async () => {
  const directory = await temporaryDirectory();
  const data = join(directory, "a.npz");
  const { X, y } = arrays();
  await writeNpz(data, [X, y]);
  const table = await wasmlp("train", "--data", data, "--columns", "a");
  expect(table).toMatchObject({
    exitCode: 2,
    stderr: "error: --columns was given, expected --data FILE with a table too\n",
  });
  const csv = join(directory, "a.csv");
  await writeFile(csv, "a,b\n1,2\n");
  const array = await wasmlp("train", "--data", csv, "--inputs", "a");
  expect(array.stderr).toBe("error: --inputs was given, expected --data FILE with arrays too\n");
  const several = await wasmlp("train", "--data", data, "--target", "a,b");
  expect(several.stderr).toBe('error: --target is "a,b", expected one array\n');
  const labels = join(directory, "labels.npy");
  await writeFile(labels, encodeNpy(y));
  const alone = await wasmlp("train", "--data", labels);
  expect(alone.stderr).toContain('labels.npy: holds nothing to predict beside "labels", expected');
  const narrow = join(directory, "narrow.npz");
  await writeNpz(narrow, [
    { ...X, shape: [2 * ROWS, 1] },
    { ...y, shape: [2 * ROWS], values: new Int32Array(2 * ROWS).fill(1) },
  ]);
  const other = await wasmlp("train", "--data", data, "--test-data", narrow);
  expect(other).toMatchObject({ exitCode: 2, stdout: "" });
  expect(other.stderr).toBe(
    `error: ${narrow}: samples have 1 features, expected 2 as those of ${data}\n`,
  );
  const empty = join(directory, "empty.npy");
  await writeFile(empty, "");
  const nothing = await wasmlp("train", "--data", empty);
  expect(nothing.stderr).toBe(
    `error: ${empty}: is empty, expected a .npz, .npy or .safetensors file\n`,
  );
  const missing = await wasmlp("train", "--data", join(directory, "none.npz"));
  expect(missing.stderr).toMatch(/none\.npz: does not exist, expected a file that can be read\n$/);
});

test.skipIf(process.platform === "win32")(
  "a pipe is called a pipe, and not waited for",
  async () => {
    const pipe = join(await temporaryDirectory(), "pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    for (const command of [["train"], ["doctor", "data"]]) {
      const { exitCode, stderr } = await wasmlp(...command, "--data", pipe);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: `error: ${pipe}: is a device or a pipe, expected a file or a folder\n`,
      });
    }
  },
);

test("a network that PyTorch saved says of NumPy's inputs what it said there", async () => {
  const folder = join(import.meta.dirname, "../model/formats/pytorch");
  const arrays = await readArrays(join(folder, "answers.npz"));
  const inputs = arrays.find(({ name }) => name === "inputs");
  const answers = arrays.find(({ name }) => name === "relu")?.values ?? [];
  const data = join(await temporaryDirectory(), "X.npy");
  if (inputs) await writeFile(data, encodeNpy(inputs));
  const model = join(folder, "relu.safetensors");
  const unsaid = await wasmlp("predict", model, "--data", data);
  expect(unsaid.stderr).toContain("expected the option activation (--activation) to be one of");
  const flags = ["--activation", "relu", "--threads", "2", "--json"];
  const { stdout } = await wasmlp("predict", model, "--data", data, ...flags);
  const rows = parseLines(stdout) as { classes: { name: string; probability: number }[] }[];
  expect(rows).toHaveLength(7);
  for (const [row, { classes }] of rows.entries()) {
    for (const { name, probability } of classes) {
      expect(probability).toBeCloseTo(answers[3 * row + Number(name)], 5);
    }
  }
  const labels = {
    shape: [7],
    dtype: "uint8",
    values: Uint8Array.from(rows, ({ classes }) => +classes[0].name),
  } as const;
  const target = join(await temporaryDirectory(), "y.npy");
  await writeFile(target, encodeNpy(labels));
  const evaluated = await wasmlp("evaluate", model, "--data", data, "--target", target, ...flags);
  expect(parseLines(evaluated.stdout)[0]).toMatchObject({ samples: 7, accuracy: 1 });
});
