/** The package as `npm pack` makes it under `vite dev`, of Vite 8 and of 7, which moves what it bundles before. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { createServer } from "vite";
import { createServer as createServer7 } from "vite7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browserPage.js";
import { pack } from "../support/pack.js";

const root = join(import.meta.dirname, "../..");
const app = mkdtempSync(join(tmpdir(), "wasmlp-dev-"));
const PAGE = `import { digits, Mlp, perceptron } from "wasmlp";
try {
  const model = await Mlp.create({ architecture: perceptron(784, [16], 10, "tanh"), seed: 1, threads: 2 });
  await model.fit(digits({ samples: 500, seed: 1 }), { epochs: 1, seed: 1 });
  document.title = "trained";
} catch (error) {
  document.title = String(error);
}`;

beforeAll(() => {
  const modules = join(app, "node_modules");
  mkdirSync(join(modules, "wasmlp"), { recursive: true });
  const where = ["-C", join(modules, "wasmlp"), "--strip-components", "1"];
  execFileSync("tar", ["-xzf", pack(app), ...where]);
  const loader = "@assemblyscript/loader";
  cpSync(join(root, "node_modules", loader), join(modules, loader), { recursive: true });
  writeFileSync(join(app, "package.json"), '{ "type": "module" }');
  writeFileSync(join(app, "page.js"), PAGE);
  writeFileSync(
    join(app, "index.html"),
    '<!doctype html><script type="module" src="/page.js"></script>',
  );
});
afterAll(() => rmSync(app, { recursive: true, force: true }));

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** @param exclude what is left where it is */
function configure(exclude: string[]) {
  return {
    root: app,
    configFile: false,
    logLevel: "silent",
    cacheDir: mkdtempSync(join(app, "cache-")),
    optimizeDeps: { exclude },
    server: { host: "127.0.0.1", headers: ISOLATION },
  } as const;
}

describe.skipIf(CHROMIUM.binary === undefined)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM.binary ?? "",
      args: ["--no-sandbox"],
    });
  });
  afterAll(() => browser?.close());

  /** Starts the server and resolves to the title that the page gives itself. */
  async function visit(starting: ReturnType<typeof createServer | typeof createServer7>) {
    const server = await starting;
    try {
      await server.listen();
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls?.local[0] ?? "");
      await page.waitForFunction(() => document.title !== "");
      return await page.title();
    } finally {
      await server.close();
    }
  }

  test("Vite 8 needs nothing", async () => {
    expect(await visit(createServer(configure([])))).toBe("trained");
  });

  test("Vite 7 leaves the package where it is when told so, and the error says that", async () => {
    expect(await visit(createServer7(configure(["wasmlp"])))).toBe("trained");
    expect(await visit(createServer7(configure([])))).toMatch(
      /^EngineError: http:.*\.wasm: found a page of HTML, expected .*locateFiles says; in Vite: optimizeDeps: \{ exclude: \["wasmlp"\] \}$/,
    );
  });
});
