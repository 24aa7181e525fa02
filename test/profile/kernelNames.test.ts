import { expect, test } from "vitest";
import { KERNEL_NAMES, KERNELS, kernelsNamed } from "../../src/profile/index.js";

const namesOf = (name: string) => kernelsNamed(name).map((kernel) => kernel.name);

test("a name is a kernel's own, or what several begin with", () => {
  expect(namesOf("gemm-nt")).toEqual(["gemm-nt"]);
  expect(namesOf("gemm")).toEqual(["gemm-nn", "gemm-nt", "gemm-tn"]);
  expect(namesOf("sparse")).toEqual(["sparse-forward", "sparse-gradient"]);
  expect(namesOf("tanh")).toEqual(["tanh"]);
  for (const { name } of KERNELS) expect(namesOf(name)).toEqual([name]);
});

test("a name that is none is refused, and every name is listed", () => {
  expect(() => kernelsNamed("gem", "--kernel")).toThrow(
    `--kernel is "gem", expected one of ${KERNEL_NAMES}`,
  );
  expect(KERNEL_NAMES).toMatch(/^gemm \(gemm-nn, gemm-nt, gemm-tn\), sparse \(.*\), .*\btanh\b/);
  for (const { name } of KERNELS) expect(KERNEL_NAMES).toContain(name);
  for (const part of ["gem", "gemm-", "column", ""]) expect(() => kernelsNamed(part)).toThrow();
});
