import { expect, test } from "vitest";
import type { ArrayValues, DType, NumericArray } from "../../../src/data/arrays/namedArray.js";
import type { LabelledSamples } from "../../../src/data/samples/arraySamples.js";
import { splitSamples } from "../../../src/data/samples/splitSamples.js";
import { DataError, OptionError } from "../../../src/errors.js";

function array(name: string, shape: number[], dtype: DType, values: ArrayValues): NumericArray {
  return { name, shape, dtype, values };
}

function samples(inputs: NumericArray, targets: NumericArray): LabelledSamples {
  return { place: "a.npz", inputs, targets };
}

test("a part of each class is held out, and rows stay with their targets", () => {
  const count = 50;
  const rows = Float64Array.from({ length: 2 * count }, (_, index) => index >> 1);
  const given = samples(
    array("X", [count, 2], "float64", rows),
    array(
      "y",
      [count],
      "int64",
      Float64Array.from({ length: count }, (_, row) => row % 5),
    ),
  );
  const { training, test } = splitSamples(given, { fraction: 0.2, seed: 1, strata: "targets" });
  expect([training.inputs.shape, test.inputs.shape]).toEqual([
    [40, 2],
    [10, 2],
  ]);
  expect(test.place).toBe("a.npz (held out)");
  expect([...test.targets.values].sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  test.targets.values.forEach((label, row) => {
    expect(test.inputs.values[2 * row] % 5).toBe(label);
  });
  expect(() => splitSamples(given, { fraction: 0.001, seed: 1 })).toThrow(OptionError);
});

test("what would be refused of a part is counted in the whole, wherever it falls", () => {
  const count = 20;
  const given = (x: number, y: number, at: number) =>
    samples(
      array(
        "X",
        [count, 3],
        "float64",
        new Float64Array(3 * count).fill(x, 3 * at + 1, 3 * at + 2),
      ),
      array(
        "y",
        [count],
        "float64",
        Float64Array.from({ length: count }, (_, row) => (row === at ? y : row % 2)),
      ),
    );
  for (let at = 0; at < count; at++) {
    const split = (x: number, y: number) => () =>
      splitSamples(given(x, y, at), { fraction: 0.2, seed: 1, strata: "targets" });
    const expected = "expected a finite number, within ±3.4e38 as float32 holds them";
    const wrong = [
      { split: split(Number.NaN, 1), says: `feature 1 of sample ${at} is NaN, ${expected}` },
      { split: split(-1e300, 1), says: `feature 1 of sample ${at} is -1e+300, ${expected}` },
      { split: split(0, Infinity), says: `"y" of sample ${at} is Infinity, ${expected}` },
      {
        split: split(0, 496.45),
        says: `"y" is 496.45 at sample ${at}, expected whole numbers as classes, or --task regression`,
      },
    ];
    for (const { split: refused, says } of wrong) {
      expect(refused).toThrow(new DataError(`a.npz: ${says}`));
    }
  }
});
