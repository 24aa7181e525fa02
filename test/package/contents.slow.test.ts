/** What `npm pack` makes: it holds what runs and nothing else, and its entry points resolve. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { followEntryPoints } from "../../scripts/reachable.mjs";
import { linksOf } from "../support/documented.js";
import { pack, packedPaths } from "../support/pack.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");

test("the package holds what runs, its types and its documentation, and nothing else", () => {
  const paths = packedPaths();
  const expected =
    /^(abi\/wasmlp\.(h|json)|build\/.*(\.js|\.d\.ts|\.wasm)|docs\/([a-z]+\.(md|svg)|diagnoses\/(README|[a-z-]+)\.md)|recipes\/.*\.yaml|LICENSE|CHANGELOG\.md|README\.md|package\.json)$/;
  expect(paths.filter((path) => !expected.test(path))).toEqual([]);
  expect(paths).toContain("build/browser/wasmlp.js");
  expect(paths).toContain("build/browser/worker.js");
});

test("the entry points reach every file of the build that is packed, and find every file that they name", () => {
  const packed = packedPaths().filter((path) => path.startsWith("build/"));
  const { reached, missing } = followEntryPoints();
  expect(missing).toEqual([]);
  expect(packed.sort()).toEqual([...reached].sort());
  // Of each kind there is something, or nothing would have been followed.
  for (const path of [
    "build/browser/worker.js",
    "build/bundled/cli.js",
    "build/engine/worker.js",
    "build/index.d.ts",
    "build/trace/worker.js",
    "build/wasmlp.threads.relaxed.wasm",
  ]) {
    expect(reached).toContain(path);
  }
});

test("what the README and other pages of the package link to is in it", () => {
  const packed = packedPaths();
  const pages = packed.filter((path) => path.endsWith(".md"));
  const links = pages.flatMap((page) =>
    linksOf(readFileSync(join(root, page), "utf8"))
      .filter(({ path }) => path !== "")
      .map(({ path }) => join(dirname(page), path)),
  );
  expect(links).toContain("docs/embedding.md");
  expect(links.filter((path) => !packed.includes(path))).toEqual([]);
});

test("the copy of commander has its licence with it", () => {
  const [copy] = packedPaths().filter((path) => path.startsWith("build/bundled/commander-"));
  const licence = readFileSync(join(root, "node_modules/commander/LICENSE"), "utf8");
  expect(readFileSync(join(root, copy), "utf8")).toContain(licence);
});

test("no file names a source map, since none is packed", () => {
  for (const path of packedPaths().filter((path) => /\.(js|d\.ts)$/.test(path))) {
    expect(readFileSync(join(root, path), "utf8"), path).not.toContain("sourceMappingURL");
  }
});

test("installing the package runs no script of it", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // Of these npm warns, even where it does not run them.
  expect(scripts).not.toHaveProperty("prepare");
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
});

test("publint has nothing to say", async () => {
  const { messages } = await publint({ pkgDir: root, pack: false });
  expect(messages).toEqual([]);
});

test("are the types wrong? They are not", async () => {
  const directory = await temporaryDirectory();
  const tarball = pack(directory);
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  // Modules and descriptions for hosts of their own are read, not imported.
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const files = Object.keys(exports).filter((name) => /\.(wasm|h|json)$/.test(name));
  const run = [attw, tarball, "--profile", "esm-only", "--exclude-entrypoints", ...files];
  const { status, stdout } = spawnSync(process.execPath, run, { encoding: "utf8" });
  expect(status, stdout).toBe(0);
});

test("a page that makes, trains and asks a model loads at most 39.9 KB, JavaScript and WASM in gzip", async () => {
  const directory = await temporaryDirectory();
  const entry = join(root, "build/index.js");
  const bundle = await rolldown({
    input: "page",
    platform: "browser",
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "page" ? id : null),
        load: (id) =>
          id === "page"
            ? `export { createDataset, Mlp, perceptron } from ${JSON.stringify(entry)}`
            : null,
      },
    ],
  });
  const { output } = await bundle.write({ dir: directory, minify: true });
  // What is imported dynamically is for Node, or for pages that keep checkpoints.
  const loaded = output.filter((part) => part.type === "asset" || !part.isDynamicEntry);
  const parts = [
    ...loaded.map((part) => (part.type === "chunk" ? part.code : part.source)),
    readFileSync(join(root, "build/browser/worker.js")),
    readFileSync(join(root, "build/wasmlp.threads.wasm")),
  ];
  const bytes = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
  console.log(`${(bytes / 1024).toFixed(1)} KB`);
  expect(bytes).toBeLessThanOrEqual(39.9 * 1024);
});
