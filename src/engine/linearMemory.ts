/** The one linear memory of a module, and who owns which part of it. */
import { EngineError } from "../errors.js";
import type { Pointer } from "./kernels.js";

const PAGE = 65_536;
/** Regions begin on cache lines, which also suits every vector load. */
const ALIGNMENT = 64;
/** Byte 0 stays unused, so that 0 can mean "none". */
const FIRST = ALIGNMENT;
/** What a 32-bit memory can hold. */
const MAXIMUM_PAGES = 65_536;

/** A stretch of free memory. */
interface Gap {
  start: Pointer;
  end: Pointer;
}

/**
 * Allocates regions of linear memory, first fit, on the JavaScript side: nothing is stored in the
 * memory itself. Views are to be taken afresh after an allocation, which may move the buffer.
 */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** Free stretches in ascending order, never adjacent; the last one reaches to the end. */
  readonly #gaps: Gap[];
  readonly #sizes = new Map<Pointer, number>();

  /** @throws EngineError "unsupported-host" when the host grants no memory. */
  constructor(kind: "private" | "shared") {
    this.memory = createMemory(kind);
    this.#gaps = [{ start: FIRST, end: MAXIMUM_PAGES * PAGE }];
  }

  /** Bytes allocated at the moment, padding to whole cache lines included. */
  get allocatedBytes(): number {
    let total = 0;
    for (const size of this.#sizes.values()) total += size;
    return total;
  }

  /**
   * A region of at least `bytes` bytes, aligned to 64. Its content is undefined.
   *
   * @throws EngineError "unsupported-host" when the host grants no more memory.
   */
  allocate(bytes: number): Pointer {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const index = this.#gaps.findIndex((gap) => gap.end - gap.start >= size);
    const gap = this.#gaps[index];
    if (gap === undefined) throw outOfMemory(bytes);
    const pointer = gap.start;
    this.#growTo(pointer + size, bytes);
    gap.start += size;
    if (gap.start === gap.end) this.#gaps.splice(index, 1);
    this.#sizes.set(pointer, size);
    return pointer;
  }

  /** Gives a region back; a pointer that is not allocated is ignored. */
  free(pointer: Pointer): void {
    const size = this.#sizes.get(pointer);
    if (size === undefined) return;
    this.#sizes.delete(pointer);
    const end = pointer + size;
    const next = this.#gaps.findIndex((gap) => gap.start >= end);
    const index = next < 0 ? this.#gaps.length : next;
    const before = this.#gaps[index - 1];
    const after = this.#gaps[index];
    if (before?.end === pointer && after?.start === end) {
      before.end = after.end;
      this.#gaps.splice(index, 1);
    } else if (before?.end === pointer) {
      before.end = end;
    } else if (after?.start === end) {
      after.start = pointer;
    } else {
      this.#gaps.splice(index, 0, { start: pointer, end });
    }
  }

  /** `[length]` float32 at `pointer`. */
  floats(pointer: Pointer, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, length);
  }

  /** `[length]` int32 at `pointer`. */
  integers(pointer: Pointer, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, length);
  }

  /** `[length]` bytes at `pointer`. */
  bytes(pointer: Pointer, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }

  /** A view for mixed fields, little-endian as WebAssembly is. */
  fields(pointer: Pointer, length: number): DataView {
    return new DataView(this.memory.buffer, pointer, length);
  }

  #growTo(end: Pointer, bytes: number): void {
    const missing = Math.ceil(end / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch (cause) {
      throw outOfMemory(bytes, cause);
    }
  }
}

function createMemory(kind: "private" | "shared"): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({
      initial: 1,
      maximum: MAXIMUM_PAGES,
      shared: kind === "shared",
    });
  } catch (cause) {
    throw outOfMemory(PAGE, cause);
  }
}

function outOfMemory(bytes: number, cause?: unknown): EngineError {
  const megabytes = Math.ceil(bytes / 2 ** 20);
  return new EngineError(
    "unsupported-host",
    `linear memory: ${megabytes} MB more were asked for, expected a host that grants them`,
    { cause },
  );
}
