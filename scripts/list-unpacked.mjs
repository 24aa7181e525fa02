/**
 * Writes `build/.npmignore`, which keeps out of the package what no entry point reaches: modules that exist only to be
 * bundled, types that no signature names, what the compiler says beside.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { followEntryPoints } from "./reachable.mjs";

const build = join(import.meta.dirname, "../build");
const { reached, missing } = followEntryPoints();
if (missing.length > 0) throw new Error(`the build lacks ${missing.join("; ")}`);

const unreached = readdirSync(build, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(build, join(entry.parentPath, entry.name)).split(sep).join("/"))
  .filter((path) => !reached.has(`build/${path}`));
writeFileSync(join(build, ".npmignore"), `${unreached.map((path) => `/${path}`).join("\n")}\n`);
