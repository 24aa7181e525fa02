/**
 * The package as `npm pack` makes it, in real browsers: bundled by Vite, by webpack, and on a plain page,
 * none of them configured. It trains to the same bits as Node, and the page stays responsive.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { build as buildWithVite } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import webpack from "webpack";
import { askPage, CHROMIUM, FIREFOX } from "../support/browserPage.js";

const root = join(import.meta.dirname, "../..");
const app = mkdtempSync(join(tmpdir(), "wasmlp-app-"));
const installed = join(app, "node_modules/wasmlp");

/** SHA-256 of the model that Node trains. */
let expected: string;

beforeAll(async () => {
  install();
  for (const file of ["page.js", "train.js"]) {
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
    const imports = { wasmlp: "/node_modules/wasmlp/build/browser/wasmlp.js" };
    const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
    writeFileSync(join(folder, "index.html"), html("/page.js", map));
    return folder;
  },
};

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
