/** Learning rates whose steps leave no trace, or too large a one. */
import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import { type StepOptions, trainingStep } from "../../support/trainingStep.js";

/** In float32, as most programs have it. */
function idsOf(options: StepOptions): string[] {
  const arrays = trainingStep(options).map((each) => ({
    ...each,
    dtype: "float32" as const,
    values: Float32Array.from(each.values, Number),
  }));
  return diagnose(arrays).findings.map(({ id, at }) => `${id}@${at}`);
}

test("steps that rounding swallows are too short", () => {
  expect(idsOf({ learningRate: 1e-9 })).toEqual(["learning-rate-too-low@lr"]);
});

test("short steps and long ones that lower the loss are left alone", () => {
  for (const learningRate of [1e-3, 0.1, 1]) expect(idsOf({ learningRate })).toEqual([]);
});
