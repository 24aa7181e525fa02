/**
 * The repaired program of the question, 10 000 × 784, 64 hidden units, 100 full-batch epochs: wasmlp
 * against NumPy, in turn, on the same data.
 *
 *   bench/peers/setup.sh && node bench/seed-program.mjs [--rounds 3] [--epochs 100] [--data-dir DIR]
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Mlp, perceptron } from "../build/index.js";
import { loadMnistTest } from "../build/node/index.js";
import { formatRatio, formatSeconds } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    epochs: { type: "string", default: "100" },
    "data-dir": { type: "string", default: process.env.WASMLP_DATA_DIR ?? "" },
  },
});
const rounds = Number(values.rounds);
const epochs = Number(values.epochs);
const directory = values["data-dir"];
const python = join(import.meta.dirname, ".venv/bin/python");
if (!existsSync(python)) {
  console.error(`${python} is missing: run bench/peers/setup.sh first`);
  process.exit(1);
}
if (!directory) {
  console.error("no data directory: give --data-dir or set WASMLP_DATA_DIR");
  process.exit(1);
}

const dataset = await loadMnistTest({ dataDirectory: directory });

async function runWasmlp() {
  const model = await Mlp.create({
    architecture: perceptron(784, [64], 10, "tanh"),
    initialization: "normal:0.01",
  });
  const { seconds, epochs: reports } = await model.fit(dataset, {
    epochs,
    batchSize: "full",
    learningRate: 0.3,
  });
  model.dispose();
  return { seconds, accuracy: reports[reports.length - 1].accuracy };
}

/** @param {"float64" | "float32"} dtype */
function runNumpy(dtype) {
  const script = join(import.meta.dirname, "peers/seed_program.py");
  const { stdout, stderr, status } = spawnSync(python, [script, directory, dtype, String(epochs)]);
  if (status !== 0) throw new Error(`NumPy failed: ${stderr}`);
  return JSON.parse(String(stdout));
}

const times = { wasmlp: [], float64: [], float32: [] };
for (let round = 1; round <= rounds; round++) {
  const ours = await runWasmlp();
  const float64 = runNumpy("float64");
  const float32 = runNumpy("float32");
  times.wasmlp.push(ours.seconds);
  times.float64.push(float64.seconds);
  times.float32.push(float32.seconds);
  console.error(
    `round ${round}: wasmlp ${ours.seconds.toFixed(2)} s, ${(100 * ours.accuracy).toFixed(2)} %; ` +
      `NumPy ${float64.version} float64 ${float64.seconds.toFixed(2)} s, ${(100 * float64.accuracy).toFixed(2)} %; ` +
      `float32 ${float32.seconds.toFixed(2)} s, ${(100 * float32.accuracy).toFixed(2)} %`,
  );
}
console.log(`wasmlp        ${formatSeconds(times.wasmlp)}`);
console.log(
  `NumPy float64 ${formatSeconds(times.float64)}  ${formatRatio(times.float64, times.wasmlp)} of wasmlp's time`,
);
console.log(
  `NumPy float32 ${formatSeconds(times.float32)}  ${formatRatio(times.float32, times.wasmlp)} of wasmlp's time`,
);
