import fc from "fast-check";
import { expect, test } from "vitest";
import { median, medianInterval, ratioInterval } from "../../src/profile/statistics.js";

test("the median of an odd and of an even number of values", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test("the interval has the ranks of the binomial distribution", () => {
  // Conover's table: of 21 samples the 6th and the 16th, of 10 the 2nd and the 9th.
  const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
  expect(medianInterval(upTo(21))).toEqual({ low: 6, high: 16 });
  expect(medianInterval(upTo(10))).toEqual({ low: 2, high: 9 });
  expect(medianInterval(upTo(5))).toEqual({ low: 1, high: 5 });
});

test("the interval holds the median, and the median the middle", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 9, noNaN: true }), { minLength: 1 }),
      (values) => {
        const { low, high } = medianInterval(values);
        expect(low).toBeLessThanOrEqual(median(values));
        expect(high).toBeGreaterThanOrEqual(median(values));
      },
    ),
  );
});

test("a ratio of samples that do not overlap is told from 1, one of the same samples is not", () => {
  const fast = Array.from({ length: 21 }, (_, index) => 100 + (index % 7));
  const slow = fast.map((time) => 1.5 * time);
  const apart = ratioInterval(slow, fast);
  expect(apart.low).toBeGreaterThan(1.4);
  expect(apart.high).toBeLessThan(1.6);
  const same = ratioInterval(fast, fast);
  expect(same.low).toBeLessThanOrEqual(1);
  expect(same.high).toBeGreaterThanOrEqual(1);
  expect(ratioInterval(slow, fast)).toEqual(apart);
});
