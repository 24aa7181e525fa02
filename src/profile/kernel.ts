/** What the profile knows of a kernel: its work as a function of its shape, and how to run it. */
import type { Engine } from "../engine/engine.js";
import type { Pointer } from "../engine/kernels.js";
import type { ProfileKernels } from "../engine/profileKernels.js";
import type { Regions } from "../engine/regions.js";
import { OptionError } from "../errors.js";

/** Sizes, one for each of the kernel's dimensions. */
export type Shape = readonly number[];

export type Numbers = Float32Array | Int32Array | Uint8Array;

/** What one call has to do at least, whoever does it. */
export interface Work {
  /**
   * Floating-point additions, subtractions, multiplications, divisions, square roots, minima, maxima
   * and roundings; a fused multiply-add is two. `augmentation` counts its 16-bit integers too.
   */
  readonly operations: number;
  /** Every input once and every result once: what a cache without limits would leave of the traffic. */
  readonly bytesRead: number;
  /** Bytes of the results, each once. */
  readonly bytesWritten: number;
}

/** Where the SIMD kernel finds its engine and a copy of the arrays. */
export interface Place {
  readonly engine: Pick<Engine, "kernels" | "memory">;
  /** For what it needs beside the arrays. */
  readonly regions: Regions;
  readonly pointers: readonly Pointer[];
}

/**
 * A kernel, three times the same: each variant computes the first of the arrays from the others, and may
 * be called any number of times. A test compares what they compute, and counts what they do.
 */
export interface ProfiledKernel<Arrays extends readonly Numbers[] = readonly Numbers[]> {
  /** By which it is chosen: "gemm-nn". */
  readonly name: string;
  /** What it computes, in a few words. */
  readonly description: string;
  /** Names of the sizes of a shape, in order. */
  readonly dimensions: readonly string[];
  /** Sizes beyond which the kernel is not called; otherwise memory is the limit. */
  readonly largest?: Shape;
  /** What training MNIST networks asks for. */
  readonly shapes: readonly Shape[];
  /** What shows the limits. */
  readonly sweep: readonly Shape[];
  /** What one call at these sizes has to do. */
  work(shape: Shape): Work;
  /** Inputs and results, the same for the same shape. */
  arrays(shape: Shape): Arrays;
  /** A plain loop in JavaScript; not every kernel has one. */
  javascript?(arrays: Arrays, shape: Shape): void;
  /** The same loop compiled to WebAssembly without SIMD. */
  scalar?(kernels: ProfileKernels, pointers: readonly Pointer[], shape: Shape): void;
  /** Prepares a call of the kernel that training uses. */
  simd(place: Place, shape: Shape): () => void;
}

/** What a case may take of linear memory. */
const MOST_BYTES = 2 ** 29;

/** @throws OptionError when the shape does not suit the kernel. */
export function checkedShape(kernel: ProfiledKernel, shape: Shape): Shape {
  const { name, dimensions, largest } = kernel;
  const written = shape.join("x");
  const expected = dimensions.join(" x ");
  if (shape.length !== dimensions.length) {
    throw new OptionError(`shape is ${written}, expected ${expected} for ${name}`);
  }
  shape.forEach((size, index) => {
    const most = largest?.[index] ?? 2 ** 24;
    if (Number.isInteger(size) && size >= 1 && size <= most) return;
    throw new OptionError(
      `shape is ${written}, expected ${dimensions[index]} from 1 to ${most} for ${name}`,
    );
  });
  const { bytesRead, bytesWritten } = kernel.work(shape);
  if (bytesRead + bytesWritten <= MOST_BYTES) return shape;
  const megabytes = Math.ceil((bytesRead + bytesWritten) / 2 ** 20);
  throw new OptionError(
    `shape is ${written}, which takes ${megabytes} MB for ${name}, expected at most ${MOST_BYTES / 2 ** 20} MB`,
  );
}

/** Lets a kernel name the types of its arrays. */
export function define<Arrays extends readonly Numbers[]>(
  kernel: ProfiledKernel<Arrays>,
): ProfiledKernel {
  return kernel;
}

/** `[count]` numbers on [−½, ½), the same each time. */
export function values(count: number, first = 1): Float32Array {
  const numbers = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    numbers[index] = ((index * 7919 + first * 104_729) % 1999) / 1999 - 0.5;
  }
  return numbers;
}

/** `[count]` floats of room. */
export function room(count: number): Float32Array {
  return new Float32Array(count);
}

const FLOAT = 4;

/** Bytes of so many float32 or int32 numbers. */
export function bytesOf(...counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count * FLOAT, 0);
}

/** Copies arrays into linear memory; the pointers. */
export function copyIn(
  regions: Regions,
  memory: Engine["memory"],
  arrays: readonly Numbers[],
): Pointer[] {
  const pointers = arrays.map((array) => regions.allocateBytes(array.byteLength));
  arrays.forEach((array, index) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    memory.bytes(pointers[index], bytes.length).set(bytes);
  });
  return pointers;
}
