/** A real browser without a window, on a page of a folder that a server of this process delivers. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

export interface Browser {
  readonly name: "Chromium" | "Firefox";
  /** `undefined` where it is not installed. */
  readonly binary: string | undefined;
}

export const CHROMIUM: Browser = {
  name: "Chromium",
  binary: ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync),
};
export const FIREFOX: Browser = {
  name: "Firefox",
  binary: ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync),
};

/** What makes a page cross-origin isolated, so that it may share memory with workers. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Milliseconds after which a page is not expected to answer any more. */
const PATIENCE = 120_000;

/**
 * Opens `index.html` of `folder` and resolves to the JSON that the page posts to `/answer`.
 *
 * @throws Error when the browser ends before, or says nothing for two minutes.
 */
export async function askPage(
  { name, binary }: Browser,
  folder: string,
  { isolated }: { isolated: boolean },
): Promise<unknown> {
  if (binary === undefined) throw new Error(`${name} is not installed`);
  const profile = mkdtempSync(join(tmpdir(), "wasmlp-browser-"));
  const server = createServer();
  let browser: ChildProcess | undefined;
  try {
    return await new Promise((resolve, reject) => {
      server.on("request", (request, response) => {
        if (request.method === "POST") void receive(request, response).then(resolve);
        else send(folder, request, response, isolated ? ISOLATION : {});
      });
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo;
        const page = `http://127.0.0.1:${port}/`;
        browser = spawn(binary, flags(name, profile, page), {
          stdio: "ignore",
          env: { ...process.env, HOME: profile },
        });
        browser.on("error", reject);
        browser.on("exit", (code) => reject(new Error(`${name} ended with code ${code}`)));
      });
      const late = () => reject(new Error(`${name} has not answered in ${PATIENCE / 1000} s`));
      setTimeout(late, PATIENCE).unref();
    });
  } finally {
    server.close();
    server.closeAllConnections();
    await end(browser);
    // The browser's own children may still be writing; what they leave is removed once more.
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

function flags(name: Browser["name"], profile: string, page: string): string[] {
  if (name === "Firefox") return ["--headless", "--no-remote", "--profile", profile, page];
  return [
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    `--user-data-dir=${profile}`,
    // As root it does not start otherwise; it sees no other page than this one.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    page,
  ];
}

/** Resolves when the browser has ended, which it is made to. */
async function end(browser: ChildProcess | undefined): Promise<void> {
  if (!browser || browser.exitCode !== null || browser.signalCode !== null) return;
  await new Promise((resolve) => {
    browser.on("exit", resolve);
    browser.kill();
  });
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  response.end();
  return JSON.parse(Buffer.concat(parts).toString());
}

function send(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
): void {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const path = join(folder, pathname === "/" ? "index.html" : pathname);
  if (!existsSync(path) || !statSync(path).isFile()) {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  response.writeHead(200, { ...headers, "Content-Type": type }).end(readFileSync(path));
}
