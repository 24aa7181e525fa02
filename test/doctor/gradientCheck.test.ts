import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GradientCheckOptions, gradientCheck } from "../../src/doctor/gradientCheck.js";
import { OptionError } from "../../src/errors.js";
import { type Activation, functions } from "../../src/reference/activations.js";
import { meanLoss, type Objective, targetsOf } from "../../src/reference/losses.js";
import { Matrix, matrix } from "../../src/reference/matrix.js";
import { backward, forward, type ReferenceLayer } from "../../src/reference/network.js";
import { randomNumbers } from "../support/numbers.js";

test("right gradients of smooth functions are right, over many magnitudes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 6 }),
      fc.double({ min: -6, max: 6, noNaN: true }),
      (x, power) => {
        const scale = 10 ** power;
        const loss = (p: Float64Array) =>
          scale * p.reduce((sum, v, i) => sum + Math.sin(v) * (i + 1) + 0.01 * v * v, 0);
        const gradients = x.map((v, i) => scale * (Math.cos(v) * (i + 1) + 0.02 * v));
        expect(gradientCheck(loss, x, gradients)).toMatchObject({ wrong: 0, kinks: 0 });
      },
    ),
  );
});

test("a gradient that is off by a hundredth of a percent is found, and said where", () => {
  const loss = (p: Float64Array) => p.reduce((sum, v) => sum + v ** 3, 0);
  const x = [1, 2, 3];
  const { wrong, worst, relativeError } = gradientCheck(loss, x, [3, 12 * 1.0001, 27]);
  expect(wrong).toBe(1);
  expect(worst[0]).toMatchObject({ index: 1, verdict: "wrong", analytic: 12 * 1.0001 });
  expect(worst[0].numeric).toBeCloseTo(12, 6);
  expect(worst[0].relativeError).toBeCloseTo(1e-4, 6);
  expect(relativeError).toBeCloseTo(0.0012 / 27, 8);
});

describe("kinks", () => {
  const loss = (p: Float64Array) => Math.max(0, p[0]) * 3 + Math.abs(p[1]);

  test.each([0, 1.5, 3])("at a kink any slope between both sides will do: %d", (slope) => {
    expect(gradientCheck(loss, [0, 1], [slope, 1])).toMatchObject({ wrong: 0, kinks: 1 });
  });

  test.each([-0.1, 3.1, Number.NaN])("but none beyond: %d", (slope) => {
    expect(gradientCheck(loss, [0, 1], [slope, 1])).toMatchObject({ wrong: 1 });
  });

  test("one nearby is avoided", () => {
    for (const distance of [1e-6, 3e-6, 1e-7, -1e-6, -4e-6]) {
      const gradient = [distance > 0 ? 3 : 0, -1];
      expect(gradientCheck(loss, [distance, -2e-6], gradient)).toMatchObject({
        wrong: 0,
        kinks: 0,
      });
      const opposite = [distance > 0 ? 0.5 : 2.5, -1];
      expect(gradientCheck(loss, [1e-3, -1], opposite)).toMatchObject({ wrong: 1 });
    }
  });
});

test("parameters are left as they are, and only those asked for are checked", () => {
  const seen: number[][] = [];
  const x = [1, 2, 3, 4];
  const loss = (p: Float64Array) => {
    seen.push([...p]);
    return p.reduce((sum, v) => sum + v * v, 0);
  };
  const result = gradientCheck(loss, x, [2, 4, 6, 9], { indices: [0, 2], worst: 1 });
  expect(result).toMatchObject({ checked: 2, wrong: 0 });
  expect(result.worst).toHaveLength(1);
  expect(seen.every((p) => p[1] === 2 && p[3] === 4)).toBe(true);
  expect(x).toEqual([1, 2, 3, 4]);
});

test("refused in a sentence", () => {
  expect(() => gradientCheck(() => 1, [1], [1, 2])).toThrow(
    new OptionError("gradients has 2 entries, expected 1 as there are parameters"),
  );
  expect(() => gradientCheck(() => Number.NaN, [1], [1])).toThrow(
    "the loss at the parameters is NaN, expected a finite number",
  );
  expect(() => gradientCheck((p) => Math.log(p[0]), [1e-9], [1e9])).toThrow(
    /^the loss with parameter 0 moved to -[\d.e-]+ is NaN, expected a finite number$/,
  );
});

/** Whole networks: the reference's backward pass against its own loss. */
const OBJECTIVES: Objective[] = [
  { loss: "cross-entropy", labelSmoothing: 0.1 },
  { loss: "binary-cross-entropy" },
  { loss: "mean-squared-error" },
];
const NAMES = Object.keys(functions) as (keyof typeof functions)[];

test.each(NAMES.flatMap((name) => OBJECTIVES.map((objective) => ({ name, ...objective }))))(
  "the reference's gradient of $loss over $name is right",
  ({ name, ...objective }) => {
    const next = randomNumbers(3);
    const random = (rows: number, columns: number) => matrix(rows, columns, () => next());
    const output: Record<Objective["loss"], Activation> = {
      "cross-entropy": "softmax",
      "binary-cross-entropy": "sigmoid",
      "mean-squared-error": name,
    };
    const layers: ReferenceLayer[] = [
      { weights: random(5, 4), biases: random(1, 4), activation: name },
      { weights: random(4, 3), biases: random(1, 3), activation: output[objective.loss] },
    ];
    const inputs = random(6, 5);
    const labels = [0, 1, 2, 0, 1, 2];
    const parts = layers.flatMap(({ weights, biases }) => [weights, biases]);
    const parameters = parts.flatMap(({ data }) => [...data]);
    const loss = (p: Float64Array) => {
      let at = 0;
      for (const { data } of parts) {
        data.set(p.subarray(at, at + data.length));
        at += data.length;
      }
      const outputs = forward(layers, inputs)[layers.length];
      return meanLoss(objective, outputs, targetsOf(labels, 3, objective));
    };
    loss(Float64Array.from(parameters));
    const gradients = backward(layers, forward(layers, inputs), labels, objective).flatMap(
      ({ weights, biases }) => [...weights.data, ...biases.data],
    );
    const result = gradientCheck(loss, parameters, gradients);
    expect(result).toMatchObject({ wrong: 0 });
    expect(result.relativeError).toBeLessThan(1e-7);
    expect(inputs).toBeInstanceOf(Matrix);
  },
);

test.each([
  [{ tolerance: -1 }, "tolerance is -1, expected 0 or more"],
  [{ step: 0 }, "step is 0, expected above 0 and below 1"],
  [{ step: Number.NaN }, "step is NaN, expected above 0 and below 1"],
  [{ worst: -1 }, "worst is -1, expected 0 or more"],
  [{ indices: [3] }, "indices has 3, expected 0 to 2"],
])("%o is refused", (options, message) => {
  const square = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
  expect(() => gradientCheck(square, [1, 2, 3], [2, 4, 6], options)).toThrow(
    new OptionError(message),
  );
});

test("an option that is undefined has its default", () => {
  const square = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
  const options = { tolerance: undefined } as unknown as GradientCheckOptions;
  expect(gradientCheck(square, [1, 2, 3], [2, 4, 6], options).wrong).toBe(0);
});
