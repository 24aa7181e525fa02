/** A model as an ES module: it says what the library says, to the bit, and wants nothing but itself. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { Mlp, type MlpOptions } from "../../../src/mlp.js";
import { HIDDEN_ACTIVATIONS, perceptron } from "../../../src/model/architecture.js";
import { encodeJavaScript } from "../../../src/model/formats/javascript.js";
import { quantizeModel } from "../../../src/model/formats/quantization.js";
import { randomFloats } from "../../support/numbers.js";
import { temporaryDirectory } from "../../support/temporaryDirectory.js";

const FEATURES = 37;

interface ExportedModel {
  readonly classNames: readonly string[];
  readonly inputCount: number;
  readonly inputNames: readonly string[];
  predict(
    inputs: Uint8Array | Uint8ClampedArray | Float32Array,
    outputs?: Float32Array,
  ): Float32Array;
}

async function load(source: Uint8Array): Promise<ExportedModel> {
  const path = join(await temporaryDirectory(), "model.mjs");
  await writeFile(path, source);
  return import(/* @vite-ignore */ pathToFileURL(path).href);
}

async function compare(options: MlpOptions, quantize?: "int8"): Promise<ExportedModel> {
  using model = await Mlp.create({ seed: 4, threads: 1, ...options });
  const snapshot = model.snapshot();
  const exported = await load(await encodeJavaScript(snapshot, { quantize }));
  const meant = quantize ? quantizeModel(snapshot) : snapshot;
  using same = await Mlp.fromSnapshot(meant, { threads: 1, simd: "plain" });
  for (const seed of [1, 2, 3]) {
    const floats = randomFloats(FEATURES, seed);
    const bytes = Uint8Array.from(floats, (value) => Math.abs(value) * 200);
    expect(exported.predict(floats)).toEqual(same.predict(floats));
    expect(exported.predict(bytes)).toEqual(same.predict(bytes));
    expect(exported.predict(new Uint8ClampedArray(bytes))).toEqual(same.predict(bytes));
  }
  return exported;
}

test.each(HIDDEN_ACTIVATIONS)("outputs are ours, to the bit: %s", async (activation) => {
  await compare({ architecture: perceptron(FEATURES, [21, 5], 3, activation) });
});

test.each(["sigmoid", "identity", "tanh"] as const)("… with a last layer of %s", async (output) => {
  await compare({ architecture: perceptron(FEATURES, [18], 1, "tanh", output) });
});

test("… with int8 weights", async () => {
  await compare({ architecture: perceptron(FEATURES, [21, 4], 3, "relu") }, "int8");
});

test("… with raw inputs and raw values", async () => {
  const numbers = Array.from({ length: FEATURES - 2 }, (_, index) => ({
    kind: "number" as const,
    name: `x${index}`,
    mean: index / 7,
    scale: 1 + index / 3,
  }));
  const colours = { kind: "categories" as const, name: "colour", categories: ["red", "blue"] };
  const columns = [numbers[0], colours, ...numbers.slice(1)];
  const exported = await compare({
    architecture: perceptron(FEATURES, [18], 1, "tanh", "identity"),
    classNames: ["y"],
    preprocessing: { columns, targets: [{ name: "y", mean: 3, scale: 0.7 }] },
  });
  const [first, ...others] = numbers.map(({ name }) => name);
  expect(exported.inputNames).toEqual([first, "colour = red", "colour = blue", ...others]);
});

test("a number that is missing is what it was in training, and refused where it was refused then", async () => {
  const columns = Array.from({ length: FEATURES - 2 }, (_, index) => ({
    kind: "number" as const,
    name: `x${index}`,
    mean: 0,
    scale: 1,
    ...(index < 3 && { missing: index - 0.25 }),
  }));
  const colours = { kind: "categories" as const, name: "colour", categories: ["red", "blue"] };
  const exported = await compare({
    architecture: perceptron(FEATURES, [18], 1, "tanh", "identity"),
    preprocessing: { columns: [colours, ...columns], targets: [{ name: "y" }] },
  });
  const filled = randomFloats(FEATURES, 1);
  filled.set([-0.25, 0.75, 1.75], 2);
  const inputs = filled.slice().fill(Number.NaN, 2, 5);
  expect(exported.predict(inputs)).toEqual(exported.predict(filled));
  for (const place of [1, 5]) {
    const refused = filled.slice().fill(Number.NaN, place, place + 1);
    expect(() => exported.predict(refused)).toThrow(`given NaN as feature ${place}, expected`);
  }
});

test("names are data, whatever is in them", async () => {
  const classNames = ['"; throw 1; //', "*/ `$", "\u2028 é"];
  const architecture = perceptron(FEATURES, [4], 3, "tanh");
  const exported = await compare({ architecture, classNames });
  expect(exported.classNames).toEqual(classNames);
  expect(exported.inputCount).toBe(FEATURES);
  expect(exported.inputNames).toEqual([]);
});

test("what does not fit is refused with a sentence, and rooms are filled", async () => {
  const exported = await compare({ architecture: perceptron(FEATURES, [4], 3, "tanh") });
  const room = new Float32Array(3);
  expect(exported.predict(new Uint8Array(FEATURES), room)).toBe(room);
  expect(() => exported.predict(new Uint8Array(3))).toThrow(
    "predict was given 3 input values, expected 37",
  );
  expect(() => (exported.predict as (inputs?: unknown) => unknown)()).toThrow(
    "predict was given undefined, expected 37 input values",
  );
  // Bytes, as JSON has them, would be taken for numbers up to 255.
  expect(() =>
    (exported.predict as (inputs: unknown) => unknown)(new Array(FEATURES).fill(9)),
  ).toThrow("predict was given Array, expected Uint8Array, Uint8ClampedArray or Float32Array");
  expect(() => exported.predict(new Uint8Array(FEATURES), new Float32Array(4))).toThrow(
    "predict was given room for 4 outputs, expected 3",
  );
  const inputs = new Float32Array(FEATURES).fill(Number.NaN, 5);
  expect(() => exported.predict(inputs)).toThrow(
    "predict was given NaN as feature 5, expected a finite number",
  );
});

test("it imports nothing and fetches nothing", async () => {
  using model = await Mlp.create({ architecture: perceptron(784, [64], 10, "tanh"), seed: 1 });
  const source = new TextDecoder().decode(await encodeJavaScript(model.snapshot()));
  expect(source).not.toMatch(/^\s*import\b|\bimport\(|\bfetch\b|\beval\b|\bFunction\(/m);
  // 204 KB of parameters and 11 KB of kernels, four characters for three bytes.
  expect(source.length).toBeLessThan(292_000);
});
