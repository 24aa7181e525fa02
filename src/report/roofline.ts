/**
 * The roofline picture of Williams, Waterman and Patterson, "Roofline: An Insightful Visual Performance
 * Model for Multicore Architectures" (CACM 52-4, 2009): throughput over arithmetic intensity, both
 * logarithmic, below the slope of the memory's bandwidth and the level of the multiply-add peak.
 */
import { type Level, type Profile, type Roof, variantName } from "../profile/index.js";
import type { Layout } from "./table.js";
import { padEnd, padStart } from "./text.js";

export interface RooflinePoint {
  /** "a", "b" …, as it stands in the picture. */
  readonly letter: string;
  readonly kernel: string;
  readonly shape: string;
  /** Operations a byte, and GFLOP/s. */
  readonly intensity: number;
  readonly gflops: number;
  readonly share: number;
}

export interface Roofline {
  /** Of the fastest variant on one thread. */
  readonly roof: Roof;
  readonly points: readonly RooflinePoint[];
}

/** The fastest variant on one thread of every kernel that computes; kernels that only move have no place. */
export function rooflineOf({ roofs, measurements }: Profile): Roofline | undefined {
  const roof = roofs.findLast(({ threads }) => threads === 1);
  if (!roof) return undefined;
  const points = measurements
    .filter((one) => variantName(one) === roof.way && one.operations > 0)
    .map((one, index) => ({
      letter: letterOf(index),
      kernel: one.kernel,
      shape: one.shape.join("x"),
      intensity: one.intensity,
      gflops: one.gflops,
      share: one.share,
    }));
  return points.length > 0 ? { roof, points } : undefined;
}

/** a … z, A … Z, then "*". */
function letterOf(index: number): string {
  return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[index] ?? "*";
}

export interface RooflineAxes {
  /** Powers of ten: of operations a byte, and of GFLOP/s. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Whole decades around all points and the peak. */
export function axesOf({ roof, points }: Roofline): RooflineAxes {
  const around = (values: readonly number[]): [number, number] => {
    const low = Math.floor(Math.log10(Math.min(...values)));
    return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))];
  };
  return {
    x: around(points.map(({ intensity }) => intensity)),
    y: around([roof.peak, ...points.map(({ gflops }) => gflops)]),
  };
}

/** GFLOP/s that a level's bandwidth leaves at an intensity. */
export function ceiling(roof: Roof, level: Level, intensity: number): number {
  const bandwidth = roof.bandwidth[level].update;
  return Math.min(roof.peak, bandwidth * intensity);
}

const ROWS = 16;
const LEAST_COLUMNS = 24;
const MOST_COLUMNS = 72;
const MARGIN = 6;

/** Lines of text; two roofs are drawn: that of the L1 cache and that of memory. */
export function drawRoofline(roofline: Roofline, { width, style }: Layout): string {
  const { roof, points } = roofline;
  const { x, y } = axesOf(roofline);
  const columns = Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, width - MARGIN - 2));
  const columnOf = (intensity: number) =>
    Math.round(((Math.log10(intensity) - x[0]) / (x[1] - x[0])) * (columns - 1));
  const rowOf = (gflops: number) =>
    ROWS - 1 - Math.round(((Math.log10(gflops) - y[0]) / (y[1] - y[0])) * (ROWS - 1));
  const cells = Array.from({ length: ROWS }, () => new Array<string>(columns).fill(" "));
  const intensityOf = (column: number) => 10 ** (x[0] + (column / (columns - 1)) * (x[1] - x[0]));
  for (const [level, mark] of [
    ["memory", "·"],
    ["L1", "─"],
  ] as const) {
    for (let column = 0; column < columns; column++) {
      const height = ceiling(roof, level, intensityOf(column));
      const row = rowOf(height);
      const isSlope = height < roof.peak;
      if (cells[row]) cells[row][column] = style.faint(mark === "─" && isSlope ? "/" : mark);
    }
  }
  for (const { letter, intensity, gflops } of points) {
    const row = cells[rowOf(gflops)];
    if (row) row[columnOf(intensity)] = style.good(letter);
  }
  const lines = cells.map((row, index) => {
    const decade = 10 ** Math.round(y[1] - (index / (ROWS - 1)) * (y[1] - y[0]));
    // Of two rows that are as close, the one that a point at this height would be in.
    const label = rowOf(decade) === index ? String(decade) : "";
    return `${padStart(label, MARGIN)} ${style.faint("│")}${row.join("")}`.trimEnd();
  });
  const axis = `${" ".repeat(MARGIN)} ${style.faint(`└${"─".repeat(columns)}`)}`;
  let decades = "";
  for (let power = x[0]; power <= x[1]; power++) {
    const label = power < 0 ? String(1 / 10 ** -power) : String(10 ** power);
    const at = Math.min(columnOf(10 ** power), columns - label.length);
    if (at >= decades.length) decades = padEnd(decades, at) + label;
  }
  const title = style.heading(`GFLOP/s over operations a byte, ${roof.way}`);
  return [
    title,
    ...lines,
    axis,
    `${" ".repeat(MARGIN + 2)}${decades}`,
    "",
    legend(points, width),
  ].join("\n");
}

/** "a gemm-nn 256x256x256" in as many columns as there is room for. */
function legend(points: readonly RooflinePoint[], width: number): string {
  const entries = points.map(({ letter, kernel, shape }) => `${letter} ${kernel} ${shape}`);
  const widest = Math.max(...entries.map(({ length }) => length)) + 2;
  const across = Math.max(1, Math.floor((Math.min(width, 100) + 2) / widest));
  const down = Math.ceil(entries.length / across);
  return Array.from({ length: down }, (_, row) =>
    Array.from({ length: across }, (__, column) =>
      padEnd(entries[column * down + row] ?? "", widest),
    )
      .join("")
      .trimEnd(),
  ).join("\n");
}
