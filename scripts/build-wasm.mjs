/** Compiles every target of asconfig.json and asconfig.profile.json, side by side. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What trains, and what `wasmlp profile` measures with. */
const MODULES = [
  { entry: "assembly/index.ts", config: "asconfig.json" },
  { entry: "assembly/profile/index.ts", config: "asconfig.profile.json" },
];

const root = join(import.meta.dirname, "..");
const compiler = createRequire(import.meta.url).resolve("assemblyscript/package.json");
const asc = join(dirname(compiler), "bin/asc.js");

/** Resolves with the compiler's exit code. @param {string[]} options */
function compile(...options) {
  return new Promise((resolve) => {
    spawn(process.execPath, [asc, ...options], { cwd: root, stdio: "inherit" }).on(
      "close",
      resolve,
    );
  });
}

const codes = await Promise.all(
  MODULES.flatMap(({ entry, config }) => {
    const { targets } = JSON.parse(readFileSync(join(root, config), "utf8"));
    return Object.keys(targets).map((target) =>
      compile(entry, "--config", config, "--target", target),
    );
  }),
);
process.exitCode = Math.max(...codes);
