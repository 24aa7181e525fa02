import { expect, test } from "vitest";
import { axesOf, ceiling, drawRoofline, rooflineOf } from "../../src/report/roofline.js";
import { rooflineHtml, rooflineSvg } from "../../src/report/rooflineSvg.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { measurementOf, profileOf } from "../support/profiles.js";

const profile = profileOf([
  measurementOf([1], {
    kernel: "gemm-nn",
    shape: [9, 9, 9],
    intensity: 40,
    gflops: 45,
    share: 0.9,
  }),
  measurementOf([1], { kernel: "sgd", shape: [9], intensity: 0.2, gflops: 8 }),
  measurementOf([1], { kernel: "compress", operations: 0, intensity: 0, gflops: 0 }),
  measurementOf([1], { kernel: "relu", way: "scalar" }),
]);

function roofline() {
  const found = rooflineOf(profile);
  if (!found) throw new Error("two kernels have a place");
  return found;
}

test("the fastest variant of every kernel that computes has a place", () => {
  expect(roofline().points.map(({ letter, kernel }) => `${letter} ${kernel}`)).toEqual([
    "a gemm-nn",
    "b sgd",
  ]);
  expect(rooflineOf(profileOf([]))).toBeUndefined();
});

test("the roof is the bandwidth's slope and then the peak", () => {
  const { roof } = roofline();
  expect(ceiling(roof, "L1", 0.1)).toBe(10);
  expect(ceiling(roof, "memory", 0.1)).toBe(5);
  expect(ceiling(roof, "memory", 100)).toBe(50);
  expect(axesOf(roofline())).toEqual({ x: [-1, 2], y: [0, 2] });
});

test.each([50, 80, Number.POSITIVE_INFINITY])("the drawing keeps within %d columns", (width) => {
  const lines = drawRoofline(roofline(), { width, style: PLAIN_STYLE }).split("\n");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.min(width, 100));
  // The product is right of the update and above it.
  const [a, b] = ["a", "b"].map((letter) => {
    const row = lines.slice(1, 17).findIndex((line) => line.slice(8).includes(letter));
    return { row, column: lines[1 + row].indexOf(letter, 8) };
  });
  expect(a.row).toBeLessThan(b.row);
  expect(a.column).toBeGreaterThan(b.column);
  expect(lines.join("\n")).toContain("a gemm-nn 9x9x9");
});

test("each decade of the axes has one label", () => {
  const lines = drawRoofline(roofline(), { width: 80, style: PLAIN_STYLE }).split("\n");
  expect(lines.map((line) => /^ *(\d+) │/.exec(line)?.[1]).filter(Boolean)).toEqual([
    "100",
    "10",
    "1",
  ]);
});

test("the SVG has a mark for every point, and takes nothing from elsewhere", () => {
  const svg = rooflineSvg(roofline(), profile);
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg).toContain("gemm-nn 9x9x9: 90 % of the roof");
  expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="GFLOP.s of each kernel/);
  expect(svg.match(/<polyline/g)).toHaveLength(4);
  expect(svg).not.toMatch(/NaN|undefined|href|url\(/);
  expect(rooflineHtml(roofline(), profile)).toContain(svg);
});

test("letters of points that lie on each other stand beside each other", () => {
  const same = { intensity: 40, gflops: 45 };
  const crowded = profileOf(
    ["a", "b", "c"].map((kernel) => measurementOf([1], { kernel, ...same })),
  );
  const found = rooflineOf(crowded);
  if (!found) throw new Error("three kernels have a place");
  const places = [
    ...rooflineSvg(found, crowded).matchAll(/<text x="([\d.]+)" y="([\d.]+)" >[abc]</g),
  ];
  const xs = places.map(([, x]) => Number(x));
  expect(xs).toHaveLength(3);
  expect(xs[1] - xs[0]).toBeGreaterThanOrEqual(9);
  expect(xs[2] - xs[1]).toBeGreaterThanOrEqual(9);
});
