/** A part of a function as text, its expressions folded: what computes an operand stands within its parentheses. */
import type { Instruction } from "./instructions.js";
import type { WasmModule } from "./module.js";
import { effectOf } from "./stack.js";

interface Expression {
  readonly head: string;
  readonly operands: readonly Expression[];
}

const INDENT = "  ";

/** @param width columns beyond which an expression goes on in lines of its own */
export function wat(
  instructions: readonly Instruction[],
  module: Pick<WasmModule, "functionTypes" | "types">,
  width: number,
): string {
  const lines: string[] = [];
  let depth = 0;
  /** Expressions that nothing has taken yet. */
  let pending: Expression[] = [];
  const flush = () => {
    for (const expression of pending) lines.push(...print(expression, depth, width));
    pending = [];
  };
  for (const instruction of instructions) {
    const { name, text } = instruction;
    const head = text === "" ? name : `${name} ${text}`;
    if (name === "end" || name === "else") {
      flush();
      depth = Math.max(0, depth - 1);
      lines.push(INDENT.repeat(depth) + name);
      if (name === "else") depth++;
      continue;
    }
    if (name === "block" || name === "loop") {
      flush();
      lines.push(INDENT.repeat(depth++) + head);
      continue;
    }
    const { takes, leaves } = stackEffect(instruction, module);
    const operands = takes > 0 ? pending.splice(Math.max(0, pending.length - takes)) : [];
    const expression = { head, operands };
    if (name === "if") {
      // What it takes goes before it: its branches are not folded.
      pending.push(...operands);
      flush();
      lines.push(INDENT.repeat(depth++) + head);
    } else if (leaves > 0) {
      pending.push(expression);
    } else {
      pending.push(expression);
      flush();
    }
  }
  flush();
  return lines.join("\n");
}

function stackEffect(
  instruction: Instruction,
  module: Pick<WasmModule, "functionTypes" | "types">,
): { readonly takes: number; readonly leaves: number } {
  switch (instruction.name) {
    case "local.get":
      return { takes: 0, leaves: 1 };
    case "local.set":
      return { takes: 1, leaves: 0 };
    case "local.tee":
      return { takes: 1, leaves: 1 };
    case "select":
      return { takes: 3, leaves: 1 };
    case "if":
      return { takes: 1, leaves: 0 };
    default: {
      const { takes, leaves } = effectOf(instruction, module);
      return { takes: takes.length, leaves: leaves.length };
    }
  }
}

function print(expression: Expression, depth: number, width: number): string[] {
  const indent = INDENT.repeat(depth);
  const inline = inlined(expression);
  const { head, operands } = expression;
  if (operands.length === 0 || indent.length + inline.length <= width) return [indent + inline];
  const inner = operands.flatMap((operand) => print(operand, depth + 1, width));
  inner[inner.length - 1] += ")";
  return [`${indent}(${head}`, ...inner];
}

function inlined({ head, operands }: Expression): string {
  return `(${[head, ...operands.map(inlined)].join(" ")})`;
}
