/**
 * Which vectors a loop has to keep at the same time: the locals that are live, by the usual backward data flow
 * (Aho, Lam, Sethi and Ullman, Compilers, section 9.2.5), and what stands on the stack of operands.
 */
import type { Loop, Structure } from "./loops.js";
import type { WasmFunction } from "./module.js";
import type { Operand } from "./stack.js";

/** Vectors that a loop keeps at once: beyond the registers there are, some go to memory and back. */
export interface Pressure {
  /** v128 locals that are live as the loop begins an iteration: what it carries on, and what it only reads. */
  readonly carried: number;
  /** The most v128 locals that are live at once. */
  readonly locals: number;
  /** The most v128 values at once: locals, and operands that are no copy of one. */
  readonly values: number;
}

/**
 * Vector registers that V8 has on x86-64: 16, of which one is its own scratch register.
 */
export const VECTOR_REGISTERS = 15;

export function vectorPressure(
  loop: Loop,
  { instructions, locals }: Pick<WasmFunction, "instructions" | "locals">,
  { successors }: Structure,
  operands: readonly (readonly Operand[] | undefined)[],
): Pressure {
  const live = liveVectors({ instructions, locals }, successors);
  let mostLocals = 0;
  let mostValues = 0;
  for (let position = loop.start; position <= loop.end; position++) {
    const own = operands[position];
    if (own === undefined) continue;
    const count = countBits(live[position]);
    const isVector = ({ type, local }: Operand) =>
      type === "v128" && (local === undefined || !isLive(live[position], local));
    mostLocals = Math.max(mostLocals, count);
    mostValues = Math.max(mostValues, count + own.filter(isVector).length);
  }
  return { carried: countBits(live[loop.start]), locals: mostLocals, values: mostValues };
}

/** The v128 locals that are live before each instruction, a bit for each. */
function liveVectors(
  { instructions, locals }: Pick<WasmFunction, "instructions" | "locals">,
  successors: Structure["successors"],
): bigint[] {
  const isVector = locals.map((type) => type === "v128");
  // One more than there are instructions: nothing is live after the return.
  const live = new Array<bigint>(instructions.length + 1).fill(0n);
  for (let changed = true; changed; ) {
    changed = false;
    for (let position = instructions.length - 1; position >= 0; position--) {
      const { name, index = -1 } = instructions[position];
      let now = 0n;
      for (const next of successors[position]) now |= live[next];
      if (name.startsWith("local.") && isVector[index]) {
        const bit = 1n << BigInt(index);
        now = name === "local.get" ? now | bit : now & ~bit;
      }
      changed ||= now !== live[position];
      live[position] = now;
    }
  }
  return live;
}

function isLive(live: bigint, local: number): boolean {
  return ((live >> BigInt(local)) & 1n) === 1n;
}

function countBits(bits: bigint): number {
  let count = 0;
  for (let rest = bits; rest > 0n; rest &= rest - 1n) count++;
  return count;
}
