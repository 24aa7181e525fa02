/** Chromium without a window, on a page that a server of this process delivers. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(import.meta.dirname, "../..");

const BINARIES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** What makes a page cross-origin isolated, so that it may share memory with workers. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** Milliseconds after which a page is not expected to answer any more. */
const PATIENCE = 120_000;

const PAGE = `<!doctype html><meta charset="utf-8"><script type="module">
  const post = (answer) => fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
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
  const binary = BINARIES.find((path) => existsSync(path));
  if (binary === undefined) return [{ engine: "Chromium", skipped: "it is not installed" }];
  return [
    await runPage(binary, "isolated page", ISOLATION),
    await runPage(binary, "other page", {}),
  ];
}

async function runPage(binary, name, headers) {
  const profile = mkdtempSync(join(tmpdir(), "engine-matrix-"));
  let browser;
  const server = createServer();
  try {
    const { agent, ...answer } = await new Promise((resolve) => {
      const fail = (failed) => resolve({ failed });
      server.on("request", (request, response) => {
        respond(request, response, headers, resolve);
      });
      server.listen(0, "127.0.0.1", () => {
        browser = spawn(binary, flags(profile, server.address().port), { stdio: "ignore" });
        browser.on("error", (error) => fail(String(error)));
        browser.on("exit", (code) => fail(`it ended with code ${code}`));
      });
      setTimeout(() => fail(`no answer after ${PATIENCE / 1000} s`), PATIENCE).unref();
    });
    const version = /Chrome\/(\d+)/.exec(agent ?? "")?.[1] ?? "";
    return { engine: `Chromium ${version} (${name})`, ...answer };
  } finally {
    server.close();
    server.closeAllConnections();
    await end(browser);
    // The browser's own children may still be writing; what they leave is removed once more.
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

function flags(profile, port) {
  return [
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    `--user-data-dir=${profile}`,
    // As root it does not start otherwise; it sees no other page than this one.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    `http://127.0.0.1:${port}/`,
  ];
}

/** Resolves when the browser has ended, which it is made to. */
function end(browser) {
  if (!browser || browser.exitCode !== null || browser.signalCode !== null) return undefined;
  return new Promise((resolve) => {
    browser.on("exit", resolve);
    browser.kill();
  });
}

function respond(request, response, headers, answer) {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (request.method === "POST") {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      response.end();
      answer({ ...JSON.parse(body), agent: request.headers["user-agent"] });
    });
  } else if (pathname === "/") {
    response.writeHead(200, { ...headers, "Content-Type": "text/html" }).end(PAGE);
  } else {
    sendFile(pathname === LOADER_PATH ? loader : join(root, pathname), response, headers);
  }
}

/**
 * Sends a file of the project. Packages are imported by name, which browsers do not understand:
 * as bundlers do, the names are replaced by addresses.
 */
function sendFile(path, response, headers) {
  if (!existsSync(path) || extname(path) === "") {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  const content = readFileSync(path);
  response.writeHead(200, { ...headers, "Content-Type": type });
  response.end(
    type === TYPES[".js"]
      ? content.toString().replaceAll(LOADER, JSON.stringify(LOADER_PATH))
      : content,
  );
}

const LOADER = '"@assemblyscript/loader"';
const LOADER_PATH = "/loader.js";
const loader = fileURLToPath(import.meta.resolve("@assemblyscript/loader"));
