import { expect, test } from "vitest";
import { loadMnistTest } from "../../src/node/mnist.js";
import { reproduce } from "../../src/reproduce/reproduce.js";
import { realMnist } from "../support/mnist.js";

test.skipIf(realMnist === undefined)(
  "on the real test images the programs come to what was published",
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
