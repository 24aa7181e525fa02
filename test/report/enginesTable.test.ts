import { expect, test } from "vitest";
import { enginesTable } from "../../src/report/enginesTable.js";
import { enginesCsv } from "../../src/report/profileCsv.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";
import { measurementOf, profileOf } from "../support/profiles.js";

function profileIn(engine: string, seconds: number) {
  const profile = profileOf([
    measurementOf([2 * seconds], { way: "simd", gflops: 1 / seconds / 2 }),
    measurementOf([seconds], { gflops: 1 / seconds }),
    measurementOf([seconds / 2], { threads: 2, gflops: 2 / seconds }),
    measurementOf([seconds], { kernel: "move", operations: 0, gigabytes: 3 / seconds }),
  ]);
  return { ...profile, host: { engine, cores: 2 } };
}

const NODE = profileIn("Node 20.20.2, V8 11.3", 0.1);
const CHROMIUM = profileIn("Chromium 130", 0.05);

test("the fastest variant on one thread, engine beside engine, and how fast all are", () => {
  const lines = enginesTable([NODE, CHROMIUM], "overview", PLAIN_LAYOUT).split("\n");
  expect(lines.slice(0, 2)).toEqual(["Node 20.20.2, V8 11.3 · 2 cores", "Chromium 130 · 2 cores"]);
  expect(lines).toContain("relaxed GFLOP/s     50.0          50.0");
  expect(lines).toContain("memory GB/s        40/50         40/50");
  const start = lines.findIndex((line) => line.startsWith("kernel"));
  expect(lines.slice(start, start + 4)).toEqual([
    "kernel  shape    unit     Node 20  Chromium 130",
    "relu    128x800  GFLOP/s     10.0          20.0",
    "move    128x800  GB/s        30.0          60.0",
    "all              ×           1.00          2.00",
  ]);
});

test("in detail a line for each variant, empty where an engine has none", () => {
  const { measurements } = CHROMIUM;
  const withoutThreads = { ...CHROMIUM, measurements: [...measurements.slice(0, 2)] };
  const text = enginesTable([NODE, withoutThreads], "details", PLAIN_LAYOUT);
  expect(text).toMatch(/^relu +128x800 +simd +5\.00 +10\.0$/m);
  expect(text).toMatch(/^relu +128x800 +relaxed × 2 +20\.0$/m);
  expect(text).toMatch(/^all +× +1\.00 +2\.00$/m);
});

test("versions are written out where two engines would be called the same", () => {
  const other = { ...CHROMIUM, host: { engine: "Node 20.19.0, V8 11.3", cores: 2 } };
  const text = enginesTable([NODE, other], "overview", PLAIN_LAYOUT);
  expect(text).toMatch(/^kernel +shape +unit +Node 20\.20\.2 +Node 20\.19\.0$/m);
});

test("no line is wider than the terminal", () => {
  const text = enginesTable([NODE, CHROMIUM], "overview", { ...PLAIN_LAYOUT, width: 40 });
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
});

test("as CSV each line names its engine", () => {
  const lines = enginesCsv([NODE, CHROMIUM]).split("\n");
  expect(lines).toHaveLength(1 + 8);
  expect(lines[0]).toMatch(/^engine,kernel,shape,/);
  expect(lines[1]).toMatch(/^"Node 20\.20\.2, V8 11\.3",relu,128x800,simd,1,/);
  expect(lines[8]).toMatch(/^Chromium 130,move,128x800,/);
});
