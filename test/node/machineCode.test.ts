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

test("a long listing without jumps is looked through once, not once a line", () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => [4 * index, "nop"] as const);
  const work = { operations: 1, stores: 1, calls: 0 };
  // Once a line it takes longer than tests may.
  expect(findMachineLoop(printed(lines), CODE, work)).toBe("is not told: of 0 loops marks make 1");
});

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
  expect(findMachineLoop(CODE, CODE, { operations: 1, stores: 1, calls: 0 })).toEqual({
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
  expect(findMachineLoop(plain, MARKED, { operations: 1, stores: 1, calls: 0 })).toMatchObject({
    copies: 1,
    instructions: 3,
    stores: 1,
  });
});

/** Two loops, one within the other, of which what is rare comes last and has jumps back to anywhere. */
function nested(inner: string, outer: string, limit: string): string {
  return printed([
    [0x00, `movq [rbx+0x20],${outer}`],
    [0x04, "vmovdqu [rdi+rax*1],xmm0"],
    [0x08, "vmovdqu [rdi+rax*1+0x10],xmm0"],
    [0x10, `movq [rbx+0x28],${inner}`],
    [0x14, "vaddps xmm0,xmm0,xmm1"],
    [0x18, limit],
    [0x1c, "jna 0x23185362d640  <+0x40>"],
    [0x20, "jc 0x23185362d610  <+0x10>"],
    [0x30, "jc 0x23185362d600  <+0x0>"],
    [0x34, "jmp 0x23185362d638  <+0x38>"],
    [0x38, "retl"],
    [0x3c, "jmp 0x23185362d63d  <+0x3d>"],
    [0x40, "vmovups [rbp-0x40],xmm0"],
    [0x44, "jmp 0x23185362d63c  <+0x3c>"],
  ]);
}

test.each(["REX.W cmpq rsp,[r13-0x60]", "cmpb [r13-0x4f],0x0"])(
  "a loop with another within, which V8 may have made of a call, is counted without that: %s",
  (limit) => {
    const mark = `0x${LOOP_MARK.toString(16)}`;
    const plain = nested("0x1", "0x1", limit);
    expect(
      findMachineLoop(plain, nested(mark, "0x1", limit), { operations: 0, stores: 3, calls: 1 }),
    ).toMatchObject({ instructions: 4, stores: 3 });
    expect(
      findMachineLoop(plain, nested("0x1", mark, limit), { operations: 1, stores: 1, calls: 0 }),
    ).toMatchObject({ instructions: 5, stores: 1 });
  },
);

test("what V8 computes once for several iterations, or takes in from a function, is no other loop", () => {
  const code = printed([
    [0x00, "vsubss xmm7,xmm6,xmm2"],
    [0x10, "vmulss xmm0,xmm0,xmm7"],
    [0x14, "vmovss [rdi+rax*1],xmm0"],
    [0x20, "vmulss xmm0,xmm0,xmm7"],
    [0x24, "vmovss [rdi+rax*1+0x4],xmm0"],
    [0x30, "jl 0x23185362d600  <+0x0>"],
    [0x38, "retl"],
  ]);
  const find = (operations: number, stores: number, calls = 0) =>
    findMachineLoop(code, code, { operations, stores, calls });
  // 1 − β, and a product and a store in each of two iterations.
  expect(find(2, 1)).toMatchObject({ copies: 2 });
  expect(find(3, 1)).toMatch("is not told: it has 3 operations and 2 stores");
  expect(find(1, 2)).toMatch("is not told");
  expect(find(1, 2, 1)).toMatchObject({ copies: 1 });
  expect(find(4, 1, 1)).toMatch("is not told");
});

test("the reason for which a loop is not told", () => {
  expect(findMachineLoop(CODE, CODE, { operations: 3, stores: 1, calls: 0 })).toBe(
    "is not told: it has 2 operations and 2 stores, expected a multiple of 3 and 1",
  );
  expect(findMachineLoop(CODE, CODE, { operations: 0, stores: 0, calls: 0 })).toMatch(
    /^is not told: it has/,
  );
  expect(findMachineLoop(CODE, MARKED, { operations: 1, stores: 1, calls: 0 })).toBe(
    "is not told: of 1 loops marks make 3",
  );
  const plain = amongOthers("0x1");
  expect(findMachineLoop(plain, plain, { operations: 1, stores: 1, calls: 0 })).toBe(
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
  ["transpose", "simd"],
  ["sgd", "relaxed"],
  ["adam", "scalar"],
  ["tanh", "scalar"],
  ["sparse-forward", "scalar"],
] as const)("V8's code of %s, %s, is told from its function's other loops", async (name, way) => {
  if (process.arch !== "x64") return;
  const found = await disassemble(kernelsNamed(name)[0], { way });
  expect(await machineLoop(found)).toMatchObject({ copies: expect.any(Number) });
});
