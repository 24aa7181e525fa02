import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { LinearMemory } from "../../src/engine/linearMemory.js";
import { EngineError } from "../../src/errors.js";

const PAGE = 65_536;
const ALIGNMENT = 64;

/** One step of a program that uses the memory. */
type Operation =
  | { readonly kind: "allocate"; readonly bytes: number }
  /** Which of the regions in use, as a fraction of their number. */
  | { readonly kind: "free"; readonly which: number };

const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("allocate" as const),
      bytes: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 100_000 })),
    }),
    fc.record({ kind: fc.constant("free" as const), which: fc.double({ min: 0, max: 0.999 }) }),
  ),
  { maxLength: 60 },
);

interface Region {
  readonly pointer: number;
  readonly bytes: number;
  /** What the region is filled with. */
  readonly mark: number;
}

/** What the memory promises of the regions in use, whatever came before. */
function expectSound(memory: LinearMemory, regions: readonly Region[]): void {
  const inOrder = [...regions].sort((a, b) => a.pointer - b.pointer);
  let end = 1;
  for (const { pointer, bytes, mark } of inOrder) {
    expect(pointer % ALIGNMENT).toBe(0);
    expect(pointer, "no overlap, and never 0").toBeGreaterThanOrEqual(end);
    end = pointer + bytes;
    expect(memory.bytes(pointer, bytes).every((byte) => byte === mark)).toBe(true);
  }
  expect(memory.memory.buffer.byteLength).toBeGreaterThanOrEqual(end);
  const padded = regions.map(({ bytes }) => Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT);
  expect(memory.allocatedBytes).toBe(padded.reduce((sum, bytes) => sum + bytes, 0));
}

describe.each(["private", "shared"] as const)("%s memory", (kind) => {
  test("regions never overlap, are aligned, and keep their content while others come and go", () => {
    fc.assert(
      fc.property(operations, (program) => {
        const memory = new LinearMemory(kind);
        const regions: Region[] = [];
        program.forEach((operation, step) => {
          if (operation.kind === "allocate") {
            const { bytes } = operation;
            const region = { pointer: memory.allocate(bytes), bytes, mark: step + 1 };
            memory.bytes(region.pointer, bytes).fill(region.mark);
            regions.push(region);
          } else {
            const [region] = regions.splice(Math.floor(operation.which * regions.length), 1);
            if (region) memory.free(region.pointer);
          }
        });
        expectSound(memory, regions);
        // When all is given back the gaps are one again: the whole fits, without growing.
        for (const { pointer } of regions) memory.free(pointer);
        expect(memory.allocatedBytes).toBe(0);
        const size = memory.memory.buffer.byteLength;
        expect(memory.allocate(size - ALIGNMENT)).toBe(ALIGNMENT);
        expect(memory.memory.buffer.byteLength).toBe(size);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    { order: "forwards", free: [0, 1, 2] },
    { order: "backwards", free: [2, 1, 0] },
    { order: "the middle last", free: [0, 2, 1] },
    { order: "the middle first", free: [1, 0, 2] },
  ])("neighbours that are given back become one gap: $order", ({ free }) => {
    const memory = new LinearMemory(kind);
    const pointers = [1, 2, 3].map(() => memory.allocate(1000));
    const fence = memory.allocate(10);
    for (const index of free) memory.free(pointers[index]);
    expect(memory.allocate(3 * 1024)).toBe(pointers[0]);
    expect(memory.allocate(1)).toBeGreaterThan(fence);
  });

  test("memory that was given back is used again before the memory grows", () => {
    const memory = new LinearMemory(kind);
    for (let round = 0; round < 1000; round++) memory.free(memory.allocate(10 * PAGE));
    expect(memory.memory.buffer.byteLength).toBeLessThanOrEqual(11 * PAGE);
  });

  test("growing keeps what regions hold", () => {
    const memory = new LinearMemory(kind);
    const pointer = memory.allocate(40);
    memory.floats(pointer, 10).set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const before = memory.memory.buffer.byteLength;
    memory.allocate(5 * PAGE);
    expect(memory.memory.buffer.byteLength).toBeGreaterThan(before);
    expect([...memory.floats(pointer, 10)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("giving back twice, or what was never allocated, does nothing", () => {
    const memory = new LinearMemory(kind);
    const first = memory.allocate(100);
    const second = memory.allocate(100);
    memory.free(first);
    memory.free(first);
    memory.free(second + 4);
    memory.free(0);
    expect(memory.allocatedBytes).toBe(128);
    expect(memory.allocate(1)).toBe(first);
    expect(memory.allocate(1)).not.toBe(first);
  });

  test("more than a 32-bit memory holds is refused in a sentence, and nothing changes", () => {
    const memory = new LinearMemory(kind);
    const pointer = memory.allocate(100);
    for (const bytes of [2 ** 32, 2 ** 40, 1e15]) {
      expect(() => memory.allocate(bytes)).toThrow(EngineError);
      expect(() => memory.allocate(bytes)).toThrow(
        expect.objectContaining({
          code: "unsupported-host",
          message: expect.stringMatching(
            /^linear memory: \d+ MB more were asked for, expected .+$/,
          ),
        }),
      );
    }
    expect(memory.allocatedBytes).toBe(128);
    expect(memory.memory.buffer.byteLength).toBe(PAGE);
    expect(memory.allocate(1)).toBe(pointer + 128);
  });

  test("a host that grants no more memory is told of in a sentence, and nothing changes", () => {
    const memory = new LinearMemory(kind);
    const grow = memory.memory.grow.bind(memory.memory);
    memory.memory.grow = () => {
      throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    };
    expect(() => memory.allocate(3 * 2 ** 20)).toThrow(
      new EngineError(
        "unsupported-host",
        "linear memory: 3 MB more were asked for, expected a host that grants them",
      ),
    );
    expect(memory.allocatedBytes).toBe(0);
    memory.memory.grow = grow;
    expect(memory.allocate(3 * 2 ** 20)).toBe(ALIGNMENT);
  });

  test("a host that grants no memory at all is told of in a sentence", () => {
    class Memory {
      constructor() {
        throw new RangeError("could not allocate memory");
      }
    }
    vi.stubGlobal("WebAssembly", { Memory });
    expect(() => new LinearMemory(kind)).toThrow(EngineError);
    vi.unstubAllGlobals();
  });

  test("the views show the same bytes, little-endian", () => {
    const memory = new LinearMemory(kind);
    const pointer = memory.allocate(8);
    memory.floats(pointer, 2).set([1, -2]);
    expect([...memory.integers(pointer, 2)]).toEqual([0x3f800000, 0xc0000000 | 0]);
    expect([...memory.bytes(pointer, 4)]).toEqual([0, 0, 0x80, 0x3f]);
    expect(memory.fields(pointer, 8).getFloat32(4, true)).toBe(-2);
  });
});
