/** The hot loop of kernels as text, and what it asks of the processor. */
import { type Disassembly, type MachineLoop, VECTOR_REGISTERS } from "../profile/index.js";
import { count, percent } from "./numbers.js";
import type { Layout } from "./table.js";
import { padEnd, textWidth } from "./text.js";
import { wrap } from "./wrap.js";

/** Of V8's machine code; a text says why there is none. */
export type MachineCode = MachineLoop | string;

/** Instructions that move nothing but names. */
const SILENT = /^(local\.|.*\.const$|br)/;

/**
 * @param disassemblies of kernels whose hot loop is the same one, one at least
 * @param engine "Node 20.20.2, V8 11.3", whose machine code it is
 */
export function disassemblyReport(
  disassemblies: readonly Disassembly[],
  machine: MachineCode,
  engine: string,
  layout: Layout,
): string {
  const [disassembly] = disassemblies;
  const { shape, way, functionIndex, functionName, module, instructions, pressure } = disassembly;
  const kernels = disassemblies.map(({ kernel }) => kernel).join(", ");
  const file = module.pathname.slice(module.pathname.lastIndexOf("/") + 1);
  const place = functionName ?? `function ${functionIndex}`;
  const title = `${kernels} ${shape.join("x")}, ${way}: the hot loop, in ${place} of ${file}`;
  const facts = [
    ["executed", executions(disassemblies)],
    [
      "an iteration",
      instructions
        .filter(([name]) => !SILENT.test(name))
        .map(([name, times]) => `${times} ${name}`)
        .join(", "),
    ],
    ["v128 locals", liveVectors(pressure)],
    ["registers", registers(pressure.values)],
    ["machine code", machineCode(machine, engine)],
  ] as const;
  const width = Math.max(...facts.map(([name]) => textWidth(name)));
  const { heading } = layout.style;
  const lines = facts.map(([name, value]) => {
    const text = wrap(value, layout.width - width - 2).replaceAll(
      "\n",
      `\n${" ".repeat(width + 2)}`,
    );
    return `${heading(padEnd(name, width))}  ${text}`;
  });
  return [heading(wrap(title, layout.width)), disassembly.wat, lines.join("\n")].join("\n\n");
}

/** For each kernel, unless all say the same. */
function executions(disassemblies: readonly Disassembly[]): string {
  const texts = disassemblies.map(
    ({ iterations, share }) =>
      `${count(iterations)} times in a call, ${percent(share, 0)} of the instructions in its loops`,
  );
  if (new Set(texts).size === 1) return texts[0];
  return texts.map((text, index) => `${disassemblies[index].kernel} ${text}`).join("; ");
}

function liveVectors({ carried, locals, values }: Disassembly["pressure"]): string {
  if (values === 0) return "none";
  return `${carried} live from one iteration to the next, at most ${locals} at once, ${values} values with what stands on the stack of operands`;
}

function registers(values: number): string {
  if (values === 0) return "no vectors, so none are spilled";
  const beyond = values - VECTOR_REGISTERS;
  const have = `of the ${VECTOR_REGISTERS} for vectors that V8 has on x86-64`;
  if (beyond > 0)
    return `${values} are wanted ${have}: ${beyond} spilled, which is what makes it slow`;
  return `${values} ${have}; constants come on top`;
}

function machineCode(machine: MachineCode, engine: string): string {
  if (typeof machine === "string") return `${machine} (${engine})`;
  const { copies, instructions, loads, stores, stackLoads, stackStores } = machine;
  const unrolled = copies > 1 ? ` for ${copies} iterations, unrolled` : "";
  const spills =
    stackLoads + stackStores > 0
      ? `${stackLoads} and ${stackStores} of them of the stack, which are spills`
      : "none of them of the stack: nothing is spilled";
  return `${instructions} instructions${unrolled}, ${loads} loads and ${stores} stores, ${spills} (${engine})`;
}
