/** Architectures that nobody has checked. */
import type { Architecture } from "../../src/model/architecture.js";

/** Hidden layers of tanh below a softmax, of any sizes, also those that `perceptron` refuses. */
export function unchecked(
  inputs: number,
  hidden: readonly number[],
  outputs: number,
): Architecture {
  return {
    inputs,
    layers: [
      ...hidden.map((units) => ({ units, activation: "tanh" as const })),
      { units: outputs, activation: "softmax" },
    ],
  };
}
