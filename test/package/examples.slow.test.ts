/** The examples of README and docs, in a program that is type-checked. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documentedCode } from "../support/documented.js";
import { embeddingExample } from "../support/embeddingExample.js";

const root = join(import.meta.dirname, "../..");

const EXAMPLES = {
  "readme.ts": embeddingExample(),
  "own-data.ts": documentedCode("docs/embedding.md", "Data of one's own"),
  "table.ts": documentedCode("docs/data.md", "In a library"),
  "row.ts": documentedCode("docs/data.md", "A row from a form"),
  "arrays.ts": documentedCode("docs/data.md", "Of arrays"),
};

test("the examples compile as TypeScript, strict", () => {
  // Below `build/` the name "wasmlp" means this package.
  const folder = mkdtempSync(join(root, "build", "example-"));
  try {
    for (const [name, code] of Object.entries(EXAMPLES)) {
      expect(code, name).toContain("import ");
      writeFileSync(join(folder, name), code);
    }
    const compilerOptions = {
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
    };
    const config = JSON.stringify({ compilerOptions, files: Object.keys(EXAMPLES) });
    writeFileSync(join(folder, "tsconfig.json"), config);
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const run = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
    expect(run.stdout).toBe("");
    expect(run.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
