/**
 * The package as `npm pack` makes it, in real browsers: bundled by two Vites, by webpack, and on a plain page,
 * none of them configured. It trains to the same bits as Node, and the page stays responsive.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { build as buildWithVite } from "vite";
import { build as buildWithVite7 } from "vite7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import webpack from "webpack";
import { askPage, CHROMIUM, FIREFOX } from "../support/browserPage.js";

const root = join(import.meta.dirname, "../..");
const app = mkdtempSync(join(tmpdir(), "wasmlp-app-"));
const installed = join(app, "node_modules/wasmlp");

/** What a page may fetch, when its host has or has not threads and relaxed SIMD. */
const MODULES = ["wasmlp", "wasmlp.relaxed", "wasmlp.threads", "wasmlp.threads.relaxed"].map(
  (name) => `${name}.wasm`,
);

/** SHA-256 of the model that Node trains. */
let expected: string;

beforeAll(async () => {
  install();
  for (const file of ["page.js", "located.js", "train.js"]) {
    cpSync(join(import.meta.dirname, file), join(app, file));
  }
  writeFileSync(join(app, "package.json"), '{ "type": "module" }');
  writeFileSync(join(app, "index.html"), html("/page.js"));
  const script = 'import { result } from "./train.js"; console.log(result.sha256)';
  const run = ["--input-type=module", "--eval", script];
  expected = execFileSync(process.execPath, run, { cwd: app, encoding: "utf8" }).trim();
});
afterAll(() => rmSync(app, { recursive: true, force: true }));

/** Puts into the application's `node_modules` what `npm install` would. */
function install(): void {
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", app];
  const name = execFileSync("npm", pack, { cwd: root, encoding: "utf8" }).trim();
  mkdirSync(installed, { recursive: true });
  const strip = ["--strip-components", "1"];
  execFileSync("tar", ["-xzf", join(app, name), "-C", installed, ...strip]);
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const dependency of Object.keys(dependencies)) {
    const from = join(root, "node_modules", dependency);
    cpSync(from, join(app, "node_modules", dependency), { recursive: true });
  }
}

/** @param script its address */
function html(script: string, head = ""): string {
  return `<!doctype html><meta charset="utf-8">${head}<script type="module" src="${script}"></script>`;
}

const BUILDS = {
  Vite: async () => {
    await buildWithVite({ root: app, configFile: false, logLevel: "warn" });
    return join(app, "dist");
  },
  webpack: async () => {
    const folder = join(app, "packed");
    await runWebpack({
      context: app,
      entry: "./page.js",
      mode: "production",
      output: { path: folder },
    });
    writeFileSync(join(folder, "index.html"), html("/main.js"));
    return folder;
  },
  "a plain page": async () => {
    const folder = join(app, "plain");
    for (const file of ["page.js", "train.js", "node_modules/wasmlp"]) {
      cpSync(join(app, file), join(folder, file), { recursive: true });
    }
    const library = "/node_modules/wasmlp/build/browser/wasmlp.js";
    writeFileSync(join(folder, "index.html"), html("/page.js", importMap(library)));
    return folder;
  },
  "a plain page whose modules and worker lie elsewhere": async () => buildLocated("/static/"),
};

/** Before 8 Vite bundles with rollup, and makes scripts without imports of workers. */
async function buildBefore8(): Promise<string> {
  const folder = join(app, "dist7");
  await buildWithVite7({
    root: app,
    configFile: false,
    logLevel: "warn",
    build: { outDir: folder },
  });
  return folder;
}

function importMap(wasmlp: string): string {
  return `<script type="importmap">${JSON.stringify({ imports: { wasmlp } })}</script>`;
}

/**
 * The library in a folder, alone; the modules and the worker in another, where `locateFiles` says that they are.
 *
 * @param modules the address of the folder that holds the modules
 */
function buildLocated(modules: string): string {
  const folder = mkdtempSync(join(app, "located-"));
  const built = join(installed, "build");
  for (const file of ["located.js", "page.js", "train.js"])
    cpSync(join(app, file), join(folder, file));
  cpSync(join(built, "browser/wasmlp.js"), join(folder, "library/wasmlp.js"));
  cpSync(join(built, "browser/worker.js"), join(folder, "static/worker.js"));
  if (modules === "/static/") {
    for (const file of MODULES) cpSync(join(built, file), join(folder, "static", file));
  }
  const where = `<meta name="modules" content="${modules}">`;
  const head = importMap("/library/wasmlp.js") + where;
  writeFileSync(join(folder, "index.html"), html("/located.js", head));
  return folder;
}

async function runWebpack(configuration: webpack.Configuration): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString("errors-only")));
      else resolve();
    });
  });
}

describe.each(Object.entries(BUILDS))("with %s", (_, build) => {
  let folder: string;
  beforeAll(async () => {
    folder = await build();
  });

  test.for([
    { browser: CHROMIUM, isolated: true },
    { browser: CHROMIUM, isolated: false },
    { browser: FIREFOX, isolated: true },
    { browser: FIREFOX, isolated: false },
  ])("$browser.name, cross-origin isolated: $isolated", async ({ browser, isolated }, { skip }) => {
    skip(browser.binary === undefined, `${browser.name} is not installed`);
    const answer = await askPage(browser, folder, { isolated });
    expect(answer).toMatchObject({ sha256: expected, isolated });
    const { threads, turns } = answer as { threads: number; turns: number };
    if (isolated) expect(threads).toBeGreaterThanOrEqual(Math.min(2, availableParallelism()));
    else expect(threads).toBe(1);
    // A page that is blocked has a turn or two between epochs.
    expect(turns).toBeGreaterThan(8);
  });
});

test.skipIf(CHROMIUM.binary === undefined)("with Vite 7, threads included", async () => {
  const answer = await askPage(CHROMIUM, await buildBefore8(), { isolated: true });
  expect(answer).toMatchObject({ sha256: expected, isolated: true });
  const { threads } = answer as { threads: number };
  expect(threads).toBeGreaterThanOrEqual(Math.min(2, availableParallelism()));
});

test("bundlers emit the worker of pages alone, and not the one of Node", async () => {
  const vites = [join(await BUILDS.Vite(), "assets"), join(await buildBefore8(), "assets")];
  for (const folder of vites) {
    expect(readdirSync(folder).filter((name) => name.startsWith("worker"))).toHaveLength(1);
  }
  for (const folder of [...vites, await BUILDS.webpack()]) {
    const scripts = readdirSync(folder).filter((name) => /\.m?js$/.test(name));
    for (const name of scripts) {
      // The one of Node imports its neighbours, which are not beside it any more; or it is put into another file.
      const text = readFileSync(join(folder, name), "utf8");
      expect(/from "\.\/features\.js"|data:text\/javascript/.test(text), name).toBe(false);
    }
  }
});

describe("with the modules on a server of another origin", () => {
  const asked: (string | undefined)[] = [];
  let server: Server;
  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      asked.push(url);
      const file = MODULES.find((name) => url === `/${name}`);
      response.setHeader("Access-Control-Allow-Origin", "*");
      if (file === undefined) response.writeHead(404).end();
      else response.end(readFileSync(join(installed, "build", file)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => server.close());

  test.for([CHROMIUM, FIREFOX])("$name", async (browser, { skip }) => {
    skip(browser.binary === undefined, `${browser.name} is not installed`);
    const { port } = server.address() as AddressInfo;
    const folder = buildLocated(`http://127.0.0.1:${port}/`);
    asked.length = 0;
    const answer = await askPage(browser, folder, { isolated: true });
    expect(answer).toMatchObject({ sha256: expected, isolated: true });
    // The one module that the page needs, once.
    expect(asked).toEqual(["/wasmlp.threads.wasm"]);
  });
});
