/** The builds of the kernels: the targets of `asconfig.json`. */
import type { Build } from "../../src/engine/instantiate.js";

export const TARGETS = {
  plain: { simd: "plain", memory: "private" },
  relaxed: { simd: "relaxed", memory: "private" },
  threads: { simd: "plain", memory: "shared" },
  "threads-relaxed": { simd: "relaxed", memory: "shared" },
} as const satisfies Record<string, Build>;

export type Target = keyof typeof TARGETS;

/** Names the target that the tests of kernels are to run; without it they run `threads`. */
export const TARGET_VARIABLE = "WASMLP_TARGET";

/** @throws Error when the environment asks for a target that there is not. */
export function chosenTarget(): Target {
  const name = process.env[TARGET_VARIABLE] ?? "threads";
  if (isTarget(name)) return name;
  throw new Error(
    `${TARGET_VARIABLE} is "${name}", expected one of ${Object.keys(TARGETS).join(", ")}`,
  );
}

function isTarget(name: string): name is Target {
  return Object.hasOwn(TARGETS, name);
}
