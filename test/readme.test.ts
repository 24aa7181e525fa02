import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documentedCode } from "./support/documented.js";
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

test.each(["README.md", "docs/profile.md"])(
  "every picture and page that %s links to exists",
  (file) => {
    const text = readFileSync(join(root, file), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [, path] of links) expect(existsSync(join(root, file, "..", path)), path).toBe(true);
  },
);
