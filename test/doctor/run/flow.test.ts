import { expect, test } from "vitest";
import { examineFlow } from "../../../src/doctor/run/flow.js";
import type { LayerState } from "../../../src/model/session.js";

function layer(size: number): LayerState {
  const none = new Float32Array(0);
  const gradient = Float32Array.of(size, -size);
  return {
    activation: "tanh",
    units: 2,
    activations: none,
    gradient,
    weights: none,
    biases: none,
  };
}

const idsOf = (sizes: readonly number[], isUnlearnt: boolean) =>
  examineFlow(sizes.map(layer), isUnlearnt).map(({ id }) => id);

test.each([
  [[1e-6, 1], false, ["vanishing-gradient"]],
  [[1e-4, 1], false, []],
  [[1e-4, 1e-2, 1], true, ["vanishing-gradient"]],
  [[1e-2, 1], true, []],
  [[1e5, 1], false, ["exploding-gradient"]],
  [[1e3, 1], false, []],
  [[1e3, 30, 1], true, ["exploding-gradient"]],
  [[50, 1], true, []],
  [[0, 1], true, []],
  [[1], true, []],
] as const)("gradients of %j, unlearnt: %j", (sizes, isUnlearnt, ids) => {
  expect(idsOf(sizes, isUnlearnt)).toEqual(ids);
});
