import { expect, test } from "vitest";
import type { Disassembly } from "../../src/profile/index.js";
import { disassemblyReport, type MachineCode } from "../../src/report/disassembly.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const FOUND: Disassembly = {
  ...{ kernel: "gemm-nn", shape: [8, 8, 8], way: "simd", module: new URL("file:///x/a.wasm") },
  ...{ functionIndex: 7, functionName: undefined, isInnermost: true },
  ...{ work: { operations: 2, stores: 0, calls: 0 }, marked: new Uint8Array() },
  ...{ iterations: 12_345, share: 0.9 },
  instructions: [
    ["local.get", 9],
    ["f32x4.add", 2],
    ["i32.const", 2],
    ["v128.load", 1],
    ["br_if", 1],
  ],
  pressure: { carried: 2, locals: 3, values: 4 },
  wat: "loop\nend",
};
const MACHINE: MachineCode = {
  ...{ copies: 1, instructions: 10, loads: 3, stores: 1, stackLoads: 0, stackStores: 0 },
};

test("the loop, and what it asks of the processor", () => {
  expect(disassemblyReport([FOUND], MACHINE, "Node 20", PLAIN_LAYOUT)).toBe(
    `gemm-nn 8x8x8, simd: the hot loop, in function 7 of a.wasm

loop
end

executed      12,345 times in a call, 90 % of the instructions in its loops
an iteration  2 f32x4.add, 1 v128.load
v128 locals   2 live from one iteration to the next, at most 3 at once, 4 values with what stands on the stack of operands
registers     4 of the 15 for vectors that V8 has on x86-64; constants come on top
machine code  10 instructions, 3 loads and 1 stores, none of them of the stack: nothing is spilled (Node 20)`,
  );
});

test("more vectors than registers, and what V8 spills", () => {
  const tight = { ...FOUND, pressure: { carried: 12, locals: 16, values: 17 } };
  const machine = { ...MACHINE, copies: 3, stackLoads: 2, stackStores: 1 };
  const text = disassemblyReport([tight], machine, "Node 20", PLAIN_LAYOUT);
  expect(text).toContain("17 are wanted of the 15 for vectors that V8 has on x86-64: 2 spilled");
  expect(text).toContain(
    "10 instructions for 3 iterations, unrolled, 3 loads and 1 stores, 2 and 1",
  );
});

test("why there is no machine code, within the width of the terminal", () => {
  const text = disassemblyReport([FOUND], "of arm64 is not read", "Node 20", {
    ...PLAIN_LAYOUT,
    width: 60,
  });
  expect(text).toContain("machine code  of arm64 is not read (Node 20)");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
});

test("kernels that share a loop have one report", () => {
  const other = { ...FOUND, kernel: "gemm-nt" };
  const same = disassemblyReport([FOUND, other], MACHINE, "Node 20", PLAIN_LAYOUT);
  expect(same).toContain("gemm-nn, gemm-nt 8x8x8, simd: the hot loop, in function 7 of a.wasm\n");
  expect(same).toContain("executed      12,345 times in a call, 90 % of");
  const more = { ...other, share: 0.8 };
  expect(disassemblyReport([FOUND, more], MACHINE, "Node 20", PLAIN_LAYOUT)).toContain(
    "in its loops; gemm-nt 12,345 times in a call, 80 % of the instructions",
  );
});
