import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Profile, ProfileOptions } from "../../src/profile/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { wasmlp } from "./commandLine.js";

/** What is asked for again is not measured again: that takes seconds, and most commands here print the same. */
vi.mock("../../src/profile/profile.js", async (load) => {
  const original = await load<typeof import("../../src/profile/profile.js")>();
  const measured = new Map<string, Promise<Profile>>();
  return {
    ...original,
    profile: (options: ProfileOptions = {}): Promise<Profile> => {
      const key = JSON.stringify({ ...options, signal: undefined });
      const profile = measured.get(key) ?? original.profile(options);
      measured.set(key, profile);
      return profile;
    },
  };
});

const QUICK = ["--kernel", "gemm", "--shape", "8x8x8", "--rounds", "5", "--threads", "1"];

/** What --json prints, for a test to change. */
async function profile() {
  return JSON.parse((await wasmlp("profile", ...QUICK, "--json")).stdout);
}

test("profile prints the roofs, and a line for every variant", async () => {
  const { exitCode, stdout, stderr } = await wasmlp("profile", ...QUICK);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain(`Node ${process.versions.node}`);
  expect(stdout).toMatch(/^roof +GFLOP\/s +L1 GB\/s +L2 GB\/s +L3 GB\/s +memory GB\/s$/m);
  for (const variant of ["javascript", "scalar", "simd"]) {
    expect(stdout).toMatch(new RegExp(`^gemm-nn +8x8x8 +${variant} +[\\d.]+\\??  `, "m"));
  }
});

test("--kernel and --disassemble take the same names", async () => {
  const { measurements } = (await profile()) as Profile;
  const names = new Set(measurements.map(({ kernel }) => kernel));
  expect(names).toEqual(new Set(["gemm-nn", "gemm-nt", "gemm-tn"]));
});

test("--json prints everything as one object, --csv a line for each measurement", async () => {
  const { format, version, measurements } = await profile();
  expect({ format, version }).toEqual({ format: "wasmlp-profile", version: 1 });
  expect(measurements[0]).toMatchObject({ kernel: "gemm-nn", shape: [8, 8, 8], threads: 1 });
  expect(measurements[0].samples).toHaveLength(5);
  const csv = (await wasmlp("profile", ...QUICK, "--csv")).stdout.trimEnd().split("\n");
  expect(csv[0]).toMatch(/^kernel,shape,variant,threads,operations,.*,share_of_roof$/);
  expect(csv).toHaveLength(1 + measurements.length);
  expect(csv[1]).toMatch(/^gemm-nn,8x8x8,javascript,1,1024,/);
  expect(csv[1].split(",")).toHaveLength(csv[0].split(",").length);
});

test("--compare finds what became slower, --svg and --html write the picture", async () => {
  const folder = await temporaryDirectory();
  const file = join(folder, "baseline.json");
  const pictures = [join(folder, "r.svg"), join(folder, "r.html")];
  // Long ago it took a thousandth of the time.
  const baseline = await profile();
  for (const one of baseline.measurements) {
    one.seconds /= 1000;
    one.interval = { low: one.interval.low / 1000, high: one.interval.high / 1000 };
  }
  await writeFile(file, JSON.stringify(baseline));
  const draw = ["--svg", pictures[0], "--html", pictures[1]];
  const options = [...QUICK, "--compare", file, ...draw];
  const { exitCode, stdout, stderr } = await wasmlp("profile", ...options);
  expect({ exitCode, stderr }).toEqual({ exitCode: 4, stderr: "" });
  expect(stdout).toMatch(
    /^gemm-nn +8x8x8 +simd +\+[\d.]+ % +\+[\d.]+ % to \+[\d.]+ % +\d+ → \d+ % +slower$/m,
  );
  for (const picture of pictures) expect(await readFile(picture, "utf8")).toContain("<svg");
});

test("--compare says in a sentence, and in JSON, that machine or engine are not those of before", async () => {
  const file = join(await temporaryDirectory(), "baseline.json");
  const baseline = await profile();
  baseline.host = { engine: "Node 18.0.0, V8 10", processor: "a slow one", cores: 64 };
  for (const roof of baseline.roofs) roof.peak /= 10;
  await writeFile(file, JSON.stringify(baseline));
  // By a threshold of a hundred thousand times nothing is slower.
  const options = [...QUICK, "--compare", file, "--threshold", "1e7"];
  const sentence =
    /^The two profiles differ in engine \(Node 18.*\), processor \(a slow one .*\), cores \(64 before, .*\), .*the roof .* peak \(.*\).*: absolute times are not comparable, what is reached of the roof is\.$/m;
  const text = await wasmlp("profile", ...options);
  expect(text).toMatchObject({ exitCode: 0, stderr: "" });
  expect(text.stdout).toMatch(sentence);
  expect(text.stdout).toMatch(/^gemm-nn +8x8x8 +simd .* same$/m);
  const { stdout, stderr } = await wasmlp("profile", ...options, "--json");
  expect(stderr).toMatch(sentence);
  const { comparison, format } = JSON.parse(stdout);
  expect(format).toBe("wasmlp-profile");
  expect(comparison.threshold).toBe(1e5);
  expect(comparison.host[0]).toMatchObject({ what: "engine", before: "Node 18.0.0, V8 10" });
  expect(comparison.host.map(({ what }: { what: string }) => what)).toContain("simd peak");
  expect(comparison.kernels[0]).toMatchObject({
    kernel: "gemm-nn",
    variant: "simd",
    verdict: "same",
  });
});

test("a baseline that is none, and a picture of what only moves, are refused", async () => {
  const file = join(await temporaryDirectory(), "x.json");
  await writeFile(file, "[]");
  expect(await wasmlp("profile", ...QUICK, "--compare", file)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `error: ${file}: is not a profile, expected what wasmlp profile --json prints\n`,
  });
});

test.each([
  [["--threshold", "0"], /^error: --threshold is "0", expected a number above 0\n$/],
  [["--kernel", "gem"], /^error: --kernel is "gem", expected one of gemm \(gemm-nn, .*\n$/],
  [["--shape", "8x8x8"], /^error: --shape is given without --kernel, expected the kernel .*\n$/],
  [
    ["--kernel", "tanh", "--shape", "8x"],
    /^error: --shape is "8x", expected whole numbers such as 512x512x512\n$/,
  ],
  [["--kernel", "tanh", "--shape", "8"], /^error: shape is 8, expected rows x units for tanh\n$/],
  [["--json", "--csv"], /^error: --json and --csv are given, expected one of them\n$/],
  [["--rounds", "1"], /^error: --rounds is "1", expected a whole number from 5 to 1001\n$/],
  [["--engines", "node,"], /^error: --engines is "node,", expected names such as node,chromium\n$/],
  [
    ["--engines", "node", "--compare", "x"],
    /^error: --compare and --engines are given, expected one of them\n$/,
  ],
  [
    ["--engines", "node", "--kernel", "tanh", "--shape", "8"],
    /^error: shape is 8, expected rows x units for tanh\n$/,
  ],
  [["--disassemble", "x"], /^error: --disassemble is "x", expected one of gemm \(gemm-nn, .*\n$/],
  [["--disassemble", "relu", "--shape", "4"], /^error: shape is 4, expected rows x units .*\n$/],
  [
    ["--disassemble", "relu", "--kernel", "relu"],
    /^error: --kernel and --disassemble are given, expected one of them\n$/,
  ],
  [["--variant", "simd"], /^error: --variant is given without --disassemble, expected both .*\n$/],
  [["--threads", "0"], /^error: --threads is "0", expected a whole number from 1 to 256\n$/],
])("%j is a usage error", async (argv, sentence) => {
  const { exitCode, stdout, stderr } = await wasmlp("profile", ...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(sentence);
});

test("--engines runs the profile in each, says what is missing, and prints one table", async () => {
  const engines = ["--engines", "node,/nowhere/node"];
  const { exitCode, stdout, stderr } = await wasmlp("profile", ...QUICK, ...engines);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: "/nowhere/node is skipped: is not installed\n",
  });
  const [major] = process.versions.node.split(".");
  expect(stdout).toMatch(new RegExp(`^kernel +shape +variant +Node ${major}$`, "m"));
  expect(stdout).toMatch(/^gemm-nn +8x8x8 +simd +[\d.]+\??$/m);
});

test("--engines without any that is there is a failure", async () => {
  expect(await wasmlp("profile", ...QUICK, "--engines", "/nowhere/node")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr:
      "/nowhere/node is skipped: is not installed\n" +
      "error: --engines: no profile came of any engine, expected one at least\n",
  });
});

test("--disassemble prints the hot loop and what it asks of the processor, --json all of it", async () => {
  const { exitCode, stdout, stderr } = await wasmlp("profile", "--disassemble", "gemm");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(
    /^gemm-nn, gemm-nt, gemm-tn 256x256x256, (simd|relaxed): the hot loop, in .* of wasmlp\..*\.wasm$/m,
  );
  expect(stdout).toMatch(/^loop$/m);
  expect(stdout).toMatch(
    /^v128 locals +\d+ live from one iteration to the next, at most \d+ at once/m,
  );
  const json = await wasmlp("profile", "--disassemble", "sgd,tanh", "--json");
  const { format, kernels } = JSON.parse(json.stdout);
  expect(format).toBe("wasmlp-disassembly");
  expect(kernels).toHaveLength(2);
  expect(kernels[0]).toMatchObject({ kernel: "sgd", pressure: { carried: 1 } });
  expect(kernels[1]).toMatchObject({ kernel: "tanh" });
});
