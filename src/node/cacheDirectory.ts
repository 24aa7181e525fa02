/** Where downloads are kept: the folder that the system has for a user's caches. */
import { homedir } from "node:os";
import { posix, win32 } from "node:path";

/** What the answer depends on; by default, this host's. */
export interface Host {
  readonly platform?: NodeJS.Platform;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
}

/**
 * - Linux and others: `$XDG_CACHE_HOME/wasmlp` or `~/.cache/wasmlp` (XDG Base Directory
 *   Specification, which has relative paths ignored)
 * - macOS: `~/Library/Caches/wasmlp`
 * - Windows: `%LOCALAPPDATA%\wasmlp`
 *
 * The folder need not exist.
 */
export function defaultCacheDirectory(host: Host = {}): string {
  const { platform = process.platform, environment = process.env, home = homedir() } = host;
  if (platform === "win32") {
    return win32.join(environment.LOCALAPPDATA || win32.join(home, "AppData", "Local"), "wasmlp");
  }
  if (platform === "darwin") return posix.join(home, "Library", "Caches", "wasmlp");
  const configured = environment.XDG_CACHE_HOME ?? "";
  return posix.join(
    posix.isAbsolute(configured) ? configured : posix.join(home, ".cache"),
    "wasmlp",
  );
}
