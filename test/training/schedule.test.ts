import fc from "fast-check";
import { expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import { cosine } from "../../src/training/cosine.js";
import {
  formatSchedule,
  learningRateAt,
  parseSchedule,
  type Schedule,
} from "../../src/training/schedule.js";

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const anySchedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constant({ kind: "constant" } as const),
  fc.record({
    kind: fc.constant("step" as const),
    every: fc.integer({ min: 1, max: 50 }),
    factor: fraction,
  }),
  fc.record({ kind: fc.constant("cosine" as const), floor: fraction }),
  fc.record({
    kind: fc.constant("one-cycle" as const),
    rise: fraction,
    start: fraction,
    end: fraction,
  }),
  fc.record({
    kind: fc.constant("plateau" as const),
    factor: fraction,
    patience: fc.nat(20),
    threshold: fraction,
  }),
);

function rates(schedule: Schedule, steps: number, stepsPerEpoch = 10, warmupSteps = 0): number[] {
  return Array.from({ length: steps }, (_, step) =>
    learningRateAt(schedule, 0.1, { step, steps, stepsPerEpoch, warmupSteps }),
  );
}

test("the cosine is exact to 1e-15", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: Math.PI, noNaN: true }), (x) => {
      expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(1e-15);
    }),
    { numRuns: 2000 },
  );
  expect([cosine(0), cosine(Math.PI)]).toEqual([1, -1]);
});

test("text and back", () => {
  fc.assert(
    fc.property(anySchedule, (schedule) => {
      expect(parseSchedule(formatSchedule(schedule))).toEqual(schedule);
    }),
  );
  expect(parseSchedule("step:4")).toEqual({ kind: "step", every: 4, factor: 0.5 });
  expect(parseSchedule("plateau")).toEqual({
    kind: "plateau",
    factor: 0.5,
    patience: 3,
    threshold: 1e-4,
  });
});

test("rates are finite, never negative, never above the peak", () => {
  fc.assert(
    fc.property(
      anySchedule,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 30 }),
      (schedule, steps, warmup) => {
        for (const rate of rates(schedule, steps, 7, warmup)) {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(0.1 * (1 + 1e-12));
        }
      },
    ),
  );
});

test("each has its shape", () => {
  expect(rates({ kind: "constant" }, 3)).toEqual([0.1, 0.1, 0.1]);
  expect(rates({ kind: "step", every: 1, factor: 0.5 }, 5, 2)).toEqual([
    0.1, 0.1, 0.05, 0.05, 0.025,
  ]);
  const cosined = rates({ kind: "cosine", floor: 0.1 }, 21);
  expect(cosined[0]).toBeCloseTo(0.1, 15);
  expect(cosined[10]).toBeCloseTo(0.055, 15);
  expect(cosined[20]).toBeCloseTo(0.01, 15);
  const cycle = rates({ kind: "one-cycle", rise: 0.25, start: 0.04, end: 0.001 }, 41);
  expect(cycle[0]).toBeCloseTo(0.004, 15);
  expect(cycle[10]).toBeCloseTo(0.1, 15);
  expect(cycle[40]).toBeCloseTo(0.0001, 15);
  for (let step = 1; step <= 10; step++) expect(cycle[step]).toBeGreaterThan(cycle[step - 1]);
  for (let step = 11; step < 41; step++) expect(cycle[step]).toBeLessThan(cycle[step - 1]);
  expect(rates({ kind: "constant" }, 5, 10, 4).map((rate) => rate.toFixed(3))).toEqual([
    "0.025",
    "0.050",
    "0.075",
    "0.100",
    "0.100",
  ]);
});

test.each([
  [
    "linear",
    'the schedule is "linear", expected constant, step, cosine, one-cycle, plateau, perhaps with numbers as in step:10:0.5',
  ],
  ["toString", /^the schedule is "toString", expected constant/],
  ["step:0", 'every of the schedule "step" is 0, expected a whole number from 1 to 1000000000'],
  ["step:2:", 'factor of the schedule "step" is NaN, expected a number from 0 to 1'],
  ["cosine:2", 'floor of the schedule "cosine" is 2, expected a number from 0 to 1'],
  ["cosine:0:1", 'the schedule "cosine:0:1" has 2 numbers, expected at most 1: cosine:floor'],
])("refused: %s", (text, message) => {
  expect(() => parseSchedule(text)).toThrow(
    typeof message === "string" ? new OptionError(message) : message,
  );
});
