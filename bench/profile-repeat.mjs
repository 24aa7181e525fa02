/**
 * Whether a profile says the same twice: runs the same build's `wasmlp profile` several times, and compares the
 * medians of each two runs. A median that differs by more than 5 % should have had a `?` in one of them.
 *
 *   npm run build && node bench/profile-repeat.mjs [--runs 3] [--kernel gemm-nn,adam] [--rounds 61]
 */
import { parseArgs } from "node:util";
import { enableRelaxedSimd } from "../build/node/relaxedSimd.js";
import { profile, variantName } from "../build/profile/index.js";
import { uncertainty } from "../build/report/profileTable.js";

const DIFFERENCE = 0.05;
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    kernel: { type: "string" },
    rounds: { type: "string", default: "61" },
  },
});
enableRelaxedSimd();
const runs = [];
for (let run = 0; run < Number(values.runs); run++) {
  const before = performance.now();
  const { measurements } = await profile({
    rounds: Number(values.rounds),
    ...(values.kernel && { kernels: values.kernel.split(",") }),
  });
  const unsure = measurements.filter((one) => uncertainty(one) > DIFFERENCE).length;
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  console.log(`run ${run + 1}: ${seconds} s, ? at ${unsure} of ${measurements.length} medians`);
  runs.push(measurements);
}

const differences = [];
for (const [index, first] of runs.entries()) {
  for (const second of runs.slice(index + 1)) {
    for (const [place, one] of first.entries()) {
      const other = second[place];
      const difference = Math.abs(Math.log(one.seconds / other.seconds));
      const isSure = Math.max(uncertainty(one), uncertainty(other)) <= DIFFERENCE;
      const name = `${one.kernel} ${one.shape.join("x")} ${variantName(one)}`;
      differences.push({ name, difference, isSure });
    }
  }
}
const isBeyond = ({ difference }) => difference > Math.log(1 + DIFFERENCE);
const sure = differences.filter(({ isSure }) => isSure);
const wrong = sure.filter(isBeyond);
const part = (some, all) => `${some.length} of ${all.length}`;
console.log(
  `medians that two runs tell with more than 5 % between them: ${part(differences.filter(isBeyond), differences)}`,
);
console.log(`of those without ? in either run: ${part(wrong, sure)}`);
for (const { name, difference } of wrong.sort((a, b) => b.difference - a.difference).slice(0, 5)) {
  console.log(`  ${name}: ${(100 * Math.expm1(difference)).toFixed(0)} %`);
}
process.exit();
