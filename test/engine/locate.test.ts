import { afterEach, expect, test, vi } from "vitest";
import { chooseExecution } from "../../src/engine/execution.js";
import { compileModule } from "../../src/engine/instantiate.js";
import { locateFiles, locationOf } from "../../src/engine/locate.js";
import { startWorker } from "../../src/engine/workerHandle.js";
import { OptionError } from "../../src/errors.js";
import { pretendToBeBrowser } from "../support/browser.js";

afterEach(() => {
  locateFiles(() => undefined);
  vi.unstubAllGlobals();
});

test("modules and worker are taken from where the program says, others from beside the library", async () => {
  const fetched: string[] = [];
  const started: string[] = [];
  pretendToBeBrowser();
  vi.stubGlobal("location", { href: "https://app.test/page/" });
  vi.stubGlobal("fetch", async (url: URL) => {
    fetched.push(url.href);
    // The smallest module: magic and version.
    return new Response(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  });
  vi.stubGlobal(
    "Worker",
    class extends EventTarget {
      constructor(url: URL) {
        super();
        started.push(url.href);
      }
    },
  );
  locateFiles((file) =>
    file.endsWith(".js") ? new URL(`https://app.test/js/${file}`) : `../w/${file}`,
  );
  const execution = chooseExecution({ threads: 1, simd: "plain" }, true);
  const first = await compileModule({ ...execution, memory: "private" });
  expect(await compileModule({ ...execution, memory: "private" })).toBe(first);
  startWorker();
  expect(fetched).toEqual(["https://app.test/w/wasmlp.wasm"]);
  expect(started).toEqual(["https://app.test/js/worker.js"]);
  locateFiles(() => undefined);
  expect(locationOf("worker.js")).toBeUndefined();
  startWorker();
  expect(started[1]).toMatch(/build\/browser\/worker\.js$/);
});

test("in Node a worker is started where the program says, and what is no address is refused", async () => {
  locateFiles((file) =>
    file === "worker.js" ? new URL("data:text/javascript,throw new Error('mine')") : "wasmlp.wasm",
  );
  const failure = new Promise<string>((resolve) => startWorker().onFailure(resolve));
  expect(await failure).toContain("mine");
  const execution = chooseExecution({ threads: 1, simd: "plain" }, true);
  expect(() => compileModule(execution)).toThrow(
    new OptionError(
      'locateFiles says "wasmlp.wasm" of wasmlp.threads.wasm, expected an address, in Node of the form file:///…',
    ),
  );
});

test("a module that is not there is an error that names the place", async () => {
  locateFiles((file) => `file:///nowhere/${file}`);
  const execution = chooseExecution({ threads: 1, simd: "plain" }, true);
  await expect(compileModule(execution)).rejects.toMatchObject({
    name: "EngineError",
    code: "unsupported-host",
    message: expect.stringMatching(
      /^file:\/\/\/nowhere\/wasmlp.threads.wasm: Error: ENOENT.*, expected the WebAssembly module there or where locateFiles says$/,
    ),
  });
});
