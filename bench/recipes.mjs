/**
 * What the recipes reach: each is trained with several seeds by the command line, one after another, and
 * the test set is looked at once, at the end of each run.
 *
 *   node bench/recipes.mjs [--recipe NAME] [--seeds 5] [--data-dir DIR]
 *
 * Prints a Markdown table of the accuracy, mean ± standard deviation over the seeds, and of the time of the
 * whole command, the median. Relaxed SIMD, as where no seed is given.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    recipe: { type: "string", multiple: true },
    seeds: { type: "string" },
    "data-dir": { type: "string", default: process.env.WASMLP_DATA_DIR ?? "" },
  },
});
const cli = join(import.meta.dirname, "../build/cli/main.js");
const data = values["data-dir"] ? ["--data-dir", values["data-dir"]] : [];

function wasmlp(...args) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args, "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr.trim());
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { events, seconds: (performance.now() - start) / 1000 };
}

const recipes = wasmlp("recipes").events.filter(
  ({ name }) => !values.recipe || values.recipe.includes(name),
);
console.log("| recipe | accuracy, % | each seed | seconds of the command |");
console.log("|---|---|---|---|");
for (const { name, measured } of recipes) {
  const accuracies = [];
  const times = [];
  const seeds = Number(values.seeds ?? measured.seeds);
  for (let seed = 1; seed <= seeds; seed++) {
    const run = ["train", "--recipe", name, "--seed", String(seed), "--simd", "relaxed", ...data];
    const { events, seconds } = wasmlp(...run);
    accuracies.push(100 * events[events.length - 1].testAccuracy);
    times.push(seconds);
    console.error(
      `${name}, seed ${seed}: ${accuracies[seed - 1].toFixed(2)} %, ${seconds.toFixed(1)} s`,
    );
  }
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / seeds;
  const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, seeds - 1));
  const each = accuracies.map((value) => value.toFixed(2)).join(" ");
  console.log(
    `| ${name} | ${mean.toFixed(2)} ± ${deviation.toFixed(2)} | ${each} | ${median(times).toFixed(1)} |`,
  );
}
