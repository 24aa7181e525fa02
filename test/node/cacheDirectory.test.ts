import { homedir } from "node:os";
import { expect, test } from "vitest";
import { defaultCacheDirectory, type Host } from "../../src/node/cacheDirectory.js";

test.each<{ what: string; host: Host; expected: string }>([
  {
    what: "Linux",
    host: { platform: "linux", home: "/home/ada" },
    expected: "/home/ada/.cache/wasmlp",
  },
  {
    what: "Linux with a configured cache",
    host: { platform: "linux", home: "/home/ada", environment: { XDG_CACHE_HOME: "/fast" } },
    expected: "/fast/wasmlp",
  },
  {
    what: "Linux with a relative path configured, which counts for nothing",
    host: { platform: "linux", home: "/home/ada", environment: { XDG_CACHE_HOME: "fast" } },
    expected: "/home/ada/.cache/wasmlp",
  },
  {
    what: "macOS",
    host: { platform: "darwin", home: "/Users/ada", environment: { XDG_CACHE_HOME: "/fast" } },
    expected: "/Users/ada/Library/Caches/wasmlp",
  },
  {
    what: "Windows",
    host: { platform: "win32", environment: { LOCALAPPDATA: "D:\\ada\\Local" } },
    expected: "D:\\ada\\Local\\wasmlp",
  },
  {
    what: "Windows without LOCALAPPDATA",
    host: { platform: "win32", home: "C:\\Users\\ada" },
    expected: "C:\\Users\\ada\\AppData\\Local\\wasmlp",
  },
])("the cache lies where the system has it: $what", ({ host, expected }) => {
  expect(defaultCacheDirectory({ environment: {}, ...host })).toBe(expected);
});

test("by default it is this host's", () => {
  const { platform, env: environment } = process;
  expect(defaultCacheDirectory()).toBe(
    defaultCacheDirectory({ platform, environment, home: homedir() }),
  );
});
