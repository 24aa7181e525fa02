/** Compiles every target of asconfig.json, side by side. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const { targets } = JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8"));
const compiler = createRequire(import.meta.url).resolve("assemblyscript/package.json");
const asc = join(dirname(compiler), "bin/asc.js");

/** Resolves with the compiler's exit code. @param {string} target */
function compile(target) {
  const args = [asc, "assembly/index.ts", "--target", target];
  return new Promise((resolve) => {
    spawn(process.execPath, args, { cwd: root, stdio: "inherit" }).on("close", resolve);
  });
}

const codes = await Promise.all(Object.keys(targets).map(compile));
process.exitCode = Math.max(...codes);
