/** Regions of linear memory that live and die together. */
import type { Pointer } from "./kernels.js";
import type { LinearMemory } from "./linearMemory.js";

const BYTES_PER_NUMBER = 4;

export class Regions {
  readonly #memory: LinearMemory;
  readonly #pointers: Pointer[] = [];

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  /** @throws EngineError when the host grants no more memory. */
  allocateBytes(bytes: number): Pointer {
    const pointer = this.#memory.allocate(bytes);
    this.#pointers.push(pointer);
    return pointer;
  }

  /** Room for `count` float32 or int32 numbers. */
  allocateNumbers(count: number): Pointer {
    return this.allocateBytes(count * BYTES_PER_NUMBER);
  }

  /** Gives all of them back. */
  free(): void {
    for (const pointer of this.#pointers.splice(0)) this.#memory.free(pointer);
  }
}
