/** `wasmlp profile --disassemble`: what the compiler made of a kernel. */
import { machineLoop } from "../node/machineCode.js";
import {
  type CompiledWay,
  describeHost,
  disassemble,
  findKernelOrFamily,
  type Shape,
} from "../profile/index.js";
import { disassemblyReport } from "../report/disassembly.js";
import type { Terminal } from "./terminal.js";

/** Columns beyond which nested parentheses are hard to read. */
const WIDEST = 100;

export interface DisassembleFlags {
  readonly disassemble: string;
  readonly shape?: Shape;
  readonly variant?: CompiledWay;
  readonly json?: true;
}

export async function printDisassembly(
  { disassemble: name, shape, variant, json }: DisassembleFlags,
  terminal: Terminal,
): Promise<void> {
  const found = await disassemble(findKernelOrFamily(name), {
    ...(shape && { shape }),
    ...(variant && { way: variant }),
    width: Math.min(terminal.layout.width, WIDEST),
  });
  const machine = await machineLoop(found, terminal.signal);
  const { engine } = describeHost();
  if (json) {
    const machineCode = typeof machine === "string" ? { missing: machine } : machine;
    terminal.print(
      JSON.stringify({ format: "wasmlp-disassembly", version: 1, engine, ...found, machineCode }),
    );
  } else {
    terminal.print(disassemblyReport(found, machine, engine, terminal.layout));
  }
}
