/** The pages of the library, as `npm run docs` makes them. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");

test("TypeDoc makes pages of all entry points and has nothing to warn of", async () => {
  const directory = await temporaryDirectory();
  const typedoc = join(root, "node_modules/typedoc/bin/typedoc");
  const options = { cwd: root, encoding: "utf8" } as const;
  const run = spawnSync(process.execPath, [typedoc, "--out", directory], options);
  expect(run.status, run.stdout + run.stderr).toBe(0);
  for (const entry of ["index", "doctor", "node", "profile", "trace"])
    expect(existsSync(join(directory, "modules", `${entry}.html`)), entry).toBe(true);
});
