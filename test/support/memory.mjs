/**
 * Prints as JSON what training costs in memory, of a process of its own: `node --expose-gc memory.mjs WHAT`.
 *
 *   epochs   bytes that the JavaScript heap and linear memory grow by in an epoch of fit
 *   models   resident set, in MB, after 200 and after 1 000 models that were made, trained and disposed of
 */
import { createDataset, Mlp, sliceDataset } from "../../build/index.js";

const SAMPLES = 10_000;
const FEATURES = 784;
const dataset = createDataset({
  name: "random bytes",
  inputs: Uint8Array.from({ length: SAMPLES * FEATURES }, (_, i) =>
    (i * 2_654_435_761) % 5 === 0 ? i % 256 : 0,
  ),
  features: FEATURES,
  targets: {
    kind: "classes",
    labels: Uint8Array.from({ length: SAMPLES }, (_, sample) => sample % 10),
    names: Array.from("0123456789"),
  },
});

function create(hidden) {
  const layers = [
    ...hidden.map((units) => ({ units, activation: "tanh" })),
    { units: 10, activation: "softmax" },
  ];
  return Mlp.create({ architecture: { inputs: FEATURES, layers }, threads: 2 });
}

/**
 * Memory in use when all garbage is collected, so that what remains is what was kept. Array buffers are given back on
 * a thread of the collector's own, and counted as such by the next collection.
 */
async function collected() {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 50));
  globalThis.gc();
  return process.memoryUsage();
}

async function epochs() {
  const model = await create([64]);
  const memories = [];
  const fit = { batchSize: 128, learningRate: 0.1 };
  await model.fit(dataset, { ...fit, epochs: 20 });
  // Garbage counts as well: no collection happens in between, the young generation is large enough.
  for (let run = 0; run < 5; run++) {
    const before = await collected();
    let first;
    let last;
    await model.fit(dataset, {
      ...fit,
      epochs: 40,
      onEpoch: () => {
        last = process.memoryUsage();
        first ??= last;
      },
    });
    const after = await collected();
    memories.push({
      garbage: (last.heapUsed - first.heapUsed) / 39,
      kept: after.heapUsed - before.heapUsed,
      outside: after.arrayBuffers + after.external - before.arrayBuffers - before.external,
    });
  }
  const median = (key) => memories.map((memory) => memory[key]).sort((a, b) => a - b)[2];
  return { garbage: median("garbage"), kept: median("kept"), outside: median("outside") };
}

async function models() {
  const resident = [];
  for (let made = 1; made <= 1000; made++) {
    // Several sizes, so that one that fits by chance does not hide one that does not.
    const model = await create([16 + (made % 7) * 24]);
    await model.fit(sliceDataset(dataset, 0, 256), { epochs: 1, batchSize: 64 });
    model.dispose();
    if (made % 200 === 0) resident.push(Math.round((await collected()).rss / 2 ** 20));
  }
  return { resident };
}

const what = { epochs, models }[process.argv[2]];
console.log(JSON.stringify(await what()));
