/**
 * What a model becomes in each format that it is exported to, on MNIST's test set: length, accuracy, and by how much the
 * answers differ at most from those of the model itself; and the way to PyTorch and back, where bench/.venv has it.
 *
 *   WASMLP_DATA_DIR=DIR node bench/formats/index.mjs
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as ort from "onnxruntime-web";
import {
  decodeNpy,
  encodeJavaScript,
  encodeModel,
  encodeModelNpz,
  encodeNpy,
  encodeOnnx,
  Mlp,
  perceptron,
} from "../../build/index.js";
import { loadMnist, loadModel } from "../../build/node/index.js";

const CLASSES = 10;
const PYTHON = join(import.meta.dirname, "../.venv/bin/python");
const folder = mkdtempSync(join(tmpdir(), "wasmlp-formats-"));
const file = (name) => join(folder, name);
const { train, test } = await loadMnist();
const inputs = Float32Array.from(test.inputs, (byte) => byte / 255);

const model = await Mlp.create({
  architecture: perceptron(784, [64, 32], CLASSES, "tanh"),
  seed: 1,
});
await model.fit(train, { epochs: 4, batchSize: 32, learningRate: 0.1, seed: 1 });
const expected = await model.predictAll(test.inputs);
const snapshot = model.snapshot();
const logits = await logitsOf(snapshot);

/** By how much they differ at most. */
function difference(a, b) {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0);
}

async function logitsOf({ architecture: { inputs, layers }, ...rest }) {
  const linear = layers.map((layer, index) =>
    index < layers.length - 1 ? layer : { ...layer, activation: "identity" },
  );
  const before = await Mlp.fromSnapshot(
    { ...rest, architecture: { inputs, layers: linear } },
    { simd: "plain" },
  );
  return await before.predictAll(test.inputs);
}

function accuracyOf(outputs) {
  let correct = 0;
  test.targets.labels.forEach((label, sample) => {
    const own = outputs.subarray(CLASSES * sample, CLASSES * (sample + 1));
    if (own.indexOf(Math.max(...own)) === label) correct++;
  });
  return correct / test.samples;
}

function print(name, bytes, outputs) {
  const percent = `${(100 * accuracyOf(outputs)).toFixed(2)} %`;
  console.log(
    `${name.padEnd(24)} ${String(bytes.length).padStart(7)} bytes  ${percent}  differs by ${difference(outputs, expected).toExponential(1)}`,
  );
}

console.log(`784-64-32-10, MNIST's test set: ${(100 * accuracyOf(expected)).toFixed(2)} %`);
for (const quantize of [undefined, "int8"]) {
  const kind = quantize ?? "float32";
  for (const [format, encode] of [
    ["safetensors", encodeModel],
    ["npz", encodeModelNpz],
  ]) {
    const bytes = await encode(snapshot, { quantize });
    writeFileSync(file(`${kind}.${format}`), bytes);
    const again = await loadModel(file(`${kind}.${format}`), { simd: "plain" });
    print(`${format}, ${kind}`, bytes, await again.predictAll(test.inputs));
  }
  const onnx = encodeOnnx(snapshot, { quantize });
  const session = await ort.InferenceSession.create(onnx);
  const said = await session.run({
    inputs: new ort.Tensor("float32", inputs, [test.samples, 784]),
  });
  print(`onnx, ${kind}`, onnx, said.outputs.data);
  if (quantize === undefined) {
    console.log(`  its logits differ by ${difference(said.logits.data, logits).toExponential(1)}`);
  }
  const javascript = await encodeJavaScript(snapshot, { quantize });
  writeFileSync(file(`${kind}.mjs`), javascript);
  const { predict } = await import(pathToFileURL(file(`${kind}.mjs`)).href);
  const outputs = new Float32Array(expected.length);
  for (let sample = 0; sample < test.samples; sample++) {
    outputs.set(predict(test.inputs.subarray(784 * sample, 784 * (sample + 1))), CLASSES * sample);
  }
  print(`js, ${kind}`, javascript, outputs);
}

if (existsSync(PYTHON)) {
  writeFileSync(file("model.safetensors"), encodeModel(snapshot));
  writeFileSync(file("model.npz"), await encodeModelNpz(snapshot));
  writeFileSync(
    file("inputs.npy"),
    encodeNpy({ shape: [test.samples, 784], dtype: "float32", values: inputs }),
  );
  const { status, stdout, stderr } = spawnSync(
    PYTHON,
    [join(import.meta.dirname, "pytorch.py"), folder],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
  const { npz, torch } = JSON.parse(stdout);
  const array = (name) => decodeNpy(readFileSync(file(name)), name).values;
  console.log(
    `PyTorch ${torch}: nn.Sequential loads it, its logits differ by ${difference(array("logits.npy"), logits).toExponential(1)}`,
  );
  console.log(
    `NumPy: the arrays of the npz are ${npz ? "those of" : "others than in"} the safetensors file`,
  );
  for (const name of ["back.safetensors", "back.npz"]) {
    const back = await loadModel(file(name), { activation: "relu", simd: "plain" });
    const outputs = await back.predictAll(test.inputs);
    console.log(
      `PyTorch's ${name.padEnd(17)} read here differs by ${difference(outputs, array("back.npy")).toExponential(1)}`,
    );
  }
}
rmSync(folder, { recursive: true });
process.exit();
