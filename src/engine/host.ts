/** What the module runs on, by name. */

/** "Node 24.1.0, V8 13.6.233.10", "Bun 1.4.5", "Chromium 130" and the like. */
export function nameHost(): string {
  // Deno and Bun claim to be a Node too.
  const versions: Record<string, string | undefined> | undefined =
    typeof process === "undefined" ? undefined : process.versions;
  if (versions?.bun) return `Bun ${versions.bun}`;
  const v8 = `V8 ${versions?.v8?.replace(/-.*/, "")}`;
  if (versions?.deno) return `Deno ${versions.deno}, ${v8}`;
  if (versions?.node) return `Node ${versions.node}, ${v8}`;
  return nameBrowser(navigator.userAgent);
}

/** What all browsers still say; what is neither of the two says it in its own words. */
function nameBrowser(userAgent: string): string {
  const [, name, version] = /(Chrome|Firefox)\/(\d+)/.exec(userAgent) ?? [];
  if (version === undefined) return userAgent;
  return `${name === "Chrome" ? "Chromium" : name} ${version}`;
}
