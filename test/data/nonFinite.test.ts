import { expect, test } from "vitest";
import { findNonFinite } from "../../src/data/nonFinite.js";

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "%d is found wherever it is, the first of two",
  (stray) => {
    for (let length = 1; length <= 11; length++) {
      for (let place = 0; place < length; place++) {
        const values = new Float32Array(length).fill(-3.4e38);
        values[place] = stray;
        expect(findNonFinite(values)).toBe(place);
        values[length - 1] = Number.NaN;
        expect(findNonFinite(values)).toBe(place);
      }
    }
  },
);

test.each([[[]], [[0, -0, 3.4e38, -3.4e38, 1e-45]]])("%j are finite", (values) => {
  expect(findNonFinite(Float32Array.from(values))).toBe(-1);
});
