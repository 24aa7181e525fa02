import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { detectFeatures, isNode } from "../../src/engine/features.js";
import { pretendToBeBrowser } from "../support/browser.js";

afterEach(() => vi.unstubAllGlobals());

const root = join(import.meta.dirname, "../..");

/** Prints whether the host says that it has relaxed SIMD, and whether the relaxed builds compile. */
const COMPARE = `
  const { detectFeatures } = await import("./build/engine/features.js");
  const { readFile } = await import("node:fs/promises");
  const builds = ["wasmlp.relaxed", "wasmlp.threads.relaxed"];
  const compiles = await Promise.all(builds.map(async (build) =>
    WebAssembly.validate(await readFile("build/" + build + ".wasm"))));
  console.log(JSON.stringify([detectFeatures().relaxedSimd, ...compiles]));`;

function compare(...flags: string[]): boolean[] {
  const args = [...flags, "--input-type=module", "--eval", COMPARE];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }));
}

test("relaxed SIMD is there exactly when the relaxed builds compile", () => {
  const [detected, ...compiles] = compare();
  expect(compiles).toEqual([detected, detected]);
  // Later versions of Node have dropped the flag together with the choice.
  if (detected) return;
  expect(compare("--experimental-wasm-relaxed-simd")).toEqual([true, true, true]);
});

test("Node shares memory and admits to its cores", () => {
  expect(isNode()).toBe(true);
  expect(detectFeatures()).toMatchObject({ sharedMemory: true, cores: availableParallelism() });
});

test("without SharedArrayBuffer no memory is shared", () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  expect(detectFeatures().sharedMemory).toBe(false);
});

test.each([
  { isolated: true, sharedMemory: true },
  { isolated: false, sharedMemory: false },
  { isolated: undefined, sharedMemory: false },
])("a page shares memory when it is cross-origin isolated: $isolated", (page) => {
  pretendToBeBrowser({
    navigator: { hardwareConcurrency: 12 },
    crossOriginIsolated: page.isolated,
  });
  expect(isNode()).toBe(false);
  expect(detectFeatures()).toMatchObject({ sharedMemory: page.sharedMemory, cores: 12 });
});

test("a host that tells nothing has one core", () => {
  pretendToBeBrowser({ navigator: undefined });
  expect(detectFeatures().cores).toBe(1);
});

test("a host without WebAssembly has no relaxed SIMD either", () => {
  vi.stubGlobal("WebAssembly", undefined);
  expect(detectFeatures().relaxedSimd).toBe(false);
});
