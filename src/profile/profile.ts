/** Measures kernels and the roof above them in one process, interleaved. */
import { checkChoice, checkOptions, checkWhole } from "../arguments.js";
import { chooseExecution } from "../engine/execution.js";
import { detectFeatures, isNode } from "../engine/features.js";
import { nameHost } from "../engine/host.js";
import { checkedShape, type ProfiledKernel, type Shape, type Work } from "./kernel.js";
import { kernelsNamed } from "./kernelNames.js";
import { KERNELS } from "./kernels/index.js";
import { type Instance, measure, type Samples, type Subject } from "./measure.js";
import { LEVELS, type Level, levelOf, PEAK, READ, UPDATE } from "./roofs.js";
import { estimate, type Interval, median, uncertaintyOf } from "./statistics.js";
import { ProfileTeam } from "./team.js";
import { examineTimer, type Timer } from "./timer.js";
import { isSimd, type Variant, WAYS } from "./variant.js";
import { Workbench } from "./workbench.js";

const SHAPES = ["training", "all"] as const;

/** What is measured, and how thoroughly. */
export interface ProfileOptions {
  /** Names of `KERNELS`, or what several begin with: "gemm" is all three of them. Default: all. */
  readonly kernels?: readonly string[];
  /** Instead of the kernels' own shapes. */
  readonly shape?: Shape;
  /** - "training": what training asks for; "all": other shapes too. Default "training". */
  readonly shapes?: (typeof SHAPES)[number];
  /** Samples of each, of five batches, 5 … 1001; default 12. */
  readonly rounds?: number;
  /** Threads up to which variants are measured; default: the number of cores. */
  readonly threads?: number;
  /** Ends the measurement; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the part that is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

const OPTIONS = {
  kernels: "array",
  shape: "array",
  shapes: "checked",
  rounds: "checked",
  threads: "checked",
  signal: "signal",
  onProgress: "function",
} as const satisfies Record<keyof ProfileOptions, string>;

/** What a profile was measured on. */
export interface Host {
  /** "Node 20.20.2, V8 11.3", "Chromium 130". */
  readonly engine: string;
  /** What the processor calls itself, where the engine says: "AMD EPYC 9R45". */
  readonly processor?: string;
  /** Processor cores that the host admits to. */
  readonly cores: number;
}

/** What a level of the memory delivers. */
export interface Bandwidth {
  /** GB/s of a loop that reads only. */
  readonly read: number;
  /** GB/s of a loop that reads and writes the same places, both counted. */
  readonly update: number;
}

/** Of one variant's instructions and number of threads. */
export interface Roof extends Variant {
  /** GFLOP/s. */
  readonly peak: number;
  /** GB/s of each level. */
  readonly bandwidth: Readonly<Record<Level, Bandwidth>>;
}

/** A kernel at one shape in one variant: its time, and what it reaches of the roof. */
export interface Measurement extends Variant, Work {
  /** Its name among `KERNELS`. */
  readonly kernel: string;
  /** The sizes that it was called with. */
  readonly shape: Shape;
  /** Seconds of a call: their median, where another profile's is expected, and every sample. */
  readonly seconds: number;
  /** Within which another profile's median is expected, in seconds. */
  readonly interval: Interval;
  /** Seconds of a call in each sample, in the order of measuring. */
  readonly samples: readonly number[];
  /** How far the further end of the interval is away; 0.05 is 5 %. */
  readonly uncertainty: number;
  /** Whether times had stopped falling: false where that was given up after 400 ms and is not seen later either. */
  readonly isWarm: boolean;
  /**
   * Whether it was measured in three passes, or in as many as what takes long gets: false where time ran out before, so
   * that little is known of its noise. Profiles of earlier versions do not say.
   */
  readonly isComplete: boolean;
  /** Calls of a batch. */
  readonly calls: number;
  /** 10⁹ operations and 10⁹ bytes a second, by the median. */
  readonly gflops: number;
  /** 10⁹ bytes a second, read and written, by the median. */
  readonly gigabytes: number;
  /** Operations a byte. */
  readonly intensity: number;
  /** What bounds it: the peak, or the bandwidth of a level. */
  readonly bound: "compute" | Level;
  /** What it reaches of the roof; 1 is all. */
  readonly share: number;
}

/** All that was measured on a host, as `wasmlp profile --json` prints it. */
export interface Profile {
  /** What tells such a file from others. */
  readonly format: "wasmlp-profile";
  /** Of this shape of the file. */
  readonly version: 1;
  /** What it was measured on. */
  readonly host: Host;
  /** The clock that it was measured by. */
  readonly timer: Timer;
  /** What the machine can do at most, one entry a variant. */
  readonly roofs: readonly Roof[];
  /** What the kernels do, by kernel, shape and variant. */
  readonly measurements: readonly Measurement[];
}

/** Fewer say nothing of the noise; more take hours. */
const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 1001;

const DEFAULTS = { shapes: "training", rounds: 12 } as const;

/** Milliseconds of a round at least: five passes of twelve then take six seconds. */
const ROUND_TIME = 100;

/** Milliseconds after which nothing is begun any more when every kernel is measured, preparations included. */
const LIMIT = 25_000;

/** Where in memory the arrays of a case lie, one place after the other; and the bytes above which there is only one. */
const PLACES = 2;
const MOST_PLACED_TWICE = 2 ** 24;

/** Threads that run the JavaScript variants in turns. */
const JAVASCRIPTS = 2;

/** A kernel on a shape by a variant. */
interface Case extends Variant {
  readonly kernel: ProfiledKernel;
  readonly shape: Shape;
}

/**
 * @throws OptionError when an option is misspelt or out of range, there is no such kernel, or the shape is not one of its.
 * @throws EngineError "unsupported-host" when the host lacks SIMD or memory.
 */
export async function profile(options: ProfileOptions = {}): Promise<Profile> {
  const { rounds = DEFAULTS.rounds, signal, onProgress } = options;
  // Who asks for something in particular gets it, however long it takes.
  const isDefault = !options.kernels && options.shapes !== "all" && options.rounds === undefined;
  const start = performance.now();
  const timer = examineTimer();
  const cases = casesOf(options);
  const workbench = new Workbench();
  const teams = new Map<string, ProfileTeam>();
  const ready: { readonly entry: Case; readonly subject: Subject }[] = [];
  try {
    for (const entry of [...roofCases(cases), ...cases]) {
      const subject = await prepare(entry, workbench, teams);
      if (subject.length > 0) ready.push({ entry, subject });
      signal?.throwIfAborted();
    }
    const samples = await measure(
      ready.map(({ subject }) => subject),
      {
        timer,
        rounds,
        roundTime: ROUND_TIME,
        ...(isDefault && { limit: LIMIT - (performance.now() - start) }),
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      },
    );
    const timed = ready.map(({ entry }, index) => ({ entry, samples: samples[index] }));
    const roofs = roofsOf(timed);
    return {
      format: "wasmlp-profile",
      version: 1,
      host: describeHost(),
      timer,
      roofs,
      measurements: timed
        .filter(({ entry }) => KERNELS.includes(entry.kernel))
        .map((one) => judge(one, roofs)),
    };
  } finally {
    for (const team of teams.values()) team.terminate();
  }
}

/** Whether `profile` would take these. @throws OptionError when it would not. */
export function checkProfileOptions(options: ProfileOptions): void {
  casesOf(options);
}

function casesOf(options: ProfileOptions): Case[] {
  checkOptions("profile", options, OPTIONS);
  const { kernels, shape, shapes = DEFAULTS.shapes, rounds = DEFAULTS.rounds, threads } = options;
  checkChoice("shapes", shapes, SHAPES);
  checkWhole("rounds", rounds, LEAST_ROUNDS, MOST_ROUNDS);
  const chosen = new Set(kernels?.flatMap((name) => kernelsNamed(name)) ?? KERNELS);
  const variants = variantsOfHost(threads);
  return [...chosen].flatMap((kernel) => {
    const own = shape ? [checkedShape(kernel, shape)] : shapesOf(kernel, shapes);
    return own.flatMap((one, index) =>
      variants
        // What is slow on purpose is shown once a kernel.
        .filter((variant) => index === 0 || kernels !== undefined || isSimd(variant))
        .map((variant) => ({ kernel, shape: one, ...variant })),
    );
  });
}

function shapesOf(kernel: ProfiledKernel, shapes: (typeof SHAPES)[number]): readonly Shape[] {
  return shapes === "all" ? [...kernel.shapes, ...kernel.sweep] : kernel.shapes;
}

/** Every way on one thread, and the fastest one on 2, 4 … and all threads. */
function variantsOfHost(threads?: number): Variant[] {
  const { relaxedSimd, cores, sharedMemory } = detectFeatures();
  const most = threads ?? (sharedMemory ? cores : 1);
  if (threads !== undefined) chooseExecution({ threads }, false);
  const fastest = relaxedSimd ? "relaxed" : "simd";
  const counts = new Set([most]);
  for (let count = 2; count < most; count *= 2) counts.add(count);
  counts.delete(1);
  return [
    ...WAYS.filter((way) => way !== "relaxed" || relaxedSimd).map((way) => ({ way, threads: 1 })),
    ...[...counts]
      .sort((a, b) => a - b)
      .map((count) => ({ way: fastest, threads: count }) as const),
  ];
}

/** The peak of each build, and the streams once for each number of threads. */
function roofCases(cases: readonly Case[]): Case[] {
  const found: Case[] = [];
  for (const threads of new Set(cases.map((one) => one.threads))) {
    const ways = new Set(cases.filter((one) => one.threads === threads).map(({ way }) => way));
    for (const way of WAYS.filter(
      (candidate) => isSimd({ way: candidate }) && (ways.has(candidate) || threads === 1),
    )) {
      if (way === "relaxed" && !ways.has(way)) continue;
      found.push({ kernel: PEAK, shape: PEAK.shapes[0], way, threads });
    }
    for (const kernel of [READ, UPDATE]) {
      for (const shape of kernel.shapes) found.push({ kernel, shape, way: "scalar", threads });
    }
  }
  return found;
}

/** What is called for a case; nothing where the kernel has no such variant. */
async function prepare(
  { kernel, shape, way, threads }: Case,
  workbench: Workbench,
  teams: Map<string, ProfileTeam>,
): Promise<Instance[]> {
  const teamOf = (name: string) => {
    const team = teams.get(name) ?? new ProfileTeam(threads);
    teams.set(name, team);
    return team;
  };
  if (way === "javascript") {
    if (!kernel.javascript) return [];
    // A memory that grows detaches its buffers, and from then on V8 asks at every access to any typed array
    // whether it is still there: half the speed. JavaScript has threads where no memory grows; and several, since
    // what the compiler makes of it differs from one to the next.
    const names = Array.from({ length: JAVASCRIPTS }, (_, index) => `${way} ${index}`);
    return Promise.all(names.map((name) => teamOf(name).prepare(kernel.name, shape, way)));
  }
  if (threads > 1) return [await teamOf(String(threads)).prepare(kernel.name, shape, way)];
  // Which addresses share a set of a cache differs from one place in memory to the next.
  const places = bytesOfWork(kernel.work(shape)) > MOST_PLACED_TWICE ? 1 : PLACES;
  const instances: Instance[] = [];
  for (let place = 0; place < places; place++) {
    const ready = await workbench.prepare(kernel, shape, way);
    if (ready) instances.push({ sample: (calls) => time(ready.call, calls) });
  }
  return instances;
}

function time(call: () => void, calls: number): number {
  const start = performance.now();
  for (let index = 0; index < calls; index++) call();
  return performance.now() - start;
}

interface Timed {
  readonly entry: Case;
  readonly samples: Samples;
}

/** 10⁹ units of `amount` a second, all threads together. */
function rate({ entry, samples }: Timed, amount: (work: Work) => number): number {
  return (entry.threads * amount(entry.kernel.work(entry.shape))) / median(samples.times) / 1e6;
}

const operationsOf = (work: Work) => work.operations;
const bytesOfWork = (work: Work) => work.bytesRead + work.bytesWritten;

function roofsOf(timed: readonly Timed[]): Roof[] {
  /** Of a level or of a slower one: what comes from further away is no faster, so the best of them counts. */
  const bandwidth = (threads: number, kernel: ProfiledKernel, level: number) => {
    const rates = kernel.shapes.slice(level).map((shape) => {
      const found = timed.find(
        ({ entry }) =>
          entry.kernel === kernel && entry.threads === threads && entry.shape === shape,
      );
      return found ? rate(found, bytesOfWork) : 0;
    });
    return Math.max(...rates);
  };
  return timed
    .filter(({ entry }) => entry.kernel === PEAK)
    .map((one) => {
      const { way, threads } = one.entry;
      const levels = LEVELS.map(({ name }, index) => [
        name,
        { read: bandwidth(threads, READ, index), update: bandwidth(threads, UPDATE, index) },
      ]);
      return {
        way,
        threads,
        peak: rate(one, operationsOf),
        bandwidth: Object.fromEntries(levels) as Roof["bandwidth"],
      };
    });
}

function judge(timed: Timed, roofs: readonly Roof[]): Measurement {
  const { entry, samples } = timed;
  const { kernel, shape, way, threads } = entry;
  const work = kernel.work(shape);
  const roof = roofOf(roofs, entry);
  const bytes = bytesOfWork(work);
  const level = levelOf(bytes);
  // Bytes come in and go out at a rate of their own, unless hardly any go out.
  const stream = work.bytesWritten < work.bytesRead / 4 ? "read" : "update";
  const computing = (threads * work.operations) / roof.peak / 1e9;
  const moving = (threads * bytes) / roof.bandwidth[level][stream] / 1e9;
  const milliseconds = estimate(samples.times, samples.passes);
  const { value, interval } = milliseconds;
  const seconds = value / 1000;
  return {
    kernel: kernel.name,
    shape,
    way,
    threads,
    ...work,
    seconds,
    interval: { low: interval.low / 1000, high: interval.high / 1000 },
    samples: samples.times.map((one) => one / 1000),
    uncertainty: uncertaintyOf(milliseconds),
    isWarm: samples.isWarm,
    isComplete: samples.isComplete,
    calls: samples.calls,
    gflops: rate(timed, operationsOf),
    gigabytes: rate(timed, bytesOfWork),
    intensity: work.operations / bytes,
    bound: computing >= moving ? "compute" : level,
    share: Math.max(computing, moving) / seconds,
  };
}

/** JavaScript and scalar code are held against what plain SIMD could do. */
function roofOf(roofs: readonly Roof[], { way, threads }: Variant): Roof {
  const wanted = isSimd({ way }) ? way : "simd";
  const found = roofs.find((roof) => roof.way === wanted && roof.threads === threads);
  if (!found) throw new Error(`no roof was measured for ${wanted} on ${threads} threads`);
  return found;
}

/** What this runs on. */
export function describeHost(): Host {
  const { cores } = detectFeatures();
  const model = isNode() ? process.getBuiltinModule("node:os").cpus()[0]?.model.trim() : undefined;
  return { engine: nameHost(), ...(model && { processor: model }), cores };
}
