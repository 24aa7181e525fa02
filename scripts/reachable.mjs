/**
 * Which of the files in `build/` the package's entry points reach: imports and exports of code and of types, and the
 * workers and WebAssembly modules of literal `new URL("…", import.meta.url)`.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

const root = join(import.meta.dirname, "..");

/** In the text that `export --out model.js` puts at the head of its file. */
const EXAMPLES = new Set(["./model.js"]);

/**
 * @returns {{ reached: Set<string>; missing: string[] }} paths from the project's root, and what is named and not there
 */
export function followEntryPoints() {
  const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = JSON.stringify([exports, bin]).matchAll(/"(?:\.\/)?(build\/[^"]*)"/g);
  /** @type {Set<string>} */
  const reached = new Set();
  /** @type {string[]} */
  const missing = [];
  const pending = [...named].map(([, path = ""]) => ({ path, from: "package.json" }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, from } = next;
    if (reached.has(path)) continue;
    if (!existsSync(join(root, path))) {
      missing.push(`${path}, named in ${from}`);
      continue;
    }
    reached.add(path);
    for (const specifier of specifiersOf(path)) {
      pending.push({ path: posix.join(posix.dirname(path), specifier), from: path });
    }
  }
  return { reached, missing };
}

/** @param {string} path @returns {string[]} */
function specifiersOf(path) {
  const types = path.endsWith(".d.ts");
  if (!types && !path.endsWith(".js")) return [];
  const text = readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const pattern = types
    ? /(?:from |import\()"(\.[^"]*\.js)"/g
    : /(?:\bfrom\s*|\bimport\s*\(?\s*|\bURL\(\s*)["'`](\.[^"'`\s]*\.(?:js|wasm))["'`]/g;
  return Array.from(text.matchAll(pattern), ([, specifier = ""]) => specifier)
    .filter((specifier) => !EXAMPLES.has(specifier))
    .map((specifier) => (types ? specifier.replace(/\.js$/, ".d.ts") : specifier));
}
