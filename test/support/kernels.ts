/** Runs kernels on arrays: copies in, calls, copies out, and watches the memory around. */
import { expect } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { chooseExecution } from "../../src/engine/execution.js";
import type { Pointer } from "../../src/engine/kernels.js";
import { enableRelaxedSimd } from "../../src/node/relaxedSimd.js";
import { chosenTarget, TARGETS } from "./targets.js";

const { simd, memory: memoryKind } = TARGETS[chosenTarget()];
if (simd === "relaxed") enableRelaxedSimd();

/** On the build that is being tested. */
export const engine = await Engine.acquire({
  ...chooseExecution({ threads: 1 }, true),
  simd,
  memory: memoryKind,
});
export const { kernels, memory } = engine;

/** Bytes around every array that no kernel may touch; four of them are the float −25443.4. */
const SENTINEL = 0xc6;
const MARGIN_BYTES = 32;

type Numbers = Float32Array | Int32Array | Uint8Array;

/**
 * Places the arrays in linear memory, each `misalignment` floats off a cache line, calls `run`
 * with their pointers, and copies back what stands there afterwards.
 *
 * Fails when a value before or after one of the arrays has changed.
 */
export function withArrays<T extends readonly Numbers[]>(
  arrays: T,
  run: (...pointers: { [K in keyof T]: Pointer }) => void,
  misalignment = 1,
): void {
  const before = MARGIN_BYTES + misalignment * 4;
  const lengths = arrays.map((array) => before + array.byteLength + MARGIN_BYTES);
  const bases = lengths.map((length) => memory.allocate(length));
  arrays.forEach((array, index) => {
    memory.bytes(bases[index], lengths[index]).fill(SENTINEL);
    view(array, bases[index] + before).set(array);
  });
  const starts = bases.map((base) => base + before);
  run(...(starts as { [K in keyof T]: Pointer }));
  arrays.forEach((array, index) => {
    array.set(view(array, starts[index]));
    const whole = memory.bytes(bases[index], lengths[index]);
    const around = [...whole.subarray(0, before), ...whole.subarray(before + array.byteLength)];
    expect(
      around.every((byte) => byte === SENTINEL),
      "memory around",
    ).toBe(true);
    memory.free(bases[index]);
  });
}

/** A workspace of `bytes`, freed after `run`. */
export function withWorkspace(bytes: number, run: (workspace: Pointer) => void): void {
  const workspace = memory.allocate(bytes);
  run(workspace);
  memory.free(workspace);
}

function view(array: Numbers, pointer: Pointer): Numbers {
  if (array instanceof Float32Array) return memory.floats(pointer, array.length);
  if (array instanceof Int32Array) return memory.integers(pointer, array.length);
  return memory.bytes(pointer, array.length);
}
