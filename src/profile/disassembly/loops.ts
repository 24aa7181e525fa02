/** The blocks and loops of a function: where each begins and ends, and where branches lead. */
import type { Instruction } from "./instructions.js";

/** A loop, by the positions of its instructions. */
export interface Loop {
  /** Of "loop", and of its "end". */
  readonly start: number;
  readonly end: number;
  /** Loops within, not those within these. */
  readonly inner: readonly Loop[];
}

export interface Structure {
  /** The position of the "end" of each "block", "loop" and "if"; -1 elsewhere. */
  readonly ends: Int32Array;
  /** The position of the "else" of each "if"; -1 where there is none. */
  readonly elses: Int32Array;
  /** Every loop, an outer one before those within. */
  readonly loops: readonly Loop[];
  /** Where control may go from each instruction, positions; the number of instructions is the return. */
  readonly successors: readonly (readonly number[])[];
}

export function structureOf(instructions: readonly Instruction[]): Structure {
  const count = instructions.length;
  const ends = new Int32Array(count).fill(-1);
  const elses = new Int32Array(count).fill(-1);
  const open: number[] = [];
  const openers = new Int32Array(count).fill(-1);
  const loops: { start: number; end: number; inner: Loop[] }[] = [];
  const openLoops: (typeof loops)[number][] = [];
  instructions.forEach(({ name }, position) => {
    if (name === "else") elses[open[open.length - 1]] = position;
    if (name === "end") {
      const opener = open.pop();
      if (opener === undefined) return;
      ends[opener] = position;
      openers[position] = opener;
      const loop = openLoops[openLoops.length - 1];
      if (loop?.start === opener) {
        loop.end = position;
        openLoops.pop();
      }
    }
    if (name !== "block" && name !== "loop" && name !== "if") return;
    open.push(position);
    if (name !== "loop") return;
    const loop = { start: position, end: position, inner: [] };
    openLoops[openLoops.length - 1]?.inner.push(loop);
    loops.push(loop);
    openLoops.push(loop);
  });
  return { ends, elses, loops, successors: successorsOf(instructions, ends, elses) };
}

function successorsOf(
  instructions: readonly Instruction[],
  ends: Int32Array,
  elses: Int32Array,
): number[][] {
  const count = instructions.length;
  const open: number[] = [];
  const target = (label: number): number => {
    const opener = open[open.length - 1 - label];
    if (opener === undefined) return count;
    return instructions[opener].name === "loop" ? opener : ends[opener];
  };
  return instructions.map(({ name, labels = [] }, position) => {
    const next = position + 1;
    switch (name) {
      case "block":
      case "loop":
        open.push(position);
        return [next];
      case "if":
        open.push(position);
        return [next, elses[position] >= 0 ? elses[position] + 1 : ends[position]];
      case "else":
        // The end of the first branch.
        return [ends[open[open.length - 1]]];
      case "end":
        open.pop();
        return [next];
      case "br":
      case "br_table":
        return [...new Set(labels.map(target))];
      case "br_if":
        return [next, ...labels.map(target)];
      case "return":
        return [count];
      case "unreachable":
        return [];
      default:
        return [next];
    }
  });
}
