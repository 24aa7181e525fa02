/** `wasmlp profile --disassemble`: what the compiler made of kernels. */
import { machineLoop } from "../node/machineCode.js";
import {
  type CompiledWay,
  type Disassembly,
  describeHost,
  disassemble,
  kernelsNamed,
  type Shape,
} from "../profile/index.js";
import { disassemblyReport, type MachineCode } from "../report/disassembly.js";
import type { Terminal } from "./terminal.js";

/** Columns beyond which nested parentheses are hard to read. */
const WIDEST = 100;

export interface DisassembleFlags {
  /** Names of kernels. */
  readonly disassemble: readonly string[];
  readonly shape?: Shape;
  readonly variant?: CompiledWay;
  readonly json?: true;
}

export async function printDisassembly(
  { disassemble: names, shape, variant, json }: DisassembleFlags,
  terminal: Terminal,
): Promise<void> {
  const loops: Disassembly[][] = [];
  for (const kernel of names.flatMap((name) => kernelsNamed(name))) {
    const found = await disassemble(kernel, {
      ...(shape && { shape }),
      ...(variant && { way: variant }),
      width: Math.min(terminal.layout.width, WIDEST),
    });
    const same = loops.find(([first]) => isSameLoop(first, found));
    if (same) same.push(found);
    else loops.push([found]);
  }
  const { engine } = describeHost();
  const machines: MachineCode[] = [];
  for (const [first] of loops) machines.push(await machineLoop(first, terminal.signal));
  if (json) {
    const kernels = loops.flatMap((group, index) => {
      const machine = machines[index];
      const machineCode = typeof machine === "string" ? { missing: machine } : machine;
      return group.map(({ marked: _, ...found }) => ({ ...found, machineCode }));
    });
    terminal.print(JSON.stringify({ format: "wasmlp-disassembly", version: 1, engine, kernels }));
  } else {
    const reports = loops.map((group, index) =>
      disassemblyReport(group, machines[index], engine, terminal.layout),
    );
    terminal.print(reports.join("\n\n"));
  }
}

/** Several kernels may spend their time in one function. */
function isSameLoop(one: Disassembly, other: Disassembly): boolean {
  return (
    one.functionIndex === other.functionIndex &&
    one.wat === other.wat &&
    one.shape.join() === other.shape.join()
  );
}
