import fc from "fast-check";
import { expect, test } from "vitest";
import { samplesOf } from "../../src/profile/measure.js";
import {
  estimate,
  median,
  medianInterval,
  ratioOf,
  uncertaintyOf,
} from "../../src/profile/statistics.js";

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

/** The fastest of five passes of batches: `time` says how long one takes, from the part of the run that is over. */
function measured(time: (part: number) => number) {
  const batches = Array.from({ length: 60 }, (_, index) => time(index / 60));
  const { times, passes } = samplesOf(batches, 12);
  return estimate(times, passes);
}

/** On [0, 1), the same each time. */
const random = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
};

test("noise that adds time to half of all batches leaves the median where it was, and known", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = random(seed);
    const found = measured(() => 1 + 0.01 * next() + (next() < 0.5 ? 0.5 * next() : 0));
    expect(found.value).toBeLessThan(1.02);
    expect(uncertaintyOf(found)).toBeLessThan(0.05);
  }
});

test("a machine that becomes slower or faster meanwhile makes the median uncertain", () => {
  const next = random(1);
  const noise = () => 1 + 0.005 * next();
  const drifts: readonly ((part: number) => number)[] = [
    // Throttled from the middle on, until the middle, and ever more.
    (part) => (part < 0.5 ? 1 : 1.2),
    (part) => (part < 0.5 ? 1.2 : 1),
    (part) => 1 + 0.2 * part,
  ];
  for (const drift of drifts) {
    expect(uncertaintyOf(measured((part) => drift(part) * noise()))).toBeGreaterThan(0.05);
  }
  // A single pass that was disturbed is noise.
  const disturbed = measured((part) => (part > 0.42 && part < 0.58 ? 1.4 : 1) * noise());
  expect(uncertaintyOf(disturbed)).toBeLessThan(0.05);
});

test("two states of the machine, each in some of the samples, make the median uncertain", () => {
  const samples = Array.from({ length: 12 }, (_, index) => (index % 6 === 0 ? 1 : 1.08));
  const { value, interval } = estimate(samples, [1, 1, 1, 1, 1]);
  expect(value).toBe(1.08);
  expect(interval).toEqual({ low: 1, high: 1.08 });
  expect(uncertaintyOf({ value, interval })).toBeCloseTo(0.08);
});

test("the interval of a ratio is that of the parts, as squares", () => {
  const exactly = (value: number) => ({ value, interval: { low: value, high: value } });
  const about = (value: number) => ({ value, interval: { low: value / 1.1, high: value * 1.1 } });
  expect(ratioOf(exactly(3), exactly(2))).toEqual(exactly(1.5));
  const { value, interval } = ratioOf(about(3), about(2));
  expect(value).toBe(1.5);
  expect(Math.log(interval.high / 1.5)).toBeCloseTo(Math.SQRT2 * Math.log(1.1), 9);
  expect(Math.log(1.5 / interval.low)).toBeCloseTo(Math.SQRT2 * Math.log(1.1), 9);
  // What a may be above its median makes the ratio larger, what b may be makes it smaller.
  const a = { value: 1, interval: { low: 1, high: 1.2 } };
  expect(ratioOf(a, exactly(1)).interval).toEqual({ low: 1, high: expect.closeTo(1.2) });
  expect(ratioOf(exactly(1), a).interval).toEqual({ low: expect.closeTo(1 / 1.2), high: 1 });
});
