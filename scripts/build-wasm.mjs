/**
 * Compiles every target of the configurations below, side by side; those whose sources are as
 * they were when they were compiled last are left as they are, since the compiler takes half a minute for them.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** What trains, the same with `train --trace`, what `wasmlp profile` measures with, what exported models carry. */
const MODULES = [
  { entry: "assembly/index.ts", config: "asconfig.json" },
  { entry: "assembly/index.ts", config: "asconfig.trace.json" },
  { entry: "assembly/profile/index.ts", config: "asconfig.profile.json" },
  { entry: "assembly/predict/index.ts", config: "asconfig.predict.json" },
];

const root = join(import.meta.dirname, "..");
const manifest = createRequire(import.meta.url).resolve("assemblyscript/package.json");
const asc = join(dirname(manifest), "bin/asc.js");
/** What was compiled last from what: hashes by target's file. */
const record = join(root, "node_modules/.cache/wasmlp/wasm.json");

/** Of the compiler, the sources and a configuration. @param {string} config */
function hashOfSources(config) {
  const sources = readdirSync(join(root, "assembly"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const path of [manifest, join(root, config), ...sources]) {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/** @param {string} file */
function hashOf(file) {
  return existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : "";
}

/**
 * What the compiler says when one more round of its optimiser made a module longer, by some bytes, and it stops there.
 * Nothing is to be done about it, and nobody who builds need wonder.
 */
const NOISE = "Last converge was suboptimal.";

/** Resolves with the compiler's exit code. @param {string[]} options */
function compile(...options) {
  return new Promise((resolve) => {
    const stdio = /** @type {const} */ (["ignore", "inherit", "pipe"]);
    const compiler = spawn(process.execPath, [asc, ...options], { cwd: root, stdio });
    createInterface({ input: compiler.stderr }).on("line", (line) => {
      if (line !== NOISE) console.error(line);
    });
    compiler.on("close", resolve);
  });
}

const before = existsSync(record) ? JSON.parse(readFileSync(record, "utf8")) : {};
/** @type {Record<string, { sources: string, built: string }>} */
const after = {};
const codes = await Promise.all(
  MODULES.flatMap(({ entry, config }) => {
    const sources = hashOfSources(config);
    const { targets } = JSON.parse(readFileSync(join(root, config), "utf8"));
    return Object.entries(targets).map(async ([target, { outFile, textFile }]) => {
      const path = join(root, outFile);
      const last = before[outFile];
      let code = 0;
      if (
        last?.sources === sources &&
        last.built === hashOf(path) &&
        existsSync(join(root, textFile))
      ) {
        const now = new Date();
        utimesSync(path, now, now);
      } else {
        code = await compile(entry, "--config", config, "--target", target);
      }
      if (code === 0) after[outFile] = { sources, built: hashOf(path) };
      return code;
    });
  }),
);
mkdirSync(dirname(record), { recursive: true });
writeFileSync(record, JSON.stringify(after));
process.exitCode = Math.max(...codes);
