/** What `npm pack` makes: it holds what runs and nothing else, and its entry points resolve. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { pack, packedPaths } from "../support/pack.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");

test("the package holds what runs and its types, and nothing else", () => {
  const paths = packedPaths();
  const expected =
    /^(abi\/wasmlp\.(h|json)|build\/.*(\.js|\.d\.ts|\.wasm)|recipes\/.*\.yaml|LICENSE|README\.md|package\.json)$/;
  expect(paths.filter((path) => !expected.test(path))).toEqual([]);
  expect(paths).toContain("build/browser/wasmlp.js");
  expect(paths).toContain("build/browser/worker.js");
});

/** What the entry points of package.json reach, and what they name and the package has not. */
function follow(packed: ReadonlySet<string>): { reached: Set<string>; missing: string[] } {
  const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = JSON.stringify([exports, bin]).matchAll(/"(?:\.\/)?(build\/[^"]*)"/g);
  const reached = new Set<string>();
  const missing: string[] = [];
  const pending = [...named].map(([, path = ""]) => ({ path, from: "package.json" }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, from } = next;
    if (reached.has(path)) continue;
    if (!packed.has(path)) {
      missing.push(`${path}, named in ${from}`);
      continue;
    }
    reached.add(path);
    const types = path.endsWith(".d.ts");
    if (!types && !path.endsWith(".js")) continue;
    const text = readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const specifiers = types
      ? text.matchAll(/(?:from |import\()"(\.[^"]*\.js)"/g)
      : text.matchAll(
          /(?:\bfrom\s*|\bimport\s*\(?\s*|\bURL\(\s*)["'`](\.[^"'`\s]*\.(?:js|wasm))["'`]/g,
        );
    for (const [, specifier = ""] of specifiers) {
      // In the text that `export --out model.js` puts at the head of its file.
      if (specifier === "./model.js") continue;
      const target = posix.join(posix.dirname(path), specifier);
      pending.push({ path: types ? target.replace(/\.js$/, ".d.ts") : target, from: path });
    }
  }
  return { reached, missing };
}

test("the entry points reach every file that they name, and all WASM and nearly all code", () => {
  const packed = new Set(packedPaths());
  const { reached, missing } = follow(packed);
  expect(missing).toEqual([]);
  const unreached = [...packed].filter((path) => /\.(js|wasm)$/.test(path) && !reached.has(path));
  expect(unreached.filter((path) => path.endsWith(".wasm"))).toEqual([]);
  // A few modules of the library's folders serve the bundled entry points alone.
  const bytes = unreached.reduce((sum, path) => sum + statSync(join(root, path)).size, 0);
  expect(bytes, unreached.join("\n")).toBeLessThanOrEqual(40 * 1024);
});

test("publint has nothing to say", async () => {
  const { messages } = await publint({ pkgDir: root, pack: false });
  expect(messages).toEqual([]);
});

test("are the types wrong? They are not", async () => {
  const directory = await temporaryDirectory();
  const tarball = pack(directory);
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const run = [attw, tarball, "--profile", "esm-only"];
  const { status, stdout } = spawnSync(process.execPath, run, { encoding: "utf8" });
  expect(status, stdout).toBe(0);
});

test("a page that makes, trains and asks a model loads at most 39 KB, JavaScript and WASM in gzip", async () => {
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
  // What is imported dynamically is for Node.
  const loaded = output.filter((part) => part.type === "asset" || !part.isDynamicEntry);
  const parts = [
    ...loaded.map((part) => (part.type === "chunk" ? part.code : part.source)),
    readFileSync(join(root, "build/browser/worker.js")),
    readFileSync(join(root, "build/wasmlp.threads.wasm")),
  ];
  const bytes = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
  console.log(`${(bytes / 1024).toFixed(1)} KB`);
  expect(bytes).toBeLessThanOrEqual(39 * 1024);
});
