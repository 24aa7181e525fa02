import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LinearMemory } from "../../src/engine/linearMemory.js";
import { pretendToBeBrowser } from "../support/browser.js";

type Instantiate = typeof import("../../src/engine/instantiate.js");

/** Without what was compiled before. */
let fresh: Instantiate;
beforeEach(async () => {
  vi.resetModules();
  fresh = await import("../../src/engine/instantiate.js");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const PLAIN = { simd: "plain", memory: "private" } as const;
const SHARED = { simd: "plain", memory: "shared" } as const;

test("each build is compiled once; they are different ones", async () => {
  const [first, second] = await Promise.all([
    fresh.compileModule(PLAIN),
    fresh.compileModule({ ...PLAIN }),
  ]);
  expect(second).toBe(first);
  expect(await fresh.compileModule(SHARED)).not.toBe(first);
});

test("kernels work on the memory that they were given", async () => {
  for (const build of [PLAIN, SHARED]) {
    const memory = new LinearMemory(build.memory);
    const kernels = await fresh.instantiateKernels(await fresh.compileModule(build), memory.memory);
    memory.floats(64, 1)[0] = 1;
    kernels.expInto(64, 64, 1);
    expect(memory.floats(64, 1)[0]).toBeCloseTo(Math.E, 6);
  }
});

test("a host without WebAssembly is told so", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  await expect(fresh.compileModule(PLAIN)).rejects.toMatchObject({
    name: "EngineError",
    code: "unsupported-host",
    message: "this host has no WebAssembly, expected one with 128-bit SIMD",
  });
});

describe("outside of Node", () => {
  const fetched: string[] = [];
  beforeEach(() => {
    fetched.length = 0;
    pretendToBeBrowser();
  });

  test("a module is fetched", async () => {
    vi.stubGlobal("fetch", async (url: URL) => {
      fetched.push(url.href);
      return new Response(await readFile(url));
    });
    expect(await fresh.compileModule(SHARED)).toBeInstanceOf(WebAssembly.Module);
    expect(fetched).toEqual([expect.stringMatching(/\/build\/wasmlp\.threads\.wasm$/)]);
  });

  test("a server that has no module is told of, and asked again next time", async () => {
    vi.stubGlobal("fetch", async (url: URL) => {
      fetched.push(url.href);
      return fetched.length === 1
        ? new Response("not found", { status: 404 })
        : new Response(await readFile(url));
    });
    await expect(fresh.compileModule(PLAIN)).rejects.toMatchObject({
      code: "unsupported-host",
      message: expect.stringMatching(
        /wasmlp\.wasm: the server answered 404, expected the WebAssembly module there or where locateFiles says$/,
      ),
    });
    expect(await fresh.compileModule(PLAIN)).toBeInstanceOf(WebAssembly.Module);
  });

  test.for([
    [
      "<!doctype html>",
      'found a page of HTML, expected the WebAssembly module there or where locateFiles says; in Vite: optimizeDeps: { exclude: ["wasmlp"] }',
    ],
    [
      "version https",
      "found no WebAssembly, expected the WebAssembly module there or where locateFiles says",
    ],
    ["", "found no WebAssembly, expected the WebAssembly module there or where locateFiles says"],
  ])("a server that answers with something else, %j, is told of", async ([text, sentence]) => {
    vi.stubGlobal("fetch", async () => new Response(text));
    const { href } = fresh.moduleUrl(PLAIN);
    await expect(fresh.compileModule(PLAIN)).rejects.toMatchObject({
      code: "unsupported-host",
      message: `${href}: ${sentence}`,
    });
  });
});
