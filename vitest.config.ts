import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { TARGET_VARIABLE, TARGETS } from "./test/support/targets.js";

/** Tests of assembly/ that have nothing to do with the build that `test/support/kernels.ts` loads. */
const WITHOUT_KERNELS = ["module", "step"].map((name) => `test/assembly/${name}.test.ts`);

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
          // Those have `vitest.slow.config.ts`.
          exclude: ["test/**/*.slow.test.ts"],
          testTimeout,
        },
      },
      ...Object.keys(TARGETS)
        .filter((target) => target !== "threads")
        .map(onTarget),
    ],
  },
});
