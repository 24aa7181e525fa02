/** Runs kernels on arrays: copies in, calls, copies out, and watches the memory around. */
import { expect } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { chooseExecution } from "../../src/engine/execution.js";
import type { Pointer } from "../../src/engine/kernels.js";

export const engine = await Engine.acquire(chooseExecution({ threads: 1 }, true));
export const { kernels, memory } = engine;

/** Values around every array that no kernel may touch. */
const SENTINEL = -12345.5;
const MARGIN = 8;

type Numbers = Float32Array | Int32Array;

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
  const padded = arrays.map((array) => array.length + 2 * MARGIN + misalignment);
  const bases = padded.map((length) => memory.allocate(length * 4));
  const starts = bases.map((base) => base + (MARGIN + misalignment) * 4);
  arrays.forEach((array, index) => {
    memory.floats(bases[index], padded[index]).fill(SENTINEL);
    view(array, starts[index]).set(array);
  });
  run(...(starts as { [K in keyof T]: Pointer }));
  arrays.forEach((array, index) => {
    const whole = memory.floats(bases[index], padded[index]);
    const before = whole.subarray(0, MARGIN + misalignment);
    const after = whole.subarray(MARGIN + misalignment + array.length);
    expect(
      [...before, ...after].every((value) => value === SENTINEL),
      "memory around",
    ).toBe(true);
    array.set(view(array, starts[index]));
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
  return array instanceof Float32Array
    ? memory.floats(pointer, array.length)
    : memory.integers(pointer, array.length);
}
