/** Targets that the cross-entropy of a softmax cannot mean. */
import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import { array, SIZES, trainingStep } from "../../support/trainingStep.js";

const { samples, classes } = SIZES;

/** The same step with each target row changed, and the last layer's gradient as it follows. */
function idsWith(change: (target: number, label: number) => number): string[] {
  const step = trainingStep({ loss: "none" });
  const valuesOf = (name: string) => step.find((each) => each.name === name)?.values ?? [];
  const [Y, P] = [valuesOf("Y"), valuesOf("A2")];
  const row = (of: ArrayLike<number | bigint>, sample: number) =>
    Array.from({ length: classes }, (_, k) => Number(of[sample * classes + k]));
  const targets = Array.from({ length: samples }, (_, sample) => {
    const own = row(Y, sample);
    return own.map((target) => change(target, own.indexOf(1)));
  });
  const dZ2 = targets.map((own, sample) => row(P, sample).map((p, k) => (p - own[k]) / samples));
  const kept = step.filter(({ name }) => /^(X|[WbZA]\d)$/.test(name));
  const arrays = [...kept, array("Y", targets), array("dZ2", dZ2)];
  return diagnose(arrays).findings.map(({ id, at }) => `${id}@${at}`);
}

test("the label repeated in every column is not one-hot", () => {
  expect(idsWith((_, label) => label)).toEqual(["labels-not-one-hot@Y"]);
});

test("a loss of the class next to each label's is that of labels off by one", () => {
  const moved = (target: number[][]) => target.map((row) => [0, ...row.slice(0, -1)]);
  const lossOf = (z: number[][], targets: number[][]) => {
    const p = z.map((row) => {
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      return row.map((value) => Math.exp(value) / total);
    });
    const t = moved(targets);
    const each = p.map((row, i) => row.reduce((sum, q, k) => sum - t[i][k] * Math.log(q), 0));
    const gradient = p.map((row, i) => row.map((q, k) => q - t[i][k]));
    return { gradient, loss: each.reduce((sum, value) => sum + value, 0) };
  };
  const found = diagnose(trainingStep({ lossOf })).findings.map(({ id, at }) => `${id}@${at}`);
  expect(found).toContain("labels-off-by-one@loss");
});

test("one-hot rows are", () => {
  expect(idsWith((target) => target)).toEqual([]);
});
