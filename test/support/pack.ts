/** The package as `npm pack` makes it of what is built. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

function npmPack(...options: string[]): string {
  const command = ["pack", "--ignore-scripts", "--silent", ...options];
  return execFileSync("npm", command, { cwd: root, encoding: "utf8" });
}

/** Packs into a folder. @returns the tarball's path */
export function pack(folder: string): string {
  return join(folder, npmPack("--pack-destination", folder).trim());
}

/** The paths in the package, relative to its root. */
export function packedPaths(): string[] {
  const [packed] = JSON.parse(npmPack("--dry-run", "--json")) as { files: { path: string }[] }[];
  return packed?.files.map(({ path }) => path) ?? [];
}
