import { expect, test } from "vitest";
import { enableRelaxedSimd } from "../../../src/node/relaxedSimd.js";
import { disassemble } from "../../../src/profile/disassembly/disassemble.js";
import { KERNELS, kernelsNamed } from "../../../src/profile/index.js";

enableRelaxedSimd();

test("of the matrix product it is the tile: its multiply-adds are all that the product has", async () => {
  const found = await disassemble(kernelsNamed("gemm-nn")[0], {
    shape: [48, 64, 64],
    way: "relaxed",
  });
  const madds = new Map(found.instructions).get("f32x4.relaxed_madd") ?? 0;
  expect(madds).toBeGreaterThanOrEqual(8);
  // Four lanes; an iteration more than are multiplied ends each run of the loop.
  const products = 48 * 64 * 64;
  expect(4 * madds * found.iterations).toBeGreaterThanOrEqual(products);
  expect(4 * madds * found.iterations).toBeLessThan(1.05 * products);
  // Its sums are carried, and two factors are there at least while they are added.
  expect(found.pressure.carried).toBe(madds);
  expect(found.pressure.values).toBeGreaterThanOrEqual(madds + 2);
  expect(found.wat).toMatch(/^loop\n.*f32x4\.relaxed_madd.*\nend$/s);
  expect(found.share).toBeGreaterThan(0.8);
});

test("which loop is hot follows from what is executed: relu's of those of all activations, tanh's elsewhere", async () => {
  const [tanh, relu] = await Promise.all(
    ["tanh", "relu"].map((name) => disassemble(kernelsNamed(name)[0], { way: "simd" })),
  );
  expect(relu.functionName).toBe("activate");
  expect(new Map(relu.instructions).get("f32x4.pmax")).toBe(1);
  expect(new Map(relu.instructions).get("f32x4.div")).toBeUndefined();
  expect(tanh.functionIndex).not.toBe(relu.functionIndex);
  expect(new Map(tanh.instructions).get("f32x4.div")).toBe(1);
});

test("every kernel has one in every way", async () => {
  for (const kernel of KERNELS) {
    for (const way of ["scalar", "simd", "relaxed"] as const) {
      if (way === "scalar" && !kernel.scalar) continue;
      const { share, iterations, wat } = await disassemble(kernel, { way });
      expect(share, `${kernel.name} ${way}`).toBeGreaterThan(0.25);
      expect(iterations).toBeGreaterThan(50);
      expect(wat).toMatch(/^loop/);
    }
  }
});

test("a variant that a kernel does not have is refused", async () => {
  await expect(disassemble(kernelsNamed("compress")[0], { way: "scalar" })).rejects.toThrow(
    'variant is "scalar", expected simd or relaxed for compress',
  );
});
