import { expect, test } from "vitest";
import { findMachineLoop, machineLoop } from "../../src/node/machineCode.js";
import { enableRelaxedSimd } from "../../src/node/relaxedSimd.js";
import { disassemble, kernelsNamed } from "../../src/profile/index.js";

enableRelaxedSimd();

/** Lines as V8 prints them, at these offsets. */
function printed(lines: readonly (readonly [offset: number, text: string])[]): string {
  return lines
    .map(([offset, text]) => {
      const address = (0x23185362d600 + offset).toString(16);
      return `0x${address}  ${offset.toString(16).padStart(4)}  c5f8114dd0           ${text}`;
    })
    .join("\n");
}

/** A loop that adds two vectors in two iterations at once and keeps one on the stack, and its way out. */
const CODE = printed([
  [0x00, "push rbp"],
  [0x10, "vmovdqu xmm1,[rdi+rax*1]"],
  [0x18, "vaddps xmm0,xmm0,xmm1"],
  [0x20, "vmovups [rbp-0x30],xmm0"],
  [0x28, "vmovups xmm2,[rbp-0x30]"],
  [0x30, "vmovdqu [rdi+rax*1+0x10],xmm0"],
  [0x34, "vaddps xmm0,xmm0,xmm2"],
  [0x38, "REX.W leaq rax,[rax+0x20]"],
  [0x3c, "REX.W cmpq rsp,[rsi]"],
  [0x3e, "vmovdqu [rdi+rax*1+0x20],xmm0"],
  [0x40, "jna 0x23185362d660  <+0x60>"],
  [0x44, "nop"],
  [0x48, "jc 0x23185362d610  <+0x10>"],
  [0x50, "ret 0x8"],
  // Rarely: a call from within the loop.
  [0x60, "vmovups [rbp-0x40],xmm0"],
  [0x70, "jmp 0x23185362d644  <+0x44>"],
]);

test("loads and stores are counted, and which of them are about the stack", () => {
  expect(findMachineLoop(CODE, [{ operations: 1, stores: 1 }], 0)).toEqual({
    copies: 2,
    instructions: 11,
    loads: 3,
    stores: 3,
    stackLoads: 1,
    stackStores: 1,
  });
});

test("a loop that is not a multiple, or one of several alike, is not told", () => {
  expect(findMachineLoop(CODE, [{ operations: 3, stores: 1 }], 0)).toBeUndefined();
  expect(findMachineLoop(CODE, [{ operations: 0, stores: 0 }], 0)).toBeUndefined();
  const alike = [
    { operations: 1, stores: 1 },
    { operations: 2, stores: 2 },
  ];
  expect(findMachineLoop(CODE, alike, 0)).toBeUndefined();
  const unlike = [
    { operations: 1, stores: 1 },
    { operations: 5, stores: 1 },
  ];
  expect(findMachineLoop(CODE, unlike, 0)).toMatchObject({ copies: 2 });
  expect(findMachineLoop(CODE, unlike, 1)).toBeUndefined();
});

test("V8's code of the matrix product's tile: a load for each that WebAssembly has, sums in registers", async ({
  skip,
}) => {
  skip(process.arch !== "x64", "machine code is read on x64 only");
  const found = await disassemble(kernelsNamed("gemm-nn")[0], { way: "simd" });
  const machine = await machineLoop(found);
  if (typeof machine === "string") throw new Error(machine);
  const loads = found.instructions
    .filter(([name]) => name.includes("load"))
    .reduce((sum, [, count]) => sum + count, 0);
  // The stack's limit is one more.
  expect(machine.loads).toBe(machine.copies * loads + 1);
  expect(machine).toMatchObject({ stores: 0, stackLoads: 0, stackStores: 0 });
});
