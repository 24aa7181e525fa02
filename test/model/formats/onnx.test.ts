/** The files run in onnxruntime, and say what our kernels say. */
import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { Mlp, type MlpOptions } from "../../../src/mlp.js";
import { HIDDEN_ACTIVATIONS, perceptron } from "../../../src/model/architecture.js";
import { encodeOnnx } from "../../../src/model/formats/onnx.js";
import { quantizeModel } from "../../../src/model/formats/quantization.js";
import { randomFloats } from "../../support/numbers.js";

ort.env.wasm.numThreads = 1;
const SAMPLES = 5;
const FEATURES = 6;
const inputs = randomFloats(SAMPLES * FEATURES, 3);

async function run(
  file: Uint8Array,
  samples: Float32Array = inputs,
): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(file);
  const results = await session.run({
    inputs: new ort.Tensor("float32", samples, [SAMPLES, FEATURES]),
  });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
  );
}

function expectClose(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length);
  for (const [index, value] of found.entries()) {
    expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(1e-5);
  }
}

async function compare(options: MlpOptions, quantize?: "int8"): Promise<void> {
  using model = await Mlp.create({ seed: 4, threads: 1, ...options });
  const snapshot = model.snapshot();
  const meant = quantize ? quantizeModel(snapshot) : snapshot;
  const { logits, outputs } = await run(encodeOnnx(snapshot, { quantize }));
  using same = await Mlp.fromSnapshot(meant, { threads: 1, simd: "plain" });
  expectClose(outputs, same.predict(inputs));
  const { preprocessing: _, ...rest } = meant;
  if (meant.preprocessing) return;
  const layers = meant.architecture.layers.map((layer, index, all) =>
    index < all.length - 1 ? layer : { ...layer, activation: "identity" as const },
  );
  const linear = { ...rest, architecture: { inputs: FEATURES, layers } };
  using before = await Mlp.fromSnapshot(linear, { threads: 1, simd: "plain" });
  expectClose(logits, before.predict(inputs));
}

test.each(HIDDEN_ACTIVATIONS)("logits and outputs are ours: %s", async (activation) => {
  await compare({ architecture: perceptron(FEATURES, [5, 4], 3, activation) });
});

test.each(["sigmoid", "identity", "tanh"] as const)("… with a last layer of %s", async (output) => {
  await compare({ architecture: perceptron(FEATURES, [5], 2, "tanh", output) });
});

test("… with int8 weights", async () => {
  await compare({ architecture: perceptron(FEATURES, [5, 4], 3, "relu") }, "int8");
});

test("… with raw inputs and raw values", async () => {
  const columns = Array.from({ length: FEATURES }, (_, index) => ({
    kind: "number" as const,
    name: `x${index}`,
    mean: index / 4,
    scale: 1 + index / 2,
  }));
  await compare({
    architecture: perceptron(FEATURES, [5], 1, "tanh", "identity"),
    classNames: ["y"],
    preprocessing: { columns, targets: [{ name: "y", mean: 3, scale: 2 }] },
  });
});

test("… with columns of scales far apart, within 1e-5 of the largest logit", async () => {
  const scales = [
    [2020, 1.5],
    [1e6, 2],
    [-4e-30, 1e-30],
    [3e37, 1e37],
    [1e-42, 3e-41],
    [0, 1],
  ] as const;
  const columns = scales.map(([mean, scale], index) => ({
    kind: "number" as const,
    name: `x${index}`,
    mean: mean + scale / 3,
    scale,
  }));
  const raw = inputs.map((value, index) => {
    const { mean, scale } = columns[index % FEATURES];
    return mean + 2 * scale * value;
  });
  const model = {
    architecture: perceptron(FEATURES, [5], 3, "tanh"),
    preprocessing: { columns, targets: [{ name: "t" }] },
  };
  using whole = await Mlp.create({ ...model, seed: 4, threads: 1, simd: "plain" });
  const snapshot = whole.snapshot();
  const layers = snapshot.architecture.layers.map((layer, index) =>
    index === 0 ? layer : { ...layer, activation: "identity" as const },
  );
  const linear = { ...snapshot, architecture: { inputs: FEATURES, layers } };
  using before = await Mlp.fromSnapshot(linear, { threads: 1, simd: "plain" });
  const { logits, outputs } = await run(encodeOnnx(snapshot), raw);
  const expected = before.predict(raw);
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(0.1);
  for (const [index, value] of logits.entries()) {
    expect(Math.abs(value - expected[index]) / largest).toBeLessThanOrEqual(1e-5);
  }
  expectClose(outputs, whole.predict(raw));
});

test.each([
  { what: "standardised", mean: 2, scale: 3 },
  { what: "as they are", mean: 0, scale: 1 },
])("a number that is missing is what it was in training, inputs $what", async ({ mean, scale }) => {
  const columns = Array.from({ length: FEATURES }, (_, index) => ({
    ...{ kind: "number" as const, name: `x${index}`, mean, scale },
    ...(index !== 3 && { missing: index + 0.1 }),
  }));
  using model = await Mlp.create({
    architecture: perceptron(FEATURES, [5], 1, "tanh", "identity"),
    preprocessing: { columns, targets: [{ name: "y" }] },
    ...{ seed: 4, threads: 1, simd: "plain" },
  });
  const file = encodeOnnx(model.snapshot());
  const raw = inputs.map((value, index) => (index % FEATURES === 4 ? Number.NaN : value));
  const filled = inputs.map((value, index) => (index % FEATURES === 4 ? 4.1 : value));
  expectClose((await run(file, raw)).outputs, model.predict(filled));
  const unknown = inputs.map((value, index) => (index === 3 ? Number.NaN : value));
  const { outputs } = await run(file, unknown);
  expect(Array.from(outputs, Number.isNaN)).toEqual([true, false, false, false, false]);
});
