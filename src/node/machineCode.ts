/** What V8's optimising compiler makes of a loop, read from the code that it prints. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Disassembly, MachineLoop, VectorWork } from "../profile/index.js";

const PROGRAM =
  'new WebAssembly.Module(require("node:fs").readFileSync(process.argv[process.argv.length - 1]))';

/** Milliseconds to compile a module. */
const PATIENCE = 30_000;
const LONGEST_OUTPUT = 64 * 2 ** 20;

/**
 * Has another process of this Node compile the module, optimised at once, and print the function's code.
 *
 * @returns a reason, where V8 does not print it or the loop is not to be found in it
 */
export async function machineLoop(
  { module, functionIndex, vectorWork, innermost }: Disassembly,
  signal?: AbortSignal,
): Promise<MachineLoop | string> {
  if (process.arch !== "x64") return `of ${process.arch} is not read, only that of x64`;
  const flags = [
    "--no-liftoff",
    "--no-wasm-lazy-compilation",
    `--print-wasm-code-function-index=${functionIndex}`,
    ...(Number(process.versions.node.split(".")[0]) < 22
      ? ["--experimental-wasm-relaxed-simd"]
      : []),
  ];
  let text: string;
  try {
    const argv = [...flags, "--eval", PROGRAM, "--", fileURLToPath(module)];
    const limits = { timeout: PATIENCE, maxBuffer: LONGEST_OUTPUT };
    text = (
      await promisify(execFile)(process.execPath, argv, { ...limits, ...(signal && { signal }) })
    ).stdout;
  } catch {
    signal?.throwIfAborted();
    return "is not printed by this version of Node";
  }
  if (!text.includes("Instructions (size")) return "is not printed by this version of Node";
  return (
    findMachineLoop(text, vectorWork, innermost) ??
    "of this loop is not to be told from that of the function's others"
  );
}

interface Line {
  readonly offset: number;
  readonly text: string;
}

/**
 * V8 keeps the order of loops, but may unroll them, so that each does a multiple of what it does in WebAssembly.
 *
 * @param text what V8 prints of a function on x86-64
 * @param work of each of the function's innermost loops
 * @param innermost which of them is meant
 * @returns undefined where it cannot be told which of the loops that is
 */
export function findMachineLoop(
  text: string,
  work: readonly VectorWork[],
  innermost: number,
): MachineLoop | undefined {
  const wanted = work[innermost];
  if (wanted === undefined || !doesAnything(wanted)) return undefined;
  const loops = innermostLoops(linesOf(text))
    .map((lines) => ({ lines, work: workOf(lines) }))
    .filter((loop) => doesAnything(loop.work));
  const expected = work.filter(doesAnything);
  const inOrder =
    loops.length === expected.length &&
    loops.every((loop, index) => copiesOf(loop.work, expected[index]) !== undefined);
  const like = loops.filter((loop) => copiesOf(loop.work, wanted) !== undefined);
  const isUnlikeOthers =
    like.length === 1 &&
    expected.filter((one) => copiesOf(like[0].work, one) !== undefined).length === 1;
  const found = inOrder ? loops[expected.indexOf(wanted)] : isUnlikeOthers ? like[0] : undefined;
  return found && describe(found.lines, copiesOf(found.work, wanted) ?? 1);
}

function doesAnything({ operations, stores }: VectorWork): boolean {
  return operations + stores > 0;
}

/** How many times over `machine` does `loop`; undefined where it is no multiple. */
function copiesOf(machine: VectorWork, loop: VectorWork): number | undefined {
  const copies = (machine.operations + machine.stores) / (loop.operations + loop.stores);
  const isMultiple =
    Number.isInteger(copies) &&
    machine.operations === copies * loop.operations &&
    machine.stores === copies * loop.stores;
  return isMultiple ? copies : undefined;
}

/** "0x23185362d64b    4b  c5f811…   vmovups [rbp-0x30],xmm9" */
const LINE = /^0x[0-9a-f]+ +([0-9a-f]+) +[0-9a-f]+ +(?:REX\.W )?(.*)$/gm;

function linesOf(text: string): Line[] {
  return [...text.matchAll(LINE)].map(([, offset, instruction]) => ({
    offset: Number.parseInt(offset, 16),
    text: instruction,
  }));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** From the target of each jump backwards to the jump, unless another such lies within. */
function innermostLoops(lines: readonly Line[]): Line[][] {
  const returns = lines.filter(({ text }) => /^ret/.test(text)).map(({ offset }) => offset);
  const jumps = lines.flatMap(({ offset, text }): Range[] => {
    const target = /^j\w+ .*<\+0x([0-9a-f]+)>/.exec(text)?.[1];
    const start = target === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(target, 16);
    // What is hardly ever executed stands behind the return, and jumps back from there.
    const isRare = returns.some((ret) => ret > start && ret < offset);
    return start <= offset && !isRare ? [{ start, end: offset }] : [];
  });
  // A loop that goes on from several places jumps back from several: the last one ends it.
  const ranges = [...new Set(jumps.map(({ start }) => start))].map((start) => ({
    start,
    end: Math.max(...jumps.filter((jump) => jump.start === start).map(({ end }) => end)),
  }));
  return ranges
    .filter((outer) => !ranges.some((inner) => inner !== outer && isWithin(inner, outer)))
    .sort((a, b) => a.start - b.start)
    .map(({ start, end }) => lines.filter(({ offset }) => offset >= start && offset <= end));
}

function isWithin(inner: Range, outer: Range): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** As `VECTOR_OPERATION` of `disassemble`. */
const VECTOR_OPERATION = /^v?(?:(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d*)p[sd]|paddd|pmaddwd) /;
/** Of a whole register to anywhere but the stack. */
const VECTOR_STORE = /^v?mov(?:dqu|dqa|ups|upd|aps|apd) \[(?!rbp|rsp).*xmm/;

function workOf(lines: readonly Line[]): VectorWork {
  return {
    operations: lines.filter(({ text }) => VECTOR_OPERATION.test(text)).length,
    stores: lines.filter(({ text }) => VECTOR_STORE.test(text)).length,
  };
}

function describe(lines: readonly Line[], copies: number): MachineLoop {
  const instructions = lines.filter(({ text }) => !/^nop/.test(text));
  const accesses = instructions.filter(({ text }) => /\[/.test(text) && !/^lea/.test(text));
  const stores = accesses.filter(({ text }) => /^\S+ \[/.test(text) && !/^(cmp|test)/.test(text));
  const loads = accesses.filter((line) => !stores.includes(line));
  const ofStack = ({ text }: Line) => /\[(rbp|rsp)/.test(text);
  return {
    copies,
    instructions: instructions.length,
    loads: loads.length,
    stores: stores.length,
    stackLoads: loads.filter(ofStack).length,
    stackStores: stores.filter(ofStack).length,
  };
}
