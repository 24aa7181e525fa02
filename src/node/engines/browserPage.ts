/** A browser without a window, on a page that a server of this process delivers. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, sep } from "node:path";
import { EngineError } from "../../errors.js";

export interface Browser {
  readonly name: "Chromium" | "Firefox";
  readonly binary: string;
}

export interface PageFile {
  /** As in the header `Content-Type`. */
  readonly type: string;
  readonly content: string | Uint8Array;
}

/** What stands at a path such as "/" or "/page.js"; undefined where nothing does. */
export type Site = (path: string) => PageFile | undefined;

export interface PageOptions {
  /** Whether the page is cross-origin isolated, so that it may share memory with workers. */
  readonly isolated: boolean;
  /** Milliseconds without a word after which a page is not expected to answer any more; default: two minutes. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
  /** Called with each JSON that the page posts to `/progress`. */
  readonly onProgress?: (message: unknown) => void;
}

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const PATIENCE = 120_000;
/** Milliseconds that a browser has to end by itself. */
const GRACE = 3000;

/**
 * Opens the page at "/" and resolves to the JSON that it posts to `/answer`. The browser has a profile
 * folder of its own, and both are gone when the promise is settled.
 *
 * @throws EngineError when the browser does not start, ends before, or is silent for too long.
 * @throws whatever the signal is aborted with.
 */
export async function askPage(
  { name, binary }: Browser,
  site: Site,
  { isolated, patience = PATIENCE, signal, onProgress }: PageOptions,
): Promise<unknown> {
  signal?.throwIfAborted();
  const profile = mkdtempSync(join(tmpdir(), "wasmlp-browser-"));
  const server = createServer();
  let browser: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  // Where this process is made to exit at once, nobody waits for promises.
  const abandon = () => {
    browser?.kill("SIGKILL");
    rmSync(profile, { recursive: true, force: true });
  };
  process.once("exit", abandon);
  let stop = () => {};
  try {
    return await new Promise((resolve, reject) => {
      const fail = (found: string) =>
        reject(new EngineError("unsupported-host", `${name} ${found}, expected it to open a page`));
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(fail, patience, `was silent for ${patience / 1000} s`);
      };
      stop = () => reject(signal?.reason);
      signal?.addEventListener("abort", stop);
      server.on("request", (request, response) => {
        if (request.method !== "POST") return send(site, request, response, isolated);
        receive(request, response).then(
          (message) => {
            wait();
            if (request.url === "/answer") resolve(message);
            else onProgress?.(message);
          },
          () => fail("posted something else than JSON"),
        );
      });
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo;
        browser = spawn(binary, argumentsOf(name, profile, `http://127.0.0.1:${port}/`), {
          stdio: "ignore",
          // Whatever it puts aside is removed with the profile.
          env: { ...process.env, HOME: profile, TMPDIR: profile },
        });
        browser.on("error", ({ message }) => fail(`did not start (${message})`));
        browser.on("exit", (code, killer) => fail(`ended with ${killer ?? `code ${code}`}`));
        wait();
      });
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    server.close();
    server.closeAllConnections();
    await end(browser);
    // The browser's own children may still be writing; what they leave is removed once more.
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    process.off("exit", abandon);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
};

/** The files of a folder, and of those below it. */
export function folderSite(folder: string): Site {
  return (path) => {
    const file = join(folder, path === "/" ? "index.html" : path);
    if (!file.startsWith(folder + sep)) return undefined;
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
    const type = TYPES[extname(file).slice(1)] ?? "application/octet-stream";
    return { type, content: readFileSync(file) };
  };
}

function argumentsOf(name: Browser["name"], profile: string, page: string): string[] {
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
  if (!browser?.pid || browser.exitCode !== null || browser.signalCode !== null) return;
  await new Promise((resolve) => {
    browser.on("exit", resolve);
    browser.kill();
    setTimeout(() => browser.kill("SIGKILL"), GRACE).unref();
  });
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  response.end();
  return JSON.parse(Buffer.concat(parts).toString());
}

function send(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  isolated: boolean,
): void {
  const file = site(new URL(request.url ?? "/", "http://localhost").pathname);
  if (!file) response.writeHead(404).end();
  else {
    const headers = isolated ? ISOLATION : {};
    response.writeHead(200, { ...headers, "Content-Type": file.type }).end(file.content);
  }
}
