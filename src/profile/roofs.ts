/** What the roof is measured by: kernels that do nothing but compute, or nothing but move. */
import { define, type ProfiledKernel, type Shape } from "./kernel.js";

/** Iterations of a call of the peak: some tens of microseconds. */
const ITERATIONS = 10_000;

/** Multiply-adds in registers, `assembly/peak.ts`: shape `[iterations]`. */
export const PEAK: ProfiledKernel = define<readonly [Float32Array]>({
  name: "peak",
  description: "multiply-adds that touch registers only",
  dimensions: ["iterations"],
  shapes: [[ITERATIONS]],
  sweep: [],
  work: ([iterations]) => ({
    operations: iterations * PEAK_OPERATIONS,
    bytesRead: 0,
    bytesWritten: 0,
  }),
  arrays: () => [new Float32Array(1)],
  simd:
    ({ engine: { kernels } }, [iterations]) =>
    () => {
      kernels.multiplyAddPeak(iterations, 0.5, 1);
    },
});

/** Twelve chains of four lanes, a product and a sum each. */
export const PEAK_OPERATIONS = 96;

const STREAM_BYTES = {
  L1: 16 * 1024,
  L2: 256 * 1024,
  L3: 4 * 2 ** 20,
  memory: 64 * 2 ** 20,
} as const;

/** A level of the memory, from "L1" to "memory". */
export type Level = keyof typeof STREAM_BYTES;

/** A level, and the stream that measures it. */
export interface MemoryLevel {
  /** What it is called. */
  readonly name: Level;
  /** Bytes of its stream. */
  readonly bytes: number;
}

/**
 * Bytes of the streams: of what fits into the first-level cache of any machine of today, into the second,
 * into a third, and into none.
 */
export const LEVELS: readonly MemoryLevel[] = (Object.keys(STREAM_BYTES) as Level[]).map(
  (name) => ({
    name,
    bytes: STREAM_BYTES[name],
  }),
);

/** The level whose stream a kernel with so many bytes is compared with. */
export function levelOf(bytes: number): Level {
  // A quarter more than the stream has still fits: caches are larger than what is measured in them.
  const level = LEVELS.find((candidate) => bytes <= 1.25 * candidate.bytes);
  return (level ?? LEVELS[LEVELS.length - 1]).name;
}

const FLOAT = 4;
/** Floats that a call moves at least, so that calling it costs nothing beside. */
const CALL_FLOATS = 2 ** 17;
const passesOf = (floats: number) => Math.max(1, Math.ceil(CALL_FLOATS / floats));
const STREAMS: readonly Shape[] = LEVELS.map(({ bytes }) => [bytes / FLOAT]);

/** Loads alone, `assembly/profile/stream.ts`: shape `[floats]`. */
export const READ: ProfiledKernel = define<readonly [Float32Array]>({
  name: "read",
  description: "a sum: loads and nothing else to wait for",
  dimensions: ["floats"],
  shapes: STREAMS,
  sweep: [],
  work: ([floats]) => ({ operations: floats, bytesRead: floats * FLOAT, bytesWritten: 0 }),
  arrays: ([floats]) => [new Float32Array(floats).fill(0.25)],
  scalar: (kernels, [values], [floats]) => {
    kernels.readStream(values, floats);
  },
  simd: () => () => undefined,
});

/** Two loads and a store: shape `[floats]`, half of them written. */
export const UPDATE: ProfiledKernel = define<readonly [Float32Array, Float32Array]>({
  name: "update",
  description: "target += a·source: two loads and a store",
  dimensions: ["floats"],
  shapes: STREAMS,
  sweep: [],
  work: ([floats]) => ({
    operations: passesOf(floats) * floats,
    bytesRead: passesOf(floats) * floats * FLOAT,
    bytesWritten: passesOf(floats) * (floats / 2) * FLOAT,
  }),
  arrays: ([floats]) => [
    new Float32Array(floats / 2).fill(0.25),
    new Float32Array(floats / 2).fill(0.25),
  ],
  scalar: (kernels, [target, source], [floats]) =>
    kernels.updateStream(target, source, floats / 2, 1e-9, passesOf(floats)),
  simd: () => () => undefined,
});

export const ROOFS: readonly ProfiledKernel[] = [PEAK, READ, UPDATE];
