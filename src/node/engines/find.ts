/** Which WebAssembly engines this machine has: versions of Node, and browsers. */
import { execFile } from "node:child_process";
import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, join, sep } from "node:path";
import { promisify } from "node:util";
import type { Browser } from "./browserPage.js";

/** A program that runs WebAssembly. */
export interface FoundEngine {
  readonly name: "Node" | Browser["name"];
  /** "20.20.2" */
  readonly version: string;
  readonly binary: string;
}

/** What was asked for, or looked for, and cannot be used. */
export interface MissingEngine {
  readonly name: string;
  /** "is not installed", what was found where that was not it. */
  readonly reason: string;
}

export interface Engines {
  readonly found: readonly FoundEngine[];
  readonly missing: readonly MissingEngine[];
}

/** The oldest Node that wasmlp runs on: `engines` of package.json. */
export const OLDEST_NODE = [20, 19] as const;

const BROWSERS = {
  chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
  firefox: ["firefox", "firefox-esr"],
} as const;

/** Where browsers are that no PATH leads to. */
const APPLICATIONS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
];

/** What version managers keep: the folder of versions, and the binary below each. */
const VERSION_FOLDERS = [
  [process.env.NVM_DIR ?? ".nvm", "versions/node", "bin/node"],
  [process.env.FNM_DIR ?? ".local/share/fnm", "node-versions", "installation/bin/node"],
  [process.env.VOLTA_HOME ?? ".volta", "tools/image/node", "bin/node"],
  [process.env.ASDF_DATA_DIR ?? ".asdf", "installs/nodejs", "bin/node"],
  [process.env.N_PREFIX ?? "/usr/local", "n/versions/node", "bin/node"],
] as const;

/**
 * @param names "node" (the one that runs this), "chromium", "firefox", a command, or a path to a binary; undefined:
 *   this Node, other versions on the PATH or of a version manager, and the browsers
 */
export async function findEngines(names?: readonly string[]): Promise<Engines> {
  const candidates = names?.map(candidate) ?? installed();
  const found: FoundEngine[] = [];
  const missing: MissingEngine[] = [];
  const seen = new Set<string>();
  for (const { name, binary } of candidates) {
    if (binary === undefined) {
      missing.push({ name, reason: "is not installed" });
      continue;
    }
    const real = realpathSync(binary);
    if (seen.has(real)) continue;
    seen.add(real);
    const engine = await identify(binary);
    if (typeof engine === "string") missing.push({ name, reason: engine });
    else found.push(engine);
  }
  return { found, missing };
}

interface Candidate {
  readonly name: string;
  readonly binary: string | undefined;
}

function candidate(name: string): Candidate {
  if (name === "node") return { name, binary: process.execPath };
  if (name === "chromium" || name === "firefox") return { name, binary: browserBinary(name) };
  if (name.includes("/") || name.includes(sep)) {
    return { name, binary: isExecutable(name) ? name : undefined };
  }
  return { name, binary: onPath(name) };
}

function installed(): Candidate[] {
  const nodes = [process.execPath, onPath("node"), ...managedNodes()].filter((path) => path);
  return [
    ...nodes.map((binary) => ({ name: binary ?? "node", binary })),
    candidate("chromium"),
    candidate("firefox"),
  ];
}

function managedNodes(): string[] {
  return VERSION_FOLDERS.flatMap(([home, versions, binary]) => {
    const folder = join(home.startsWith(sep) ? home : join(homedir(), home), versions);
    try {
      const paths = readdirSync(folder).sort();
      return paths.map((version) => join(folder, version, binary)).filter(isExecutable);
    } catch {
      return [];
    }
  });
}

/** `undefined` where it is not installed. */
export function browserBinary(name: keyof typeof BROWSERS): string | undefined {
  for (const command of BROWSERS[name]) {
    const path = onPath(command);
    if (path) return path;
  }
  const kind = name === "firefox" ? /firefox$/ : /Chrom(e|ium)$/;
  return APPLICATIONS.find((path) => kind.test(basename(path)) && isExecutable(path));
}

function onPath(command: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const suffix = process.platform === "win32" ? ".exe" : "";
  return folders.map((folder) => join(folder, command + suffix)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const PATTERNS = [
  { name: "Node", pattern: /^v(\d+\.\d+\.\d+)/ },
  { name: "Firefox", pattern: /\bFirefox (\d[\d.]*)/ },
  { name: "Chromium", pattern: /\b(?:Chromium|Chrome|Edge|Brave|Vivaldi)\b.*?(\d[\d.]*)/ },
] as const;

/** Milliseconds that a program has to say its version. */
const VERSION_PATIENCE = 10_000;

/** What a binary says that it is; a text where that is nothing of use. */
async function identify(binary: string): Promise<FoundEngine | string> {
  let answer: string;
  try {
    const { stdout } = await promisify(execFile)(binary, ["--version"], {
      timeout: VERSION_PATIENCE,
    });
    answer = stdout.trim();
  } catch {
    return "does not say its version";
  }
  for (const { name, pattern } of PATTERNS) {
    const version = pattern.exec(answer)?.[1];
    if (version === undefined) continue;
    if (name === "Node" && isTooOld(version)) {
      return `is Node ${version}, expected ${OLDEST_NODE.join(".")} or newer`;
    }
    return { name, version, binary };
  }
  return `says "${answer.slice(0, 40)}" for --version, expected Node, Chromium or Firefox`;
}

function isTooOld(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  const [oldest, least] = OLDEST_NODE;
  return major < oldest || (major === oldest && minor < least);
}
