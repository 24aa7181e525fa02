import { expect, test } from "vitest";
import { perceptron } from "../../src/index.js";
import { predictionTable, titlesOf, valuesOf } from "../../src/report/rowPredictions.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const classes = {
  outputs: Float32Array.of(0.25, 0.75, 1, 0, 0.5, 0.5),
  architecture: perceptron(1, [], 2, "relu", "softmax"),
  names: ["rose", "iris"],
  targets: [{ name: "species" }],
};

test("rows beyond what is shown are counted", () => {
  expect(predictionTable(classes, 2, PLAIN_LAYOUT).split("\n")).toEqual([
    "row  species  probability",
    "  1  iris          75.0 %",
    "  2  rose         100.0 %",
    "… and 1 more rows: --out FILE or a pipe gets all.",
  ]);
});

test("a single output tells two classes apart", () => {
  const single = {
    ...classes,
    outputs: Float32Array.of(0.25, 0.75),
    architecture: perceptron(1, [], 1, "relu", "sigmoid"),
  };
  expect(valuesOf(single, 0)).toEqual(["rose", "0.75"]);
  expect(valuesOf(single, 1)).toEqual(["iris", "0.75"]);
});

test("values have the digits that float32 has", () => {
  const values = {
    outputs: Float32Array.of(0.1, 16_777_217, 1 / 3),
    architecture: perceptron(1, [], 3, "relu", "identity"),
    names: ["a", "b", "c"],
    targets: ["a", "b", "c"].map((name) => ({ name, mean: 0, scale: 1 })),
  };
  expect(titlesOf(values)).toEqual(["a", "b", "c"]);
  expect(valuesOf(values, 0)).toEqual(["0.1", "16777216", "0.33333334"]);
});
