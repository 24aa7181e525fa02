/**
 * What embedding costs: loading the library, the first model, single predictions, batches, loading a model, and
 * the command's help. Prints the median of several turns, and the goal beside it.
 *
 *   npm run build && node bench/embed.mjs
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { detectFeatures, digits, Mlp, perceptron } from "../build/index.js";
import { enableRelaxedSimd } from "../build/node/index.js";
import { median } from "./statistics.mjs";

const build = join(import.meta.dirname, "../build");
const ARCHITECTURE = perceptron(784, [64], 10, "tanh");
const TURNS = 9;

/** Milliseconds that `work` takes, the median of several turns. @param {() => unknown} work */
async function time(work) {
  const times = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const before = performance.now();
    await work();
    times.push(performance.now() - before);
  }
  return median(times);
}

/** Milliseconds from the import to an engine that is ready, in a process of its own. */
function startUp() {
  const script = `const before = performance.now();
    const { Mlp, perceptron } = await import(${JSON.stringify(pathToFileURL(join(build, "bundled/wasmlp.js")).href)});
    await Mlp.create({ architecture: perceptron(2, [2], 2, "tanh") });
    console.log(performance.now() - before); process.exit()`;
  const run = ["--input-type=module", "--eval", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, run, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

enableRelaxedSimd();
const model = await Mlp.create({ architecture: ARCHITECTURE });
const { inputs } = digits({ samples: 60_000, seed: 1 });
const outputs = new Float32Array(10);
const byteSamples = Array.from({ length: 1000 }, (_, i) => inputs.subarray(i * 784, (i + 1) * 784));
const floatSamples = byteSamples.map((sample) => Float32Array.from(sample, (byte) => byte / 255));

/** Microseconds a sample. @param {(Uint8Array | Float32Array)[]} samples */
async function single(samples) {
  const all = () => {
    for (const sample of samples) model.predict(sample, outputs);
  };
  for (let warmUp = 0; warmUp < 20; warmUp++) all();
  return (await time(all)) * (1000 / samples.length);
}

/**
 * Millions of samples a second, bytes and floats. @param {number} threads @param {"plain" | "relaxed"} simd
 */
async function many(threads, simd) {
  const many = await Mlp.create({ architecture: ARCHITECTURE, threads, simd });
  const floats = Float32Array.from(inputs, (byte) => byte / 255);
  const speeds = [];
  for (const values of [inputs, floats]) {
    const room = new Float32Array((10 * values.length) / 784);
    const all = () => many.predictAll(values, { outputs: room });
    await all();
    speeds.push((values.length / 784 / (await time(all))) * 1e-3);
  }
  many.dispose();
  return speeds;
}

const saved = model.save();
const batches = [];
for (const simd of detectFeatures().relaxedSimd ? ["plain", "relaxed"] : ["plain"]) {
  for (const threads of [1, 2]) {
    const [bytes, floats] = await many(threads, simd);
    const how = `${threads} ${threads === 1 ? "thread" : "threads"}, ${simd}`;
    const goal = threads === 2 ? "≥ 1.5" : "";
    batches.push([`predictAll, bytes, ${how}`, bytes, "M samples/s", goal]);
    batches.push([`predictAll, floats, ${how}`, floats, "M samples/s", ""]);
  }
}
const rows = [
  ["import and engine ready, Node", median(Array.from({ length: TURNS }, startUp)), "ms", "≤ 20"],
  ["predict one sample, bytes", await single(byteSamples), "µs", "≤ 10"],
  ["predict one sample, floats", await single(floatSamples), "µs", "≤ 10"],
  ...batches,
  [
    `load a model of ${Math.round(saved.length / 1024)} KB`,
    await time(async () => (await Mlp.load(saved)).dispose()),
    "ms",
    "≤ 5",
  ],
  [
    "node without a program",
    await time(() => spawnSync(process.execPath, ["--eval", "0"])),
    "ms",
    "",
  ],
  [
    "wasmlp --help",
    await time(() => spawnSync(process.execPath, [join(build, "bundled/cli.js"), "--help"])),
    "ms",
    "≤ 100",
  ],
];
for (const [what, value, unit, goal] of rows) {
  console.log(`${what.padEnd(36)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(12)} ${goal}`);
}
model.dispose();
process.exit();
