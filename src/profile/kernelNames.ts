/** By which names kernels are asked for. */
import { OptionError } from "../errors.js";
import type { ProfiledKernel } from "./kernel.js";
import { KERNELS } from "./kernels/index.js";

/** What several names begin with stands for all of them: "gemm" for gemm-nn, gemm-nt and gemm-tn. */
const FAMILIES: ReadonlyMap<string, readonly ProfiledKernel[]> = families();

/** Every name that `kernelsNamed` takes, for sentences. */
export const KERNEL_NAMES: string = [
  ...[...FAMILIES].map(([name, members]) => `${name} (${members.map(nameOf).join(", ")})`),
  ...KERNELS.filter((kernel) => !FAMILIES.has(firstPart(kernel))).map(nameOf),
].join(", ");

/**
 * The kernel of that name, or all whose names begin with it and a hyphen.
 *
 * @param option what the name was given as, for errors
 * @throws OptionError when there is none.
 */
export function kernelsNamed(name: string, option = "kernel"): readonly ProfiledKernel[] {
  const named = KERNELS.filter((kernel) => kernel.name === name);
  const found = named.length > 0 ? named : FAMILIES.get(name);
  if (found) return found;
  throw new OptionError(`${option} is "${name}", expected one of ${KERNEL_NAMES}`);
}

function families(): Map<string, readonly ProfiledKernel[]> {
  const names = new Set(KERNELS.map(firstPart));
  const found = new Map<string, readonly ProfiledKernel[]>();
  for (const name of names) {
    const members = KERNELS.filter((kernel) => firstPart(kernel) === name);
    // What is a kernel's own name, such as "tanh" beside "tanh-backward", is that kernel.
    const isTaken = members.some((kernel) => kernel.name === name);
    if (members.length > 1 && !isTaken) found.set(name, members);
  }
  return found;
}

function firstPart({ name }: ProfiledKernel): string {
  return name.split("-", 1)[0];
}

function nameOf({ name }: ProfiledKernel): string {
  return name;
}
