import { describe, expect, test } from "vitest";
import { OPTIMIZER_CODES, SETTINGS_FIELDS, type StepSettings } from "../../src/engine/plan.js";
import { applyRule, type Rule } from "../../src/reference/optimizers.js";
import { atEndOfMemory } from "../support/edge.js";
import { kernels, withArrays } from "../support/kernels.js";
import { largestDifference, randomFloats } from "../support/numbers.js";

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 17, 63, 65, 784];
const NAMES = Object.keys(OPTIMIZER_CODES) as Rule["name"][];

function packed(settings: StepSettings): Float32Array {
  return Float32Array.from(SETTINGS_FIELDS, (name) => settings[name]);
}

describe.each(NAMES)("%s", (name) => {
  const rule: Rule = {
    name,
    learningRate: Math.fround(0.3),
    weightDecay: 0.1,
    momentum: Math.fround(0.9),
    secondMomentum: Math.fround(0.99),
    epsilon: Math.fround(1e-3),
  };

  /** Settings of update number `update`. */
  function settingsAt(update: number): StepSettings {
    const { learningRate, weightDecay, momentum, secondMomentum, epsilon } = rule;
    return {
      learningRate,
      retained: 1 - learningRate * weightDecay,
      momentum,
      secondMomentum,
      epsilon,
      firstCorrection: 1 / (1 - momentum ** update),
      secondCorrection: 1 / (1 - secondMomentum ** update),
      averaging: 0,
    };
  }

  test("agrees with float64 over five updates, on every length", () => {
    for (const count of LENGTHS) {
      const parameters = randomFloats(count, 1);
      const first = new Float32Array(count);
      const second = new Float32Array(count);
      const exact = Float64Array.from(parameters);
      const state = { first: new Float64Array(count), second: new Float64Array(count) };
      for (let update = 1; update <= 5; update++) {
        const gradient = randomFloats(count, 10 + update);
        const settings = settingsAt(update);
        const arrays = [parameters, first, second, packed(settings)] as const;
        withArrays(arrays, (w, m, v, settingsAt_) => {
          atEndOfMemory(gradient, (g) => {
            const { retained } = settings;
            const code = OPTIMIZER_CODES[name];
            kernels.update(code, w, g, m, v, count, settingsAt_, 0.5, retained);
          });
        });
        const scaled = Float64Array.from(gradient, (value) => value / 2);
        applyRule(rule, exact, scaled, state, update);
      }
      expect(largestDifference(parameters, exact).difference, `count ${count}`).toBeLessThan(5e-6);
    }
  });

  test("a gradient of 0 leaves fresh parameters as they are", () => {
    const parameters = randomFloats(7, 3);
    const before = parameters.slice();
    const arrays = [
      parameters,
      new Float32Array(7),
      new Float32Array(7),
      new Float32Array(7),
      packed(settingsAt(1)),
    ] as const;
    withArrays(arrays, (w, g, m, v, settings) =>
      kernels.update(OPTIMIZER_CODES[name], w, g, m, v, 7, settings, 1, 1),
    );
    expect(parameters).toEqual(before);
  });
});

test("an average goes a fraction of the way to the parameters, on every length", () => {
  for (const count of LENGTHS) {
    const average = randomFloats(count, 1);
    const parameters = randomFloats(count, 2);
    const expected = average.map((value, index) => value + 0.25 * (parameters[index] - value));
    withArrays([average, parameters], (a, p) => kernels.follow(a, p, count, 0.25));
    expect(largestDifference(average, expected).difference).toBeLessThan(2e-7);
  }
});

test("squares are summed in float64, so that they cannot overflow", () => {
  for (const count of LENGTHS) {
    const values = randomFloats(count, 5).map((value) => value * 1e30);
    const exact = values.reduce((sum, value) => sum + value * value, 0);
    atEndOfMemory(values, (at) => {
      expect(Math.abs(kernels.sumOfSquares(at, count) / exact - 1)).toBeLessThan(1e-13);
    });
  }
});
