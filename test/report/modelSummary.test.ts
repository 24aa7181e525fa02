import { expect, test } from "vitest";
import { perceptron } from "../../src/model/architecture.js";
import { summarize } from "../../src/model/summary.js";
import { modelSummary } from "../../src/report/modelSummary.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const layers = summarize(perceptron(784, [256, 128], 10, "relu"));

test("a row a layer, and the sum of the parameters", () => {
  expect(modelSummary(layers, PLAIN_LAYOUT)).toBe(`\
layer    shape      activation  parameters
layer 1  784 → 256  relu           200,960
layer 2  256 → 128  relu            32,896
layer 3  128 → 10   softmax          1,290
total                              235,146`);
});

test("30 columns have room for shapes and parameters", () => {
  expect(modelSummary(layers, { width: 30, style: PLAIN_STYLE })).toBe(`\
layer    shape      parameters
layer 1  784 → 256     200,960
layer 2  256 → 128      32,896
layer 3  128 → 10        1,290
total                  235,146`);
});
