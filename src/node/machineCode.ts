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
  const loops = loopsOf(linesOf(plain));
  const isMarked = loopsOf(linesOf(marked)).map((lines) =>
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

/**
 * How many times over `machine` does `loop`; undefined where it is no multiple. What the iterations of an unrolled loop have
 * in common, V8 may compute once for all of them; and a function that it has inlined adds what that does.
 */
function copiesOf(machine: LoopWork, loop: LoopWork): number | undefined {
  const has = machine.operations + machine.stores;
  const all = loop.operations + loop.stores;
  // Nothing to count by; V8 unrolls what computes.
  if (all === 0) return has === 0 || loop.calls > 0 ? 1 : undefined;
  for (const copies of [has / all, machine.stores / loop.stores]) {
    if (!Number.isInteger(copies) || copies === 0) continue;
    const [least, most] = [(copies - 1) * loop.operations, copies * loop.operations];
    const isMultiple = machine.stores === copies * loop.stores && machine.operations <= most;
    if (isMultiple && (machine.operations > least || loop.operations === 0)) return copies;
  }
  const isMore = machine.operations >= loop.operations && machine.stores >= loop.stores;
  return loop.calls > 0 && isMore ? 1 : undefined;
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

/** The lines of each loop without those of loops within, from the target of jumps backwards to the last of these. */
function loopsOf(lines: readonly Line[]): Line[][] {
  const returns = lines.filter(({ text }) => /^ret/.test(text)).map(({ offset }) => offset);
  const rare = rareFrom(lines);
  const jumps = lines.flatMap(({ offset, text }): Range[] => {
    const start = targetOf(text) ?? Number.POSITIVE_INFINITY;
    const isRare = offset >= rare || returns.some((ret) => ret > start && ret < offset);
    return start <= offset && !isRare ? [{ start, end: offset }] : [];
  });
  // A loop that goes on from several places jumps back from several: the last one ends it.
  const ranges = [...new Set(jumps.map(({ start }) => start))]
    .sort((a, b) => a - b)
    .map((start) => ({
      start,
      end: Math.max(...jumps.filter((jump) => jump.start === start).map(({ end }) => end)),
    }));
  return ranges.map((range) => {
    const within = ranges.filter((other) => other !== range && isWithin(other, range));
    return lines.filter(
      ({ offset }) => isAt(offset, range) && !within.some((inner) => isAt(offset, inner)),
    );
  });
}

/** The stack against its limit; or, in Node 26, a byte beside other roots that says whether anybody asks for a break. */
const LIMIT = /^cmp(q rsp,|b \[r13)/;

/** Where a jump goes. */
function targetOf(text: string): number | undefined {
  const target = /^j\w+ .*<\+0x([0-9a-f]+)>/.exec(text)?.[1];
  return target === undefined ? undefined : Number.parseInt(target, 16);
}

/**
 * Where that begins which is hardly ever executed, and jumps back to anywhere: behind everything else, and the stack's limit,
 * checked in each loop, is the way to the first of it.
 */
function rareFrom(lines: readonly Line[]): number {
  const targets = lines.flatMap(({ text }, index) => {
    if (!LIMIT.test(text)) return [];
    const jump = lines.slice(index).find((line) => targetOf(line.text) !== undefined);
    return jump ? [targetOf(jump.text) as number] : [];
  });
  return Math.min(...targets);
}

function isAt(offset: number, { start, end }: Range): boolean {
  return offset >= start && offset <= end;
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
  return { operations: count(OPERATION), stores: count(STORE), calls: count(/^call/) };
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
