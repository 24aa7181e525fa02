/** What the compiler made of a kernel: its hot loop as text, and how many vectors that keeps at once. */
import { checkChoice, checkOptions } from "../../arguments.js";
import { chooseExecution } from "../../engine/execution.js";
import { detectFeatures } from "../../engine/features.js";
import {
  compileBytes,
  instantiateKernels,
  moduleUrl,
  readModule,
} from "../../engine/instantiate.js";
import { LinearMemory } from "../../engine/linearMemory.js";
import { instantiateProfileKernels, PROFILE_MODULE_URL } from "../../engine/profileKernels.js";
import { Regions } from "../../engine/regions.js";
import { OptionError } from "../../errors.js";
import { checkedShape, copyIn, type ProfiledKernel, type Shape } from "../kernel.js";
import { WAYS, type Way } from "../variant.js";
import { type CountingModule, counterName, withLoopCounters, withLoopMarks } from "./countLoops.js";
import type { Instruction } from "./instructions.js";
import { type Pressure, vectorPressure } from "./liveness.js";
import { type Loop, type Structure, structureOf } from "./loops.js";
import { decodeModule, type WasmFunction, type WasmModule } from "./module.js";
import { operandsOf } from "./stack.js";
import { wat } from "./wat.js";

/** Ways that are WebAssembly. */
export type CompiledWay = Exclude<Way, "javascript">;

const COMPILED_WAYS = WAYS.filter((way): way is CompiledWay => way !== "javascript");

/** What a loop does in an iteration that compilers neither add to nor leave out. */
export interface LoopWork {
  /** Of floating-point numbers and vectors, those that processors have one instruction for each. */
  readonly operations: number;
  /** To memory, of whatever size. */
  readonly stores: number;
  /** Of other functions, which V8 may put in their place. */
  readonly calls: number;
}

/** A kernel's hot loop: what stands in it and what it asks of the processor. */
export interface Disassembly {
  /** Its name among `KERNELS`. */
  readonly kernel: string;
  /** The sizes that it was run at to find the loop. */
  readonly shape: Shape;
  /** Which of its variants was taken apart. */
  readonly way: CompiledWay;
  /** The module that the function is in. */
  readonly module: URL;
  /** The function with the hot loop: its index, and its name where it is exported. */
  readonly functionIndex: number;
  /** Its name, where the module exports it. */
  readonly functionName: string | undefined;
  /** Whether there are no loops within it. */
  readonly isInnermost: boolean;
  /** What one turn of the loop computes and stores. */
  readonly work: LoopWork;
  /** The module once more, with a mark in every loop but this one: see `withLoopMarks`. */
  readonly marked: Uint8Array<ArrayBuffer>;
  /** How often the hot loop is gone through in one call of the kernel. */
  readonly iterations: number;
  /** What of all instructions within loops is executed in this one, as a part. */
  readonly share: number;
  /** How often each instruction stands in the loop, the most frequent first. */
  readonly instructions: readonly (readonly [name: string, count: number])[];
  /** Vectors that are alive at once. */
  readonly pressure: Pressure;
  /** The loop in WebAssembly's text format. */
  readonly wat: string;
}

const DEFAULT_WIDTH = 100;

/** Which variant is taken apart, at which sizes, and how wide the text is. */
export interface DisassembleOptions {
  /** Default: the first that training asks for. */
  readonly shape?: Shape;
  /** Default: the fastest that the host has. */
  readonly way?: CompiledWay;
  /** Columns of the text; default 100. */
  readonly width?: number;
}

/**
 * Runs the kernel once in a copy of its module that counts the iterations of every loop; the hot loop is the one
 * that executes most instructions of its own.
 *
 * @throws OptionError when an option is misspelt or of another type, the kernel has no such shape or variant, or goes through no loop.
 */
export async function disassemble(
  kernel: ProfiledKernel,
  options: DisassembleOptions = {},
): Promise<Disassembly> {
  checkOptions("disassemble", options, { shape: "array", way: "checked", width: "number" });
  checkChoice("way", options.way, COMPILED_WAYS);
  const shape = options.shape ? checkedShape(kernel, options.shape) : kernel.shapes[0];
  const way = options.way ?? (detectFeatures().relaxedSimd ? "relaxed" : "simd");
  if (way === "scalar" && !kernel.scalar) {
    throw new OptionError(`variant is "scalar", expected simd or relaxed for ${kernel.name}`);
  }
  const execution = chooseExecution(
    { threads: 1, simd: way === "relaxed" ? "relaxed" : "plain" },
    false,
  );
  const url = way === "scalar" ? PROFILE_MODULE_URL : moduleUrl(execution);
  const taken = await takeApart(url);
  const counts =
    way === "scalar"
      ? await countScalar(kernel, shape, taken)
      : await countSimd(kernel, shape, taken, execution.memory);
  const width = options.width ?? DEFAULT_WIDTH;
  return describe(taken, counts, { kernel: kernel.name, shape, way, module: url }, width);
}

/** A module, its loops, and a copy that counts their iterations. */
interface TakenApart {
  readonly module: WasmModule;
  /** The function's structure for each loop, by counter. */
  readonly structures: readonly Structure[];
  readonly counting: CountingModule;
  readonly compiled: Awaited<ReturnType<typeof compileBytes>>;
}

/** By URL: all kernels of a way are in one module, and taking it apart takes longer than running one of them. */
const modules = new Map<string, TakenApart>();

async function takeApart(url: URL): Promise<TakenApart> {
  const before = modules.get(url.href);
  if (before) return before;
  const module = decodeModule(await readModule(url));
  const counting = withLoopCounters(module);
  const ofFunctions = new Map<number, Structure>();
  const structures = counting.counters.map(({ position }) => {
    const structure =
      ofFunctions.get(position) ?? structureOf(module.functions[position].instructions);
    ofFunctions.set(position, structure);
    return structure;
  });
  const compiled = await compileBytes(counting.bytes);
  const taken = { module, structures, counting, compiled };
  modules.set(url.href, taken);
  return taken;
}

/** Iterations by counter. */
async function countSimd(
  kernel: ProfiledKernel,
  shape: Shape,
  { counting, compiled }: TakenApart,
  kind: "shared" | "private",
): Promise<number[]> {
  const memory = new LinearMemory(kind);
  const kernels = await instantiateKernels(compiled, memory.memory);
  const regions = new Regions(memory);
  const pointers = copyIn(regions, memory, kernel.arrays(shape));
  const call = kernel.simd({ engine: { kernels, memory }, regions, pointers }, shape);
  return countCall(kernels, counting.counters.length, call);
}

async function countScalar(
  kernel: ProfiledKernel,
  shape: Shape,
  { counting, compiled }: TakenApart,
): Promise<number[]> {
  const { kernels, memory } = await instantiateProfileKernels(compiled);
  const pointers = copyIn(new Regions(memory), memory, kernel.arrays(shape));
  return countCall(kernels, counting.counters.length, () =>
    kernel.scalar?.(kernels, pointers, shape),
  );
}

/** What the counters have after a call more than before: what prepares it may call kernels too. */
function countCall(kernels: object, counters: number, call: () => void): number[] {
  const read = () =>
    Array.from({ length: counters }, (_, counter) => {
      const global = (kernels as Record<string, { readonly value: bigint }>)[counterName(counter)];
      return Number(global.value);
    });
  const before = read();
  call();
  return read().map((count, counter) => count - before[counter]);
}

interface Subject {
  readonly kernel: string;
  readonly shape: Shape;
  readonly way: CompiledWay;
  readonly module: URL;
}

function describe(
  { module, structures, counting }: TakenApart,
  counts: readonly number[],
  subject: Subject,
  width: number,
): Disassembly {
  let total = 0;
  let hottest = { weight: 0, counter: -1 };
  const { counters } = counting;
  const loops = counters.map(({ position, loop }, counter) => {
    const structure = structures[counter];
    const found = structure.loops.find(({ start }) => start === loop) as Loop;
    const weight = counts[counter] * ownInstructions(found);
    total += weight;
    if (weight > hottest.weight) hottest = { weight, counter };
    return { body: module.functions[position], structure, loop: found };
  });
  if (hottest.counter < 0) {
    throw new OptionError(
      `shape is ${subject.shape.join("x")}, for which ${subject.kernel} goes through no loop, expected a larger one`,
    );
  }
  const { body, structure, loop } = loops[hottest.counter];
  const within = body.instructions.slice(loop.start, loop.end + 1);
  return {
    ...subject,
    functionIndex: body.index,
    functionName: exportedName(module, body),
    isInnermost: loop.inner.length === 0,
    work: workOf(within),
    marked: withLoopMarks(module, counters[hottest.counter]),
    iterations: counts[hottest.counter],
    share: hottest.weight / total,
    instructions: histogram(within),
    pressure: vectorPressure(loop, body, structure, operandsOf(body, module)),
    wat: wat(within, module, width),
  };
}

/** Without those of the loops within. */
function ownInstructions({ start, end, inner }: Loop): number {
  return inner.reduce((sum, one) => sum - (one.end - one.start + 1), end - start + 1);
}

function exportedName(module: WasmModule, { index }: WasmFunction): string | undefined {
  return [...module.exports].find(([, exported]) => exported === index)?.[0];
}

const OPERATION =
  /^(f(32|64|32x4|64x2)\.(add|sub|mul|div|sqrt|relaxed_n?madd)|i32x4\.(add|dot_i16x8_s))$/;
const STORE = /^(v128|[if](32|64))\.store(\d+(_lane)?)?$/;

function workOf(instructions: readonly Instruction[]): LoopWork {
  const count = (pattern: RegExp) => instructions.filter(({ name }) => pattern.test(name)).length;
  return { operations: count(OPERATION), stores: count(STORE), calls: count(/^call/) };
}

const STRUCTURE = new Set(["block", "loop", "end", "else", "if", "nop"]);

function histogram(instructions: readonly Instruction[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { name } of instructions) {
    if (!STRUCTURE.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
