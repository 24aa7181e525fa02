import { afterEach, expect, test, vi } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { ONE_THREAD, PRIVATE } from "../support/execution.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

test("engines that are in use are distinct, memory and all", async () => {
  const first = await Engine.acquire(PRIVATE);
  const second = await Engine.acquire(PRIVATE);
  expect(second).not.toBe(first);
  const pointers = [first, second].map(({ memory }) => memory.allocate(4));
  [first, second].forEach(({ memory, kernels }, index) => {
    memory.floats(pointers[index], 1)[0] = index;
    kernels.expInto(pointers[index], pointers[index], 1);
  });
  expect(first.memory.floats(pointers[0], 1)[0]).toBe(1);
  expect(second.memory.floats(pointers[1], 1)[0]).toBeCloseTo(Math.E, 6);
});

test("an engine that was given back is used again", async () => {
  const engine = await Engine.acquire(PRIVATE);
  Engine.release(engine);
  expect(await Engine.acquire(PRIVATE)).toBe(engine);
});

test("an engine is used again only by who asks for the same threads, SIMD and memory", async () => {
  const engine = await Engine.acquire(PRIVATE);
  Engine.release(engine);
  const others = [ONE_THREAD, { ...ONE_THREAD, threads: 2 }];
  for (const execution of others) {
    const other = await Engine.acquire(execution);
    expect(other).not.toBe(engine);
    expect(other.execution).toEqual(execution);
    Engine.release(other);
  }
  expect(await Engine.acquire({ ...PRIVATE })).toBe(engine);
});

test("an engine with regions in use is let go, so that they cannot pile up", async () => {
  const engine = await Engine.acquire(PRIVATE);
  engine.memory.allocate(4);
  Engine.release(engine);
  expect(await Engine.acquire(PRIVATE)).not.toBe(engine);
});

test("a large engine is let go", async () => {
  const engine = await Engine.acquire(PRIVATE);
  engine.memory.free(engine.memory.allocate(65 * 2 ** 20));
  Engine.release(engine);
  expect(await Engine.acquire(PRIVATE)).not.toBe(engine);
});

test("no more than a few engines are kept", async () => {
  const engines = await Promise.all(Array.from({ length: 20 }, () => Engine.acquire(PRIVATE)));
  for (const engine of engines) Engine.release(engine);
  const again = await Promise.all(Array.from({ length: 20 }, () => Engine.acquire(PRIVATE)));
  expect(again.filter((engine) => engines.includes(engine)).length).toBeLessThanOrEqual(4);
});

test("a build is compiled once, whoever asks at the same time", async () => {
  const compile = vi.spyOn(WebAssembly, "compile");
  const fresh = await import("../../src/engine/engine.js");
  await Promise.all([fresh.Engine.acquire(PRIVATE), fresh.Engine.acquire(PRIVATE)]);
  await fresh.Engine.acquire(PRIVATE);
  expect(compile).toHaveBeenCalledTimes(1);
});

test("a host without SIMD is told so in a sentence, and may try again", async () => {
  const compile = vi.spyOn(WebAssembly, "compile");
  compile.mockRejectedValueOnce(new WebAssembly.CompileError("invalid SIMD opcode"));
  const fresh = await import("../../src/engine/engine.js");
  await expect(fresh.Engine.acquire(PRIVATE)).rejects.toMatchObject({
    name: "EngineError",
    code: "unsupported-host",
    message: expect.stringMatching(/^[^\n]*invalid SIMD opcode[^\n]*expected [^\n]*SIMD$/),
  });
  await expect(fresh.Engine.acquire(PRIVATE)).resolves.toBeDefined();
});

test("workers are started once, whoever asks at the same time", async () => {
  const engine = await Engine.acquire({ ...ONE_THREAD, threads: 2 });
  const [first, second] = await Promise.all([engine.workers(), engine.workers()]);
  expect(second).toBe(first);
  expect(await engine.workers()).toBe(first);
  Engine.release(engine);
});

test("workers that have failed are replaced", async () => {
  const engine = await Engine.acquire(ONE_THREAD);
  const failed = await engine.workers();
  failed.terminate();
  const workers = await engine.workers();
  expect(workers).not.toBe(failed);
  expect(workers.usable).toBe(true);
  Engine.release(engine);
});
