/**
 * Whether a profile says the same twice: runs the same build's `wasmlp profile` several times, each in a process of its
 * own, and compares the medians of each two runs. A median that differs by more than 5 % should have had a `?` in one
 * of them.
 *
 *   npm run build && node bench/profile-repeat.mjs [--runs 3] [--kernel gemm,adam] [--rounds 12]
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { variantName } from "../build/profile/index.js";

const DIFFERENCE = 0.05;
const LARGEST_OUTPUT = 2 ** 28;
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    kernel: { type: "string" },
    rounds: { type: "string" },
  },
});
const command = join(import.meta.dirname, "../build/cli/main.js");
const options = ["kernel", "rounds"].flatMap((name) =>
  values[name] === undefined ? [] : [`--${name}`, values[name]],
);
const runs = [];
for (let run = 0; run < Number(values.runs); run++) {
  const before = performance.now();
  const output = execFileSync(process.execPath, [command, "profile", "--json", ...options], {
    maxBuffer: LARGEST_OUTPUT,
  });
  const { measurements } = JSON.parse(output);
  const unsure = measurements.filter((one) => !isSure(one)).length;
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  console.log(`run ${run + 1}: ${seconds} s, ? at ${unsure} of ${measurements.length} medians`);
  runs.push(measurements);
}

/** Whether it stands in the table without a `?`. */
function isSure({ uncertainty, isComplete }) {
  return uncertainty <= DIFFERENCE && isComplete;
}

const differences = [];
for (const [index, first] of runs.entries()) {
  for (const second of runs.slice(index + 1)) {
    for (const [place, one] of first.entries()) {
      const other = second[place];
      const difference = Math.abs(Math.log(one.seconds / other.seconds));
      const name = `${one.kernel} ${one.shape.join("x")} ${variantName(one)}`;
      differences.push({ name, difference, areSure: isSure(one) && isSure(other) });
    }
  }
}
const isBeyond = ({ difference }) => difference > Math.log(1 + DIFFERENCE);
const sure = differences.filter(({ areSure }) => areSure);
const wrong = sure.filter(isBeyond);
const part = (some, all) => `${some.length} of ${all.length}`;
console.log(
  `medians that two runs tell with more than 5 % between them: ${part(differences.filter(isBeyond), differences)}`,
);
console.log(`of those without ? in either run: ${part(wrong, sure)}`);
for (const { name, difference } of wrong.sort((a, b) => b.difference - a.difference).slice(0, 5)) {
  console.log(`  ${name}: ${(100 * Math.expm1(difference)).toFixed(0)} %`);
}
