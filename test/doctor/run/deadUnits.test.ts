import { expect, test } from "vitest";
import { DeadUnits } from "../../../src/doctor/run/deadUnits.js";
import type { LayerState } from "../../../src/model/session.js";

const UNITS = 4;

function relu(rows: number, isAlive: (row: number, unit: number) => boolean): LayerState {
  const activations = Float32Array.from({ length: rows * UNITS }, (_, index) =>
    Number(isAlive(Math.floor(index / UNITS), index % UNITS)),
  );
  const none = new Float32Array(0);
  const rest = { gradient: none, weights: none, biases: none };
  return { activation: "relu", units: UNITS, activations, ...rest };
}

/** What is found after each of these batches. */
function observe(...batches: LayerState[]): (string | undefined)[] {
  const units = new DeadUnits();
  return batches.map((batch) => units.observe([batch, batch])[0]?.evidence);
}

test("units that are 0 in a small batch are dead only when they stay so in the next ones", () => {
  const batch = relu(32, (_, unit) => unit === 0);
  expect(observe(batch, batch, batch, batch)).toEqual([
    undefined,
    undefined,
    undefined,
    "3 of 4 units of layer 1 are 0 for each of 128 samples or more",
  ]);
});

test("one sample above 0 brings a unit back", () => {
  const batch = relu(32, (_, unit) => unit === 0);
  const seldom = relu(32, (row, unit) => unit === 0 || row === 5);
  expect(observe(batch, seldom, batch, batch, batch)).toEqual(new Array(5).fill(undefined));
});

test("a layer without a unit that is above 0 is found at once", () => {
  expect(observe(relu(32, () => false))[0]).toMatch(/^4 of 4 units .* of 32 samples/);
  expect(observe(relu(31, () => false))[0]).toBeUndefined();
});
