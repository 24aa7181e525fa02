import { expect, test } from "vitest";
import { PLAIN_LAYOUT } from "../../src/report/table.js";
import { traceTable } from "../../src/report/traceTable.js";
import type { TracedEpoch } from "../../src/trace/index.js";

const NONE = { wait: 0, prepare: 0, compress: 0, augment: 0, forward: 0, backward: 0, update: 0 };

function epoch(number: number): TracedEpoch {
  const training = { ...NONE, compress: 0.1, forward: 0.3, update: 0.2, wait: 0.2 };
  return {
    epoch: number,
    activities: { TypeScript: 0.1, training: 0.8, validation: 0.1 },
    threads: [
      { training, validation: { ...NONE, forward: 0.1 } },
      { training: { ...training, forward: 0.5, wait: 0 }, validation: { ...NONE, wait: 0.1 } },
    ],
  };
}

test("shares of an epoch come to 100 %, phases that never were are left out", () => {
  const [heading, row, , threads, first, second] = traceTable([epoch(1)], PLAIN_LAYOUT).split("\n");
  expect(heading).toBe(
    "epoch    time  forward  backward  update  wait  TypeScript  validation  compress",
  );
  expect(row).toBe(
    "    1  1.00 s     40.0       0.0    20.0  10.0        10.0        10.0      10.0",
  );
  expect(threads).toBe("thread   works     %   waits     %    idle     %");
  expect(first).toBe("     0  0.70 s  70.0  0.20 s  20.0  0.10 s  10.0");
  expect(second).toBe("     1  0.80 s  80.0  0.10 s  10.0  0.10 s  10.0");
});

test("many epochs share lines, so that it stays one screen", () => {
  const epochs = Array.from({ length: 101 }, (_, index) => epoch(index + 1));
  const lines = traceTable(epochs, { ...PLAIN_LAYOUT, width: 60 }).split("\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(lines[0]).toMatch(/^ *epoch +time +forward +backward +update +wait +TypeScript$/);
  expect(lines[1]).toMatch(/^ *1–11 +11\.0 s/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
});
