import { expect, test } from "vitest";
import { digits } from "../../src/data/digits/index.js";
import { PROGRAMS } from "../../src/reproduce/published.js";
import { type ReproductionEpoch, reproduce } from "../../src/reproduce/reproduce.js";

test("every epoch of the three programs is reported, and a row for each published figure", async () => {
  const epochs: ReproductionEpoch[] = [];
  const { rows, seconds } = await reproduce(digits({ samples: 60 }), {
    onEpoch: (epoch) => epochs.push(epoch),
  });
  expect(epochs.map(({ program, epoch }) => `${program} ${epoch}`)).toEqual(
    PROGRAMS.flatMap(({ name, epochs: count }) =>
      Array.from({ length: count }, (_, index) => `${name} ${index + 1}`),
    ),
  );
  expect(rows.map(({ program, epoch, published }) => [program, epoch, published])).toEqual(
    PROGRAMS.flatMap(({ name, published }) =>
      published.map(({ epoch, accuracy }) => [name, epoch, accuracy]),
    ),
  );
  expect(seconds).toBeGreaterThan(0);
});

test("a signal ends it with its reason", async () => {
  const stop = new AbortController();
  const run = reproduce(digits({ samples: 60 }), {
    signal: stop.signal,
    onEpoch: ({ program, epoch }) => {
      if (program === "small-learning-rate" && epoch === 3) stop.abort(new Error("enough"));
    },
  });
  await expect(run).rejects.toThrow("enough");
});
