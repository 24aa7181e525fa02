/** Builds before the tests when a source is newer than what was built from it. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export default function buildWhenStale(): void {
  const root = join(import.meta.dirname, "../..");
  const sources = ["assembly", "src", "asconfig.json", "tsconfig.json", "tsconfig.build.json"];
  const built = ["wasmlp.wasm", "cli/main.js", "browser/wasmlp.js", "bundled/cli.js"].map((file) =>
    join(root, "build", file),
  );
  const newestSource = Math.max(...sources.map((source) => newestChange(join(root, source))));
  const oldestBuilt = Math.min(
    ...built.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)),
  );
  if (newestSource <= oldestBuilt) return;
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the build failed, so the tests have nothing to test");
}

function newestChange(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((entry) => newestChange(join(path, entry))));
}
