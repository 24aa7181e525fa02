/** The profile in engines that are really there: this Node and Chromium. */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { browserBinary } from "../../src/node/engines/find.js";
import { parseProfile } from "../../src/profile/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");
const QUICK = ["--kernel", "relu", "--shape", "4x8", "--rounds", "5"];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  /** Milliseconds after which Ctrl-C is pressed. */
  readonly interrupted?: number;
  readonly env?: NodeJS.ProcessEnv;
}

function wasmlp(argv: readonly string[], { interrupted, env }: Setting = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "build/bundled/cli.js"), ...argv], {
      env: { ...process.env, ...env },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    if (interrupted !== undefined) setTimeout(() => child.kill("SIGINT"), interrupted);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

test("this Node and Chromium measure the same kernels, on as many threads", async ({ skip }) => {
  skip(browserBinary("chromium") === undefined, "Chromium is not installed");
  const argv = ["profile", "--engines", "node,chromium,/nowhere/node", ...QUICK, "--json"];
  const { code, stdout, stderr } = await wasmlp(argv);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: "/nowhere/node is skipped: is not installed\n",
  });
  const { format, profiles, skipped } = JSON.parse(stdout);
  expect(format).toBe("wasmlp-profiles");
  expect(skipped).toEqual([{ name: "/nowhere/node", reason: "is not installed" }]);
  expect(profiles.map(({ host }: { host: { engine: string } }) => host.engine)).toEqual([
    expect.stringMatching(`^Node ${process.versions.node}, V8 `),
    expect.stringMatching(/^Chromium \d+$/),
  ]);
  const [own, other] = profiles.map((profile: object) =>
    parseProfile(JSON.stringify(profile), "profile").measurements.map(
      ({ kernel, shape, way, threads }) => [kernel, shape, way, threads],
    ),
  );
  expect(other).toEqual(own);
});

test("Ctrl-C ends the browser too, and leaves nothing behind", async ({ skip }) => {
  skip(browserBinary("chromium") === undefined, "Chromium is not installed");
  const temporary = await temporaryDirectory();
  // All kernels would take half a minute.
  const { code, stdout } = await wasmlp(["profile", "--engines", "chromium"], {
    interrupted: 5000,
    env: { TMPDIR: temporary },
  });
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(await readdir(temporary)).toEqual([]);
});
