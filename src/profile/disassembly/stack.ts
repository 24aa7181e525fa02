/** What stands on the stack of operands at each instruction. */
import type { Instruction } from "./instructions.js";
import type { WasmFunction, WasmModule } from "./module.js";
import type { Signature, ValueType } from "./opcodes.js";

export interface Operand {
  readonly type: ValueType;
  /** The local that it is a copy of, as long as nothing else was put there. */
  readonly local?: number;
}

/**
 * The operands before each instruction, the topmost last; undefined where control never comes.
 *
 * @param module for what calls and globals are
 */
export function operandsOf(
  { instructions, locals, type }: Pick<WasmFunction, "instructions" | "locals" | "type">,
  module: Pick<WasmModule, "functionTypes" | "types">,
): (readonly Operand[] | undefined)[] {
  /** Of the function, and of each block that is open: operands below it, and what it leaves there. */
  const open: { readonly below: readonly Operand[]; readonly blockType: Signature }[] = [
    { below: [], blockType: { takes: [], leaves: type.leaves } },
  ];
  let stack: readonly Operand[] | undefined = [];
  return instructions.map((instruction) => {
    const { name, index = -1, blockType } = instruction;
    const before = stack;
    if (name === "end") {
      const block = open.pop();
      if (block) stack = [...block.below, ...values(block.blockType.leaves)];
    } else if (name === "else") {
      const { below, blockType: own } = open[open.length - 1];
      stack = [...below, ...values(own.takes)];
    } else if (blockType) {
      const reached: readonly Operand[] = stack ?? [];
      const below = reached.slice(
        0,
        reached.length - blockType.takes.length - (name === "if" ? 1 : 0),
      );
      open.push({ below, blockType });
      stack = stack && [...below, ...values(blockType.takes)];
    } else if (stack === undefined) {
      return before;
    } else if (/^(br|br_table|return|unreachable)$/.test(name)) {
      stack = undefined;
    } else if (name === "local.get") {
      stack = [...stack, { type: locals[index], local: index }];
    } else if (name === "local.set" || name === "local.tee") {
      const changed = stack
        .slice(0, -1)
        .map((one) => (one.local === index ? { type: one.type } : one));
      stack = name === "local.set" ? changed : [...changed, { type: locals[index], local: index }];
    } else if (name === "select") {
      stack = [...stack.slice(0, -3), { type: stack[stack.length - 2].type }];
    } else {
      const { takes, leaves } = effectOf(instruction, module);
      stack = [...stack.slice(0, stack.length - takes.length), ...values(leaves)];
    }
    return before;
  });
}

function values(types: readonly ValueType[]): Operand[] {
  return types.map((type) => ({ type }));
}

/** Only the number of what is taken matters. */
export function effectOf(
  { name, signature, index = -1 }: Instruction,
  { functionTypes, types }: Pick<WasmModule, "functionTypes" | "types">,
): Signature {
  switch (name) {
    case "call":
      return functionTypes[index];
    case "call_indirect":
      return { takes: [...types[index].takes, "i32"], leaves: types[index].leaves };
    case "drop":
    case "br_if":
    case "global.set":
      return { takes: ["i32"], leaves: [] };
    case "global.get":
      // No module of ours keeps vectors in globals.
      return { takes: [], leaves: ["i32"] };
    default:
      return signature ?? { takes: [], leaves: [] };
  }
}
