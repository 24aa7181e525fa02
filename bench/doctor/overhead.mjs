/**
 * What `train --doctor` costs while it trains: processor time of the same run with the examiner and without, in
 * turns, on one thread, so that other programs on the machine do not count.
 *
 *   node bench/doctor/overhead.mjs [--rounds 9] [--epochs 20] [--hidden 64]
 *
 * MNIST from $WASMLP_DATA_DIR, built-in digits without it. The checks before the first step are not part of it.
 */
import { parseArgs } from "node:util";
import { digits, Mlp, perceptron, RunExaminer } from "../../build/index.js";
import { loadMnist } from "../../build/node/index.js";
import { formatSeconds, median } from "../statistics.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    epochs: { type: "string", default: "20" },
    hidden: { type: "string", default: "64" },
  },
});
const [rounds, epochs, hidden] = [values.rounds, values.epochs, values.hidden].map(Number);
const training = process.env.WASMLP_DATA_DIR
  ? (await loadMnist()).train
  : digits({ samples: 20_000 });
const architecture = perceptron(training.features, [hidden], 10, "tanh");

async function seconds(inspect) {
  const model = await Mlp.create({ architecture, seed: 1, threads: 1 });
  const options = { epochs, batchSize: 128, learningRate: 0.1, ...(inspect && { inspect }) };
  const start = process.cpuUsage();
  await model.fit(training, options);
  const { user, system } = process.cpuUsage(start);
  model.dispose();
  return (user + system) / 1e6;
}

const watched = () => {
  const examiner = new RunExaminer(10);
  return seconds((report, layers) => examiner.observe(report, layers));
};
await seconds();
await watched();
const without = [];
const examined = [];
for (let round = 0; round < rounds; round++) {
  // Which comes first changes, so that a machine that slows down blames neither.
  if (round % 2 === 0) without.push(await seconds());
  examined.push(await watched());
  if (round % 2 === 1) without.push(await seconds());
}
const overheads = examined.map((time, round) => 100 * (time / without[round] - 1));
console.log(`${training.name}, ${training.features}-${hidden}-10, ${epochs} epochs`);
console.log(`without the doctor ${formatSeconds(without)}`);
console.log(`with the doctor    ${formatSeconds(examined)}`);
console.log(
  `overhead ${median(overheads).toFixed(1)} % (${Math.min(...overheads).toFixed(1)} to ${Math.max(...overheads).toFixed(1)})`,
);
