/** Programs for Node that a bundler has put into one file, with the package beside it or taken in. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { build as buildWithRolldown } from "rolldown";
import { build as buildWithVite } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import webpack from "webpack";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");
const app = mkdtempSync(join(tmpdir(), "wasmlp-server-"));

/** @param located whether the program says that the package's files lie beside it */
function program(located: boolean): string {
  const locate = "locateFiles((file) => new URL(file, import.meta.url));";
  return `import { digits, locateFiles, Mlp, perceptron } from "wasmlp";
    ${located ? locate : ""}
    const architecture = perceptron(784, [16], 10, "tanh");
    const run = async () => {
      const model = await Mlp.create({ architecture, seed: 1, threads: 2 });
      await model.fit(digits({ samples: 500, seed: 1 }), { epochs: 1, seed: 1 });
      return model.save().length;
    };
    run().then((bytes) => console.log(bytes > 1000), ({ code, message }) => console.log(code, message));`;
}

beforeAll(() => {
  writeFileSync(join(app, "package.json"), '{ "type": "module" }');
  mkdirSync(join(app, "node_modules/@assemblyscript"), { recursive: true });
  symlinkSync(root, join(app, "node_modules/wasmlp"));
  const loader = "node_modules/@assemblyscript/loader";
  symlinkSync(join(root, loader), join(app, loader));
  writeFileSync(join(app, "plain.js"), program(false));
  writeFileSync(join(app, "located.js"), program(true));
});
afterAll(() => rmSync(app, { recursive: true, force: true }));

/**
 * A server that is one folder: the bundle and what docs/embedding.md says to copy beside it, with no `node_modules`
 * above.
 *
 * @returns where the bundle is now
 */
async function deploy(bundle: string): Promise<string> {
  const folder = await temporaryDirectory();
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const build = join(root, "build");
  const modules = readdirSync(build).filter((name) => name.endsWith(".wasm"));
  for (const name of [...modules, "browser/worker.js"]) {
    copyFileSync(join(build, name), join(folder, basename(name)));
  }
  // With the chunks that the bundler has split off.
  cpSync(dirname(bundle), folder, { recursive: true });
  return join(folder, basename(bundle));
}

function run(file: string): string {
  const cwd = dirname(file);
  const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.trim();
}

/** What Vite takes in: as it does by itself; all packages; all but this one. */
const TAKEN = {
  usual: { external: ["wasmlp"] },
  all: { noExternal: true, external: [] },
  others: { noExternal: true, external: ["wasmlp"] },
} as const;

async function vite(entry: string, taken: keyof typeof TAKEN): Promise<string> {
  const outDir = join(app, `vite-${entry}-${taken}`);
  await buildWithVite({
    root: app,
    configFile: false,
    logLevel: "error",
    ssr: { ...TAKEN[taken], external: [...TAKEN[taken].external] },
    build: { ssr: entry, outDir },
  });
  return join(outDir, entry);
}

test("Vite for servers leaves the package where it is", async () => {
  expect(run(await vite("plain.js", "usual"))).toBe("true");
  expect(run(await vite("plain.js", "others"))).toBe("true");
});

test("webpack does where it is told to", async () => {
  const path = join(app, "webpack");
  await new Promise<void>((resolve, reject) => {
    const configuration: webpack.Configuration = {
      context: app,
      entry: "./plain.js",
      target: "node20",
      mode: "production",
      experiments: { outputModule: true },
      externals: { wasmlp: "module wasmlp" },
      output: { path, module: true, filename: "main.js" },
    };
    webpack(configuration, (error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString("errors-only")));
      else resolve();
    });
  });
  expect(readFileSync(join(path, "main.js"), "utf8")).toContain('from"wasmlp"');
  expect(run(join(path, "main.js"))).toBe("true");
});

test("taken in, the package says what it misses, and runs where the program says where that is", async () => {
  expect(run(await vite("plain.js", "all"))).toMatch(
    /^unsupported-host file:.*wasmlp\.threads\.wasm: Error: ENOENT.*, expected the WebAssembly module there or where locateFiles says$/,
  );
  expect(run(await deploy(await vite("located.js", "all")))).toBe("true");
  const dir = join(app, "rolldown");
  const input = join(app, "located.js");
  await buildWithRolldown({ input, platform: "node", output: { dir }, logLevel: "silent" });
  expect(run(await deploy(join(dir, "located.js")))).toBe("true");
});
