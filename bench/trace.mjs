/**
 * What `train --trace` costs: epochs of the same run with a trace and without, in turns, each pair in both orders.
 *
 *   npm run build && [WASMLP_DATA_DIR=DIR] node bench/trace.mjs [--rounds 15] [--hidden 64] [--batch-size 32]
 */
import { parseArgs } from "node:util";
import { Mlp, perceptron } from "../build/index.js";
import { loadMnist } from "../build/node/index.js";
import { enableRelaxedSimd } from "../build/node/relaxedSimd.js";
import { Trace } from "../build/trace/index.js";
import { formatSeconds, median } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    hidden: { type: "string", default: "64" },
    "batch-size": { type: "string", default: "32" },
  },
});
enableRelaxedSimd();
const { train: training } = await loadMnist();
const hidden = values.hidden.split(",").map(Number);
const batchSize = Number(values["batch-size"]);

/** Threads of a traced run are new and have to warm up, while others are kept: epochs that are not counted. */
const WARM_UP = 4;
const COUNTED = 6;

/** Seconds of the fastest epoch of a warm run. @param {Trace | undefined} trace */
async function time(trace) {
  const architecture = perceptron(784, hidden, 10, "tanh");
  const model = await Mlp.create({ architecture, simd: "relaxed" });
  const options = { epochs: WARM_UP + COUNTED, batchSize, ...(trace && { trace }) };
  const { epochs } = await model.fit(training, options);
  model.dispose();
  return Math.min(...epochs.slice(WARM_UP).map(({ seconds }) => seconds));
}

const without = [];
const traced = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const turns = [
    async () => without.push(await time(undefined)),
    async () => traced.push(await time(new Trace())),
  ];
  for (const turn of round % 2 ? turns.reverse() : turns) await turn();
}
const ratios = traced.map((seconds, round) => seconds / without[round]).sort((a, b) => a - b);
const quarter = Math.floor(ratios.length / 4);
const percent = (ratio) => `${(100 * (ratio - 1)).toFixed(1)} %`;
console.log(`784-${hidden.join("-")}-10, batches of ${batchSize}, an epoch of MNIST`);
console.log(`without  ${formatSeconds(without)}`);
console.log(`traced   ${formatSeconds(traced)}`);
console.log(
  `cost     ${percent(median(ratios))} (quartiles ${percent(ratios[quarter])} to ${percent(ratios.at(-1 - quarter))})`,
);
process.exit();
