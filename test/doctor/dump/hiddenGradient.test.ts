/** Derivatives of hidden layers that are written down wrong. */
import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import { trainingStep } from "../../support/trainingStep.js";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

test.each([
  ["(1 − a)²", "1 − a²", Math.tanh, (a: number) => (1 - a) ** 2],
  ["1 − a", "1 − a²", Math.tanh, (a: number) => 1 - a],
  ["1 + a²", "1 − a²", Math.tanh, (a: number) => 1 + a * a],
  ["1 − a", "a·(1 − a)", sigmoid, (a: number) => 1 - a],
  ["a·(1 + a)", "a·(1 − a)", sigmoid, (a: number) => a * (1 + a)],
] as const)("%s in place of %s", (wrong, right, f, slope) => {
  const { findings } = diagnose(trainingStep({ activation: [f, (_, a) => slope(a)] }));
  expect(findings).toMatchObject([
    {
      id: "wrong-activation-derivative",
      at: "dZ1",
      cause: `the error is multiplied by ${wrong} of A1, where ${right} belongs`,
    },
  ]);
});
