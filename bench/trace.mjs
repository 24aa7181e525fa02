/**
 * What `train --trace` costs: epochs of the same run with a trace and twice without, in turns and in another order each
 * round. What the two without differ by is what the machine adds: a cost below that is not to be told.
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
const again = [];
const traced = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const turns = [
    async () => without.push(await time(undefined)),
    async () => traced.push(await time(new Trace())),
    async () => again.push(await time(undefined)),
  ];
  // First one, then the next, goes first.
  for (let turn = 0; turn < turns.length; turn++) await turns[(round + turn) % turns.length]();
}

/** "2.3 % (quartiles 0.3 % to 2.8 %)": by how much longer `one` took than `other`, round by round. */
function cost(one, other) {
  const percent = (ratio) => `${(100 * (ratio - 1)).toFixed(1)} %`;
  const ratios = one.map((seconds, round) => seconds / other[round]).sort((a, b) => a - b);
  const quarter = Math.floor(ratios.length / 4);
  const quartiles = `${percent(ratios[quarter])} to ${percent(ratios.at(-1 - quarter))}`;
  return `${percent(median(ratios))} (quartiles ${quartiles})`;
}

const both = without.map((seconds, round) => (seconds + again[round]) / 2);
console.log(`784-${hidden.join("-")}-10, batches of ${batchSize}, an epoch of MNIST`);
console.log(`without  ${formatSeconds(without)}`);
console.log(`again    ${formatSeconds(again)}`);
console.log(`traced   ${formatSeconds(traced)}`);
console.log(`noise    ${cost(again, without)}`);
console.log(`cost     ${cost(traced, both)}`);
process.exit();
