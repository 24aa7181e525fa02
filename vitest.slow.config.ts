import { defineConfig } from "vitest/config";

/** What takes longer than a developer waits for: browsers, bundlers, packages, long fuzzing. */
export default defineConfig({
  test: {
    globalSetup: ["test/support/build.ts"],
    include: ["test/**/*.slow.test.ts"],
    // They time out browsers and start processes of their own: side by side they would starve each other.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
