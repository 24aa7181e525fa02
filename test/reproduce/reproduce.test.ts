import { expect, test } from "vitest";
import { digits } from "../../src/data/digits/index.js";
import { loadMnistTest } from "../../src/node/mnist.js";
import { PROGRAMS } from "../../src/reproduce/published.js";
import { type ReproductionEpoch, reproduce } from "../../src/reproduce/reproduce.js";
import { realMnist } from "../support/mnist.js";

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

test.skipIf(realMnist === undefined)(
  "on the real test images the programs come to what was published",
  { timeout: 180_000 },
  async () => {
    const dataset = await loadMnistTest({ dataDirectory: realMnist });
    const { rows } = await reproduce(dataset);
    const measured = (program: string, epoch: number) =>
      rows.find((row) => row.program === program && row.epoch === epoch)?.measured;
    // "1–2 %", by the program's own counter, and "about 50 %".
    expect(measured("question", 100)).toBeGreaterThanOrEqual(0.01);
    expect(measured("question", 100)).toBeLessThanOrEqual(0.02);
    expect(measured("small-learning-rate", 50)).toBeGreaterThan(0.4);
    expect(measured("small-learning-rate", 50)).toBeLessThan(0.6);
    for (const [epoch, published] of [
      [98, 0.8929],
      [99, 0.8933],
      [100, 0.8937],
    ]) {
      expect(Math.abs((measured("repaired", epoch) ?? 0) - published)).toBeLessThanOrEqual(0.004);
    }
  },
);
