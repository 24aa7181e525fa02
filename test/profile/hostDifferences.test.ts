import { expect, test } from "vitest";
import { hostDifferences, type Roof } from "../../src/profile/index.js";
import { profileOf } from "../support/profiles.js";

const host = { engine: "Node 20.20.2, V8 11.3", processor: "Zen", cores: 2 };

/** A machine of so many times the speed. */
function roofs(peak = 1, core = 1, shared = 1): Roof[] {
  const [near, far] = [core, shared].map((factor) => ({ read: 80 * factor, update: 100 * factor }));
  const bandwidth = { L1: near, L2: near, L3: far, memory: far };
  return [
    { way: "simd", threads: 1, peak: 45 * peak, bandwidth },
    { way: "relaxed", threads: 1, peak: 58 * peak, bandwidth },
    {
      way: "relaxed",
      threads: 2,
      peak: 57,
      bandwidth: { ...bandwidth, L1: { read: 1, update: 1 } },
    },
  ];
}

test("of the same machine nothing differs, whatever noise does to its roofs", () => {
  const before = profileOf([], { host, roofs: roofs() });
  expect(hostDifferences(before, before)).toEqual([]);
  expect(hostDifferences(before, profileOf([], { host, roofs: roofs(0.92, 1.09, 1.25) }))).toEqual(
    [],
  );
});

test("engine, processor and cores are named, where both say them", () => {
  const before = profileOf([], { host, roofs: roofs() });
  const other = { engine: "Node 24.1.0, V8 13.6", processor: "Zen 5", cores: 4 };
  expect(hostDifferences(before, profileOf([], { host: other, roofs: roofs() }))).toEqual([
    { what: "engine", before: host.engine, now: other.engine },
    { what: "processor", before: "Zen", now: "Zen 5" },
    { what: "cores", before: 2, now: 4 },
  ]);
  const { processor: _, ...browser } = host;
  expect(hostDifferences(before, profileOf([], { host: browser, roofs: roofs() }))).toEqual([]);
});

test("roofs are named once, the furthest apart first", () => {
  const before = profileOf([], { host, roofs: roofs() });
  const slower = hostDifferences(before, profileOf([], { host, roofs: roofs(0.8, 1.2) }));
  expect(slower.map(({ what }) => what)).toEqual([
    ...["simd peak", "relaxed peak", "L1 read", "L1 update", "L2 read", "L2 update"],
    ...["L2 read × 2", "L2 update × 2"],
  ]);
  expect(slower[0]).toEqual({ what: "simd peak", unit: "GFLOP/s", before: 45, now: 36 });
  const memory = hostDifferences(before, profileOf([], { host, roofs: roofs(1, 1, 2) }));
  expect(memory[0]).toEqual({ what: "L3 read", unit: "GB/s", before: 80, now: 160 });
  expect(memory).toHaveLength(8);
});

test("a roof that only one of them has measured does not differ", () => {
  const before = profileOf([], { host, roofs: roofs().slice(0, 1) });
  expect(hostDifferences(before, profileOf([], { host, roofs: roofs() }))).toEqual([]);
});
