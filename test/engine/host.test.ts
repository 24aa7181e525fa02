import { afterEach, expect, test, vi } from "vitest";
import { nameHost } from "../../src/engine/host.js";

afterEach(() => vi.unstubAllGlobals());

const V8 = { node: "26.3.0", v8: "15.0.4-node.7" };

test("names this Node", () => {
  expect(nameHost()).toMatch(`Node ${process.versions.node}, V8 `);
});

test.each([
  ["Node 26.3.0, V8 15.0.4", V8],
  ["Deno 2.9.6, V8 15.0.4", { ...V8, deno: "2.9.6" }],
  ["Bun 1.4.5", { ...V8, bun: "1.4.5" }],
])("%s, though all of them say that they are a Node", (name, versions) => {
  vi.stubGlobal("process", { versions });
  expect(nameHost()).toBe(name);
});

test.each([
  [
    "Chromium 130",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36",
  ],
  ["Firefox 140", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["curl/8", "curl/8"],
])("%s by what a browser says", (name, userAgent) => {
  vi.stubGlobal("process", undefined);
  vi.stubGlobal("navigator", { userAgent });
  expect(nameHost()).toBe(name);
});
