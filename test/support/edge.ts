/** Puts arrays where the memory ends: a kernel that reads beyond them traps. */
import type { Pointer } from "../../src/engine/kernels.js";
import { memory } from "./kernels.js";

const PAGE = 65_536;

/** Copies `array` flush against the end of linear memory and calls `run` with its pointer. */
export function atEndOfMemory(
  array: Uint8Array | Int32Array | Float32Array,
  run: (pointer: Pointer) => void,
): void {
  // Fresh pages, so that no allocated region is overwritten.
  memory.memory.grow(Math.ceil(array.byteLength / PAGE));
  const pointer = memory.memory.buffer.byteLength - array.byteLength;
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  memory.bytes(pointer, bytes.length).set(bytes);
  run(pointer);
}
