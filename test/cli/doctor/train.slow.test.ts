/** `train --doctor` on MNIST, made sick in each way that it knows, and in health. */
import { describe, expect, test } from "vitest";
import { realMnist } from "../../support/mnist.js";
import { parseLines, wasmlp } from "../commandLine.js";

interface Said {
  readonly exitCode: number;
  /** "id at place", in the order in which they came. */
  readonly findings: readonly string[];
  readonly events: readonly Record<string, unknown>[];
}

/** Most of the training set is held out, which leaves 6000 images to train on. */
const FEW = "--validation-split 0.9";

async function train(flags: string): Promise<Said> {
  const argv = ["train", "--doctor", "--json", "--seed", "1", ...flags.split(" ")];
  const { exitCode, stdout } = await wasmlp(...argv, "--data-dir", realMnist ?? "");
  const events = parseLines(stdout);
  const found = events.filter(({ event }) => event === "finding");
  return { exitCode, events, findings: found.map(({ id, at }) => `${id} at ${at}`) };
}

const SICK = [
  [
    "vanishing-gradient at layer 1",
    "--hidden 64,64,64,64,64,64,64,64 --activation sigmoid --init glorot --epochs 1",
  ],
  [
    "vanishing-gradient at layer 1",
    "--hidden 64,64,64,64 --activation tanh --init normal:0.01 --epochs 1",
  ],
  [
    "exploding-gradient at layer 1",
    "--hidden 64,64,64,64,64 --init normal:1 --learning-rate 1e-9 --epochs 1",
  ],
  ["saturated-units at layer 2", "--hidden 64,64 --activation tanh --init normal:1 --epochs 1"],
  ["saturated-units at layer 1", "--hidden 64 --activation sigmoid --init normal:3 --epochs 1"],
  ["dead-relu at layer 1", "--learning-rate 3 --epochs 4"],
  ["symmetric-units at layer 1", "--init zeros --epochs 1"],
  [
    "oscillation at loss",
    "--hidden 64 --activation tanh --batch-size full --learning-rate 1 --epochs 12",
  ],
  ["overfitting at validation", "--hidden 256 --optimizer adam --learning-rate 0.01 --epochs 40"],
  ["plateau at loss", "--init zeros --epochs 7"],
  ["divergence at loss", "--activation tanh --learning-rate 10 --epochs 1"],
  ["learning-rate-too-high at layer 2", "--activation tanh --learning-rate 30 --epochs 2"],
  ["learning-rate-too-low at weights", "--learning-rate 1e-5 --epochs 2"],
  ["learning-rate-too-low at weights", "--optimizer adam --learning-rate 1e-7 --epochs 2"],
  ["initial-loss at loss", "--init normal:1 --activation tanh --epochs 1"],
  ["cannot-overfit at network", "--init zeros --epochs 1"],
] as const;

const HEALTHY = [
  "--epochs 3",
  "--optimizer adam --learning-rate 1e-4 --epochs 4",
  "--optimizer adam --learning-rate 1e-5 --epochs 4",
  "--learning-rate 1e-3 --epochs 4",
  "--optimizer adam --learning-rate 1e-3 --schedule cosine:0 --epochs 12",
  "--optimizer adam --learning-rate 1e-3 --batch-size full --epochs 30",
  "--hidden 64,64,64,64,64,64 --learning-rate 0.05 --epochs 4",
  "--hidden 64,64,64 --activation tanh --init glorot --epochs 4",
  "--hidden 64,64 --activation sigmoid --init glorot --learning-rate 0.3 --epochs 4",
  "--output-activation sigmoid --loss binary-cross-entropy --epochs 4",
  "--hidden 256 --dropout 0.5 --input-dropout 0.2 --epochs 4",
  "--optimizer rmsprop --learning-rate 1e-3 --epochs 4",
] as const;

describe.skipIf(realMnist === undefined)("on MNIST", () => {
  test.each(SICK)("%s: %s", async (finding, flags) => {
    const { exitCode, findings, events } = await train(`${FEW} ${flags}`);
    expect(findings).toContain(finding);
    expect(exitCode).toBe(3);
    expect(new Set(findings).size).toBe(findings.length);
    for (const event of events.filter(({ id }) => finding.startsWith(`${id} `))) {
      expect(event.advice).toEqual(expect.any(String));
      expect([event.value, event.threshold].every(Number.isFinite)).toBe(true);
    }
  });

  test("numbers that overflow in the first epoch are a finding too, and the run fails", async () => {
    const flags = `${FEW} --hidden 64,64,64,64,64 --init normal:0.6 --epochs 2`;
    const { exitCode, findings } = await train(flags);
    expect(findings).toEqual([
      "initial-loss at loss",
      "exploding-gradient at layer 1",
      "divergence at loss",
    ]);
    expect(exitCode).toBe(1);
  });

  test.each(HEALTHY)("nothing is found in %s", async (flags) => {
    const { exitCode, findings } = await train(flags);
    expect(findings).toEqual([]);
    expect(exitCode).toBe(0);
  });
});
