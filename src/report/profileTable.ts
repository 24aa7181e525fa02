/** Tables of a profile: every kernel in a line, or every variant of a few of them. */
import { type Host, type Measurement, type Profile, variantName } from "../profile/index.js";
import { duration, percent } from "./numbers.js";
import { type Column, type Layout, table } from "./table.js";
import { wrap } from "./wrap.js";

/** Beyond ± this part of the median another run may well tell another number. */
const UNCERTAIN = 0.05;

/** A line for each kernel and shape, the variants beside each other, and what the fastest reaches. */
export function profileOverview({ measurements }: Profile, layout: Layout): string {
  const variants = distinct(measurements.map(variantName));
  const rows = distinct(measurements.map(caseName)).map((name) => {
    const own = measurements.filter((one) => caseName(one) === name);
    const alone = own.filter(({ threads }) => threads === 1);
    const best = alone[alone.length - 1];
    return [
      best.kernel,
      shapeName(best),
      best.operations > 0 ? "GFLOP/s" : "GB/s",
      ...variants.map((variant) => {
        const found = own.find((one) => variantName(one) === variant);
        return found ? rateOf(found) : "";
      }),
      percent(best.share, 0),
      best.bound,
    ];
  });
  const columns: Column[] = [
    { title: "kernel", align: "left" },
    { title: "shape", align: "left" },
    { title: "unit", align: "left", optional: true },
    ...variants.map((title) => ({ title, align: "right", optional: true }) as const),
    { title: "of roof", align: "right" },
    { title: "bound", align: "left", optional: true },
  ];
  return `${table(columns, rows, layout)}\n\n${explanation(measurements, layout)}`;
}

/** A line for each variant of each kernel and shape, with all that is known of it. */
export function profileDetails({ measurements }: Profile, layout: Layout): string {
  const columns: Column[] = [
    { title: "kernel", align: "left", optional: true },
    { title: "shape", align: "left" },
    { title: "variant", align: "left" },
    { title: "GFLOP/s", align: "right" },
    { title: "of roof", align: "right" },
    { title: "bound", align: "left", optional: true },
    { title: "GB/s", align: "right", optional: true },
    { title: "a call", align: "right", optional: true },
    { title: "±", align: "right", optional: true },
    { title: "flop/byte", align: "right", optional: true },
  ];
  const rows = measurements.map((one) => [
    one.kernel,
    shapeName(one),
    variantName(one),
    one.operations > 0 ? digits(one.gflops) + doubt(one) : "",
    percent(one.share, 0),
    one.bound,
    digits(one.gigabytes),
    callTime(one.seconds),
    percent(one.uncertainty, 1),
    digits(one.intensity),
  ]);
  return `${table(columns, rows, layout)}\n\n${explanation(measurements, layout)}`;
}

/** What the percentages are of. */
export function roofTable({ roofs, host, timer }: Profile, layout: Layout): string {
  const levels = Object.keys(roofs[0]?.bandwidth ?? {}) as (keyof (typeof roofs)[0]["bandwidth"])[];
  const columns: Column[] = [
    { title: "roof", align: "left" },
    { title: "GFLOP/s", align: "right" },
    ...levels.map((level) => ({ title: `${level} GB/s`, align: "right", optional: true }) as const),
  ];
  const rows = roofs.map((roof) => [
    variantName(roof),
    digits(roof.peak),
    ...levels.map((level) => {
      const { read, update } = roof.bandwidth[level];
      return `${read.toFixed(0)}/${update.toFixed(0)}`;
    }),
  ]);
  const clock = `clock ${(1000 * timer.resolution).toPrecision(2)} µs`;
  return `${wrap(`${describe(host)} · ${clock}`, layout.width)}\n\n${table(columns, rows, layout)}`;
}

/** "Node 20.20.2, V8 11.3 · AMD EPYC 9R45 · 2 cores" */
export function describe({ engine, processor, cores }: Host): string {
  const number = `${cores} ${cores === 1 ? "core" : "cores"}`;
  return [engine, processor, number].filter((part) => part !== undefined).join(" · ");
}

/** "128x784" */
export function shapeName({ shape }: Pick<Measurement, "shape">): string {
  return shape.join("x");
}

function explanation(measurements: readonly Measurement[], { width, style }: Layout): string {
  const lines = [
    wrap(
      "of roof: what one thread of the fastest variant reaches of the multiply-add peak, or of the streams of the level that holds its arrays, whichever bounds it.",
      width,
    ),
  ];
  const doubts = doubtsOf(measurements);
  if (doubts) lines.push(wrap(doubts, width));
  return style.faint(lines.join("\n"));
}

/** What "?" and "~" mean, where there is one. */
export function doubtsOf(measurements: readonly Measurement[]): string | undefined {
  const all = measurements.length;
  const uncertain = measurements.filter(isUncertain).length;
  const cold = measurements.filter(({ isWarm }) => !isWarm).length;
  const cut = measurements.filter(({ isComplete }) => !isComplete).length;
  const notes = [
    uncertain > 0 &&
      `?: ${uncertain} of ${all} medians are known to no better than ± 5 %, too much noise to tell them from another run's.`,
    cut > 0 &&
      `Of ${cut} of these too little could be measured before time ran out: something else keeps the machine busy, or it is slow.`,
    cold > 0 &&
      `~: ${cold} of ${all} may still be waiting for the optimising compiler: times had not stopped falling after 400 ms, or are too few to tell.`,
  ];
  return notes.filter((note) => note !== false).join(" ") || undefined;
}

/** "gemm-nn 256x256x256" */
export function caseName(one: Measurement): string {
  return `${one.kernel} ${shapeName(one)}`;
}

/** GFLOP/s, or GB/s of what only moves; with "?" where it is uncertain, "~" where it may not be warm. */
export function rateOf(one: Measurement): string {
  return digits(one.operations > 0 ? one.gflops : one.gigabytes) + doubt(one);
}

function doubt(one: Measurement): string {
  return (isUncertain(one) ? "?" : "") + (one.isWarm ? "" : "~");
}

function isUncertain({ uncertainty, isComplete }: Measurement): boolean {
  return uncertainty > UNCERTAIN || !isComplete;
}

/** Three digits, which is as much as a measurement has. */
export function digits(value: number): string {
  return value < 100 ? value.toFixed(value < 10 ? 2 : 1) : value.toFixed(0);
}

function callTime(seconds: number): string {
  if (seconds >= 1) return duration(seconds);
  return seconds >= 1e-3 ? `${digits(1e3 * seconds)} ms` : `${digits(1e6 * seconds)} µs`;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
