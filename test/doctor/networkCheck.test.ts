import { describe, expect, test } from "vitest";
import { checkNetwork } from "../../src/doctor/networkCheck.js";
import {
  HIDDEN_ACTIVATIONS,
  LOSSES,
  type Loss,
  type OutputActivation,
} from "../../src/model/architecture.js";

const OUTPUT: Record<Loss, OutputActivation> = {
  "cross-entropy": "softmax",
  "binary-cross-entropy": "sigmoid",
  "mean-squared-error": "identity",
};

describe.each(LOSSES)("%s", (loss) => {
  test.each(HIDDEN_ACTIVATIONS)("over %s: reference and kernels are right", async (activation) => {
    const check = await checkNetwork({
      architecture: {
        inputs: 6,
        layers: [
          { units: 5, activation },
          { units: 4, activation },
          { units: 3, activation: OUTPUT[loss] },
        ],
        loss,
      },
      seed: 3,
    });
    expect(check.reference).toMatchObject({ checked: 35 + 24 + 15, wrong: 0 });
    expect(check.reference.relativeError).toBeLessThan(1e-7);
    expect(check.kernels).toMatchObject({ wrong: 0 });
    expect(check.kernels.relativeError).toBeLessThan(1e-4);
  });
});

test("parameters are named by layer, unit and input", async () => {
  const { nameOf } = await checkNetwork({
    architecture: {
      inputs: 2,
      layers: [
        { units: 3, activation: "tanh" },
        { units: 2, activation: "softmax" },
      ],
    },
  });
  expect([0, 5, 6, 8, 9, 16].map(nameOf)).toEqual([
    "layer 1, weight from input 0 to unit 0",
    "layer 1, weight from input 1 to unit 2",
    "layer 1, bias of unit 0",
    "layer 1, bias of unit 2",
    "layer 2, weight from input 0 to unit 0",
    "layer 2, bias of unit 1",
  ]);
  expect(() => nameOf(17)).toThrow(RangeError);
});

test.each([
  [
    "a softmax of one unit, whose gradient is 0 whatever the kernels do",
    { layers: [{ units: 1, activation: "softmax" }] },
    "the last layer is a softmax of 1 unit, which is 1 whatever the weights, expected 2 units or more, or another activation",
  ],
  [
    "weights of 10³⁰",
    {
      layers: [
        { units: 5, activation: "tanh" },
        { units: 4, activation: "tanh" },
        { units: 2, activation: "softmax" },
      ],
    },
    "the weights are so large that a step overflows, expected an initialisation whose gradients are finite",
  ],
] as const)("%s cannot be checked", async (_, { layers }, message) => {
  const check = checkNetwork({
    architecture: { inputs: 3, layers },
    initialization: "normal:1e30",
  });
  await expect(check).rejects.toMatchObject({ name: "OptionError", message });
});
