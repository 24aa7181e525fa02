import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { TARGET_VARIABLE, TARGETS } from "./test/support/targets.js";

/** Tests of assembly/ that have nothing to do with the build that `test/support/kernels.ts` loads. */
const WITHOUT_KERNELS = ["module", "step"].map((name) => `test/assembly/${name}.test.ts`);

/** What replaces modules or sets flags of V8 has a process of its own: other tests would find what it left. */
const ALONE = readdirSync(join(import.meta.dirname, "test"), { recursive: true, encoding: "utf8" })
  .map((file) => join("test", file))
  .filter((file) => file.endsWith(".test.ts") && !file.endsWith(".slow.test.ts"))
  .filter((file) => {
    const source = readFileSync(join(import.meta.dirname, file), "utf8");
    return /vi\.(mock|doMock|resetModules)\(|enableRelaxedSimd\(|setFlagsFromString\(/.test(source);
  });

/** Milliseconds. */
const testTimeout = 30_000;

/** The tests of kernels once more, on another build. */
function onTarget(target: string): TestProjectInlineConfiguration {
  return {
    test: {
      name: target,
      include: ["test/assembly/*.test.ts"],
      exclude: WITHOUT_KERNELS,
      env: { [TARGET_VARIABLE]: target },
      // One process, one instance of the kernels: most of the time would go into starting more.
      isolate: false,
      testTimeout,
    },
  };
}

export default defineConfig({
  test: {
    // Projects would inherit what is extended, and build once each.
    globalSetup: ["test/support/build.ts"],
    // By itself vitest leaves a core free, which on two cores is half of them: 198 s instead of 316.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: "all",
          include: ["test/**/*.test.ts"],
          // Slow ones have `vitest.slow.config.ts`.
          exclude: ["test/**/*.slow.test.ts", ...ALONE],
          // A process for each file would take a quarter of the time: it starts, and imports the library once more.
          isolate: false,
          testTimeout,
        },
      },
      { test: { name: "alone", include: ALONE, testTimeout } },
      ...Object.keys(TARGETS)
        .filter((target) => target !== "threads")
        .map(onTarget),
    ],
  },
});
