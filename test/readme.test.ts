import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documentedCode, headingsOf, linksOf } from "./support/documented.js";
import { embeddingExample } from "./support/embeddingExample.js";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

test("the embedding example of the README runs as it is printed, in at most 15 lines", {
  timeout: 120_000,
}, () => {
  const example = embeddingExample();
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(15);
  // Below `build/` the name "wasmlp" means this package.
  const folder = mkdtempSync(join(root, "build", "example-"));
  try {
    const file = join(folder, "example.mjs");
    writeFileSync(file, example);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^epoch 5: loss 0\.\d+$/m);
    const accuracy = Number(/^accuracy (\S+), the first digit is a \d$/m.exec(stdout)?.[1]);
    expect(accuracy).toBeGreaterThan(0.9);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the example of a data set of one's own runs as it is printed", () => {
  const folder = mkdtempSync(join(root, "build", "example-"));
  try {
    const file = join(folder, "example.mjs");
    writeFileSync(file, documentedCode("docs/embedding.md", "Data of one's own"));
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe("different\n1\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("every path that the README names exists", () => {
  const paths = readme.matchAll(/`((?:src|test|bench|docs|scripts|assembly|build)\/[\w./-]*)`/g);
  for (const [, path] of paths)
    expect(() => readFileSync(join(root, path)), path).not.toThrow(/ENOENT/);
});

const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => join("docs", file));

test("every picture, page and heading that the documentation links to exists", () => {
  let headings = 0;
  for (const page of ["README.md", ...pages]) {
    for (const { path, heading } of linksOf(readFileSync(join(root, page), "utf8"))) {
      const target = path === "" ? join(root, page) : join(root, page, "..", path);
      expect(existsSync(target), `${page}: ${path}`).toBe(true);
      if (heading === undefined) continue;
      headings++;
      expect(headingsOf(readFileSync(target, "utf8")), `${page}: ${path}`).toContain(heading);
    }
  }
  expect(headings).toBeGreaterThan(0);
});
