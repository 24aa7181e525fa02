/** Chromium without a window, on a page that a server of this process delivers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { askPage, folderSite } from "../../build/node/engines/browserPage.js";
import { browserBinary } from "../../build/node/engines/find.js";

const PAGE = `<!doctype html><meta charset="utf-8"><script type="module">
  const post = (answer) => {
    const body = JSON.stringify({ ...answer, agent: navigator.userAgent });
    return fetch("/answer", { method: "POST", body });
  };
  addEventListener("error", ({ message }) => post({ failed: message ?? "a script did not load" }));
  try {
    const { fingerprints } = await import("/scripts/engine-matrix/fingerprint.mjs");
    await post({ results: await fingerprints() });
  } catch (error) {
    await post({ failed: String(error) });
  }
</script>`;

/**
 * Runs the fingerprints on a page that is cross-origin isolated and on one that is not.
 *
 * @returns {Promise<import("../engine-matrix.mjs").Outcome[]>}
 */
export async function runOnChromium() {
  const binary = browserBinary("chromium");
  if (binary === undefined) return [{ engine: "Chromium", skipped: "it is not installed" }];
  return [await runPage(binary, "isolated page", true), await runPage(binary, "other page", false)];
}

/** @param {string} binary @param {string} name @param {boolean} isolated */
async function runPage(binary, name, isolated) {
  try {
    const answer = await askPage({ name: "Chromium", binary }, site, { isolated });
    const { agent, ...outcome } = answer;
    const version = /Chrome\/(\d+)/.exec(agent ?? "")?.[1] ?? "";
    return { engine: `Chromium ${version} (${name})`, ...outcome };
  } catch (error) {
    return { engine: `Chromium (${name})`, failed: error.message };
  }
}

const LOADER = '"@assemblyscript/loader"';
const LOADER_PATH = "/loader.js";
const loader = readFileSync(fileURLToPath(import.meta.resolve("@assemblyscript/loader")));
const project = folderSite(join(import.meta.dirname, "../.."));

/**
 * The files of the project. Packages are imported by name, which browsers do not understand: as bundlers do,
 * the names are replaced by addresses.
 *
 * @param {string} path
 */
function site(path) {
  if (path === "/") return { type: "text/html", content: PAGE };
  if (path === LOADER_PATH) return { type: "text/javascript", content: loader };
  const file = project(path);
  if (file?.type !== "text/javascript") return file;
  const content = file.content.toString().replaceAll(LOADER, JSON.stringify(LOADER_PATH));
  return { type: file.type, content };
}
