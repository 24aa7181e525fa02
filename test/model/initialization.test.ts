import fc from "fast-check";
import { expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import { perceptron } from "../../src/model/architecture.js";
import {
  type Initialization,
  initialize,
  parseInitialization,
} from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { PRIVATE } from "../support/execution.js";

/** The weights of each layer of a 400-300-200 network. */
async function weights(initialization: Initialization, seed = 3): Promise<Float32Array[]> {
  const network = await Network.create(perceptron(400, [300], 200, "tanh"), PRIVATE);
  const { memory } = network.engine;
  // Memory is used again: what stood there before must not show.
  for (const layer of network.layers) {
    memory.floats(layer.weights, layer.inputs * layer.units).fill(Number.NaN);
    memory.floats(layer.biases, layer.units).fill(Number.NaN);
  }
  initialize(network, initialization, seed);
  const layers = network.layers.map((layer) => {
    expect(memory.floats(layer.biases, layer.units).every((bias) => bias === 0)).toBe(true);
    return memory.floats(layer.weights, layer.inputs * layer.units).slice();
  });
  network.dispose();
  return layers;
}

/** Mean, mean square, and mean fourth power. */
function moments(values: Float32Array): { mean: number; square: number; fourth: number } {
  const mean = (power: number) =>
    values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  return { mean: mean(1), square: mean(2), fourth: mean(4) };
}

test("Glorot: uniform within ±√(6 / (inputs + units))", async () => {
  const layers = await weights("glorot");
  [Math.sqrt(6 / 700), Math.sqrt(6 / 500)].forEach((limit, index) => {
    const values = layers[index];
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest).toBeGreaterThan(0.999 * limit);
    const { mean, square, fourth } = moments(values);
    // Standard errors of 60 000 and more values: 0.2 % of the limit, 0.4 % of the square.
    expect(Math.abs(mean / limit)).toBeLessThan(0.012);
    expect(square / (limit ** 2 / 3)).toBeCloseTo(1, 1.5);
    // 9/5 for a uniform distribution, 3 for a normal one.
    expect(fourth / square ** 2).toBeCloseTo(9 / 5, 1);
  });
});

test.each([
  { initialization: "he", variances: [2 / 400, 2 / 300] },
  { initialization: "lecun", variances: [1 / 400, 1 / 300] },
  { initialization: "normal:0.01", variances: [1e-4, 1e-4] },
  { initialization: "normal:2", variances: [4, 4] },
] as const)("$initialization: normal with variances $variances", async (setting) => {
  const layers = await weights(setting.initialization);
  setting.variances.forEach((variance, index) => {
    const { mean, square, fourth } = moments(layers[index]);
    expect(Math.abs(mean) / Math.sqrt(variance)).toBeLessThan(0.02);
    expect(square / variance).toBeCloseTo(1, 1.5);
    expect(fourth / square ** 2).toBeCloseTo(3, 0.7);
  });
});

test("zeros: all weights zero", async () => {
  for (const values of await weights("zeros")) {
    expect(values.every((value) => Object.is(value, 0))).toBe(true);
  }
});

test("the same seed gives the same bits, another seed or layer others", async () => {
  const layers = await weights("glorot", 3);
  expect(await weights("glorot", 3)).toEqual(layers);
  const others = await weights("glorot", 4);
  expect(others[0].filter((value, index) => value === layers[0][index]).length).toBe(0);
  // Both layers have limits of their own; the numbers behind them must differ too.
  const [first, second] = [layers[0][0] / Math.sqrt(6 / 700), layers[1][0] / Math.sqrt(6 / 500)];
  expect(Math.abs(first - second)).toBeGreaterThan(1e-3);
});

test.each(["glorot", "he", "lecun", "zeros", "normal:0.01"])("%s is read as it is", (text) => {
  expect(parseInitialization(text)).toBe(text);
});

test.each([
  ["normal:.5", "normal:0.5"],
  ["normal:2.", "normal:2"],
  ["normal:1e-3", "normal:0.001"],
  ["normal:1E+2", "normal:100"],
  ["Normal:3", "normal:3"],
])("%s is read as %s", (text, initialization) => {
  expect(parseInitialization(text)).toBe(initialization);
});

test.each([
  "",
  "xavier",
  "Glorot",
  "glorot ",
  "normal",
  "normal:",
  "normal:.",
  "normal:0",
  "normal:-1",
  "normal:NaN",
  "normal:Infinity",
  "normal:0x10",
  "normal:1e",
  "normal:1e999",
  "normal: 1",
  "normal:1\n",
  "normal:1,5",
  // Beyond float32, in which the kernels compute.
  "normal:1e39",
  "normal:1e-46",
])("%j is refused with a sentence", (text) => {
  expect(() => parseInitialization(text)).toThrow(
    new OptionError(
      `the initialisation is ${JSON.stringify(text)}, expected glorot, he, lecun, zeros or normal:σ with σ > 0, for instance normal:0.01`,
    ),
  );
});

test("any text is refused, or names a deviation that float32 holds and is read again alike", () => {
  const number = fc.oneof(
    fc.double().map(String),
    fc.double({ min: 0, noNaN: true }).map((value) => value.toExponential()),
    fc.stringMatching(/^[0-9.eE+-]{0,12}$/),
    fc.string(),
  );
  const text = fc.oneof(
    number.map((value) => `normal:${value}`),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (value) => {
      let initialization: string;
      try {
        initialization = parseInitialization(value);
      } catch (error) {
        expect(error).toBeInstanceOf(OptionError);
        return;
      }
      if (!initialization.startsWith("normal:")) return;
      const deviation = Math.fround(Number(initialization.slice("normal:".length)));
      expect(deviation).toBeGreaterThan(0);
      expect(deviation).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(parseInitialization(initialization)).toBe(initialization);
    }),
    { numRuns: 3000 },
  );
});
