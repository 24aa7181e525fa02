/** Inputs that were left out after X was dumped. */
import { describe, expect, test } from "vitest";
import type { NumericArray } from "../../../src/data/arrays/namedArray.js";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import { type Matrix, map, matrix, multiply } from "../../../src/reference/matrix.js";
import { backward, forward, type ReferenceLayer } from "../../../src/reference/network.js";

const SAMPLES = 90;
const FEATURES = 40;
const CLASSES = 6;

/** Numbers from 0 to 1 that look drawn at random. */
function uniform(rows: number, columns: number, seed: number): Matrix {
  return matrix(rows, columns, (row, column) => {
    const wave = Math.sin(12.9898 * (row * columns + column + 1) + 78.233 * seed) * 43758.5453;
    return wave - Math.floor(wave);
  });
}

const array = (name: string, { rows, columns, data }: Matrix): NumericArray => ({
  name,
  shape: [rows, columns],
  dtype: "float64",
  values: data,
});

/** A softmax regression's step. */
function dump(change: (x: Matrix) => Matrix, gradientScale = 1): NumericArray[] {
  const X = map(uniform(SAMPLES, FEATURES, 1), (value) => (value < 0.5 ? 0 : value));
  const layer: ReferenceLayer = {
    weights: map(uniform(FEATURES, CLASSES, 2), (value) => value - 0.5),
    biases: map(uniform(1, CLASSES, 3), (value) => 0.1 * value),
    activation: "softmax",
  };
  const labels = Array.from({ length: SAMPLES }, (_, sample) => (7 * sample) % CLASSES);
  const Y = matrix(SAMPLES, CLASSES, (row, column) => Number(labels[row] === column));
  const input = change(X);
  const activations = forward([layer], input);
  const [gradient] = backward([layer], activations, labels);
  const sums = multiply(input, layer.weights);
  const [, P] = activations;
  return [
    array("X", X),
    array("Y", Y),
    array("W1", layer.weights),
    array("b1", layer.biases),
    array(
      "Z1",
      matrix(SAMPLES, CLASSES, (i, j) => sums.at(i, j) + layer.biases.at(0, j)),
    ),
    array("A1", P),
    array(
      "dZ1",
      matrix(SAMPLES, CLASSES, (i, j) => (P.at(i, j) - Y.at(i, j)) / SAMPLES),
    ),
    array(
      "dW1",
      map(gradient.weights, (value) => gradientScale * value),
    ),
    array("db1", gradient.biases),
  ];
}

const masked = (p: number, kept: number) => (x: Matrix) => {
  const chance = uniform(x.rows, x.columns, 9);
  return matrix(x.rows, x.columns, (i, j) => (chance.at(i, j) < p ? 0 : kept * x.at(i, j)));
};

describe.each([0.1, 0.2, 0.5])("a probability of %d", (p) => {
  test.each([
    ["what is kept made larger", 1 / (1 - p)],
    ["what is kept left as it is", 1],
  ])("%s: a note", (_, kept) => {
    const { findings, notes, chain } = diagnose(dump(masked(p, kept)));
    expect(findings).toEqual([]);
    expect(notes.join()).toContain("X seems to be dumped before dropout");
    for (const name of ["Z1", "dW1"]) expect(chain).toContainEqual({ name, verdict: "unjudged" });
  });
});

const idsOf = (arrays: NumericArray[]) =>
  diagnose(arrays).findings.map(({ id, at }) => `${id}@${at}`);

test("inputs that are others than the dump's are no dropout", () => {
  const other = () => map(uniform(SAMPLES, FEATURES, 5), (value) => (value < 0.5 ? 0 : value));
  expect(idsOf(dump(other))).toContain("unexplained@Z1");
  const squares = (x: Matrix) => map(x, (value) => value * value);
  expect(idsOf(dump(squares))).toContain("unexplained@Z1");
});

test("a gradient that is wrong beside dropout is found", () => {
  expect(idsOf(dump(masked(0.2, 1.25), 1.7)).map((found) => found.split("@")[1])).toContain("dW1");
});
