/** What V8's optimising compiler makes of a loop, read from the code that it prints. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Disassembly, LOOP_MARK, type LoopWork, type MachineLoop } from "../profile/index.js";

/** Compiles the module of a file, and then the one that is written to the process. */
const PROGRAM = `
  const { readFileSync } = require("node:fs");
  for (const file of [process.argv[process.argv.length - 1], 0]) new WebAssembly.Module(readFileSync(file));`;

/** Milliseconds to compile two modules. */
const PATIENCE = 30_000;
const LONGEST_OUTPUT = 64 * 2 ** 20;

/**
 * Has another process of this Node compile the module, optimised at once, and print the function's code: as it is,
 * and with a mark in every loop but the hot one, by which that is told from the others.
 *
 * @returns a reason, where V8 does not print it or the loop is not to be found in it
 */
export async function machineLoop(
  { module, functionIndex, isInnermost, work, marked }: Disassembly,
  signal?: AbortSignal,
): Promise<MachineLoop | string> {
  if (process.arch !== "x64") return `of ${process.arch} is not read, only that of x64`;
  if (!isInnermost) return "is not read of a loop that has others within";
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
    const running = promisify(execFile)(process.execPath, argv, {
      ...limits,
      ...(signal && { signal }),
    });
    // What became of the process says more than that it does not listen.
    running.child.stdin?.on("error", () => undefined).end(marked);
    text = (await running).stdout;
  } catch {
    signal?.throwIfAborted();
    return "is not printed by this version of Node";
  }
  const codes = text.split("Instructions (size").slice(1);
  if (codes.length !== 2) return "is not printed by this version of Node";
  return findMachineLoop(codes[0], codes[1], work);
}

/**
 * V8 keeps the order of loops, but may unroll them, so that each does a multiple of what it does in WebAssembly.
 *
 * @param plain what V8 prints of a function on x86-64
 * @param marked the same with a mark in every loop but one
 * @param work of that loop in WebAssembly
 * @returns a reason, where it cannot be told which of the loops that is
 */
export function findMachineLoop(
  plain: string,
  marked: string,
  work: LoopWork,
): MachineLoop | string {
  const loops = innermostLoops(linesOf(plain));
  const isMarked = innermostLoops(linesOf(marked)).map((lines) =>
    lines.some(({ text }) => MARK.test(text)),
  );
  const unmarked = isMarked.filter((is) => !is).length;
  if (isMarked.length !== loops.length) {
    return `is not told: of ${loops.length} loops marks make ${isMarked.length}`;
  }
  if (unmarked !== 1) return `is not told: ${unmarked} loops are without a mark, expected one`;
  const found = loops[isMarked.indexOf(false)];
  const does = workOf(found);
  const copies = copiesOf(does, work);
  if (copies === undefined) {
    return `is not told: it has ${does.operations} operations and ${does.stores} stores, expected a multiple of ${work.operations} and ${work.stores}`;
  }
  return describe(found, copies);
}

/** How many times over `machine` does `loop`; undefined where it is no multiple. */
function copiesOf(machine: LoopWork, loop: LoopWork): number | undefined {
  const all = loop.operations + loop.stores;
  // Nothing to count by; V8 unrolls what computes.
  if (all === 0) return machine.operations + machine.stores === 0 ? 1 : undefined;
  const copies = (machine.operations + machine.stores) / all;
  const isMultiple =
    Number.isInteger(copies) &&
    copies > 0 &&
    machine.operations === copies * loop.operations &&
    machine.stores === copies * loop.stores;
  return isMultiple ? copies : undefined;
}

const MARK = new RegExp(`\\b0x${LOOP_MARK.toString(16)}\\b`);

interface Line {
  readonly offset: number;
  readonly text: string;
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

/** As `OPERATION` of `disassemble`. */
const OPERATION = /^v?(?:(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d*)[ps][sd]|paddd|pmaddwd) /;
/** To anywhere but the stack. */
const STORE = /^v?(?:mov|p?extr|xchg)\w* \[(?!rbp|rsp)/;

function workOf(lines: readonly Line[]): LoopWork {
  const count = (pattern: RegExp) => lines.filter(({ text }) => pattern.test(text)).length;
  return { operations: count(OPERATION), stores: count(STORE) };
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
