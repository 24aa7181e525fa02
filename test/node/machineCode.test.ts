import { expect, test } from "vitest";
import { findMachineLoop, machineLoop } from "../../src/node/machineCode.js";
import { enableRelaxedSimd } from "../../src/node/relaxedSimd.js";
import { disassemble, kernelsNamed, LOOP_MARK } from "../../src/profile/index.js";

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

/** The same between a loop that is like it and one that is not. */
function amongOthers(mark: string): string {
  return printed([
    [0x00, "vaddps xmm0,xmm0,xmm1"],
    [0x04, `movq [rbx+0x20],${mark}`],
    [0x08, "vmovdqu [rdi+rax*1+0x10],xmm0"],
    [0x0c, "jc 0x23185362d600  <+0x0>"],
    [0x10, "vaddps xmm0,xmm0,xmm1"],
    [0x14, "vmovdqu [rdi+rax*1+0x10],xmm0"],
    [0x1c, "jc 0x23185362d610  <+0x10>"],
    [0x20, "vmulps xmm0,xmm0,xmm1"],
    [0x24, `movq [rbx+0x28],${mark}`],
    [0x2c, "jc 0x23185362d620  <+0x20>"],
    [0x30, "ret 0x8"],
  ]);
}
const MARKED = amongOthers(`0x${LOOP_MARK.toString(16)}`);

test("loads and stores are counted, and which of them are about the stack", () => {
  expect(findMachineLoop(CODE, CODE, { operations: 1, stores: 1 })).toEqual({
    copies: 2,
    instructions: 11,
    loads: 3,
    stores: 3,
    stackLoads: 1,
    stackStores: 1,
  });
});

test("of several loops the one without a mark is meant, also where others are like it", () => {
  const plain = amongOthers("0x1");
  expect(findMachineLoop(plain, MARKED, { operations: 1, stores: 1 })).toMatchObject({
    copies: 1,
    instructions: 3,
    stores: 1,
  });
});

test("the reason for which a loop is not told", () => {
  expect(findMachineLoop(CODE, CODE, { operations: 3, stores: 1 })).toBe(
    "is not told: it has 2 operations and 2 stores, expected a multiple of 3 and 1",
  );
  expect(findMachineLoop(CODE, CODE, { operations: 0, stores: 0 })).toMatch(/^is not told: it has/);
  expect(findMachineLoop(CODE, MARKED, { operations: 1, stores: 1 })).toBe(
    "is not told: of 1 loops marks make 3",
  );
  const plain = amongOthers("0x1");
  expect(findMachineLoop(plain, plain, { operations: 1, stores: 1 })).toBe(
    "is not told: 3 loops are without a mark, expected one",
  );
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

test.each([
  ["relu", "relaxed"],
  ["tanh-backward", "simd"],
  ["momentum", "relaxed"],
  ["augmentation", "relaxed"],
  ["compress", "simd"],
  ["sparse-forward", "scalar"],
] as const)("V8's code of %s, %s, is told from its function's other loops", async (name, way) => {
  if (process.arch !== "x64") return;
  const found = await disassemble(kernelsNamed(name)[0], { way });
  expect(await machineLoop(found)).toMatchObject({ copies: expect.any(Number) });
});
