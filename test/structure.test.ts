/** The house rules: which part may import which. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const src = join(root, "src");

/** A part of `src`: a folder, or a file at its top. */
type Room = keyof typeof MAY_IMPORT;

/** What each part may import beside itself. Everything points one way: no two see each other. */
const MAY_IMPORT = {
  errors: [],
  reference: [],
  tasks: [],
  arguments: ["errors"],
  engine: ["tasks", "arguments", "errors"],
  data: ["tasks", "arguments", "errors"],
  model: ["engine", "data", "tasks", "arguments", "errors"],
  training: ["model", "engine", "data", "arguments", "errors"],
  mlp: ["training", "model", "engine", "data", "arguments", "errors"],
  doctor: ["mlp", "training", "reference", "model", "data", "arguments", "errors"],
  reproduce: ["mlp", "training", "model", "engine", "data", "tasks", "arguments", "errors"],
  profile: ["engine", "tasks", "arguments", "errors"],
  trace: ["engine", "arguments", "errors"],
  index: ["mlp", "doctor", "reproduce", "training", "model", "engine", "data", "errors"],
  node: ["index", "profile", "mlp", "model", "training", "data", "arguments", "errors"],
  report: [
    "index",
    "profile",
    "trace",
    "doctor",
    "reproduce",
    "training",
    "model",
    "engine",
    "data",
    "errors",
  ],
  // The commands use the public interface and nothing beneath it.
  cli: ["index", "doctor", "profile", "trace", "node", "report", "errors"],
} as const satisfies Record<string, readonly string[]>;

interface Import {
  /** Relative to the root of the project, like "src/mlp.ts". */
  readonly file: string;
  /** What stands in the source, like "./errors.js" or "node:fs". */
  readonly specifier: string;
  /** The project's file that is meant, if it is one. */
  readonly target: string | undefined;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Static, type-only and dynamic imports and re-exports alike, as the compiler sees them. */
function importsOf(path: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path, "utf8"), true, true);
  return importedFiles.map(({ fileName: specifier }) => ({
    file: relative(root, path),
    specifier,
    target: specifier.startsWith(".")
      ? relative(root, resolve(dirname(path), specifier)).replace(/\.js$/, ".ts")
      : undefined,
  }));
}

const imports = filesBelow(src).flatMap(importsOf);

/** The part of `src` that a file belongs to; `undefined` outside of it. */
function roomOf(file: string): string | undefined {
  return /^src\/([^/.]+)/.exec(file)?.[1];
}

function isRoom(name: string | undefined): name is Room {
  return name !== undefined && Object.hasOwn(MAY_IMPORT, name);
}

function describeImport({ file, specifier }: Import): string {
  return `${file} imports ${specifier}`;
}

test("the rules know every part, and every file that is imported exists", () => {
  const rooms = new Set(filesBelow(src).map((path) => roomOf(relative(root, path))));
  expect([...rooms].filter((room) => !isRoom(room))).toEqual([]);
  expect(imports.length).toBeGreaterThan(50);
  const missing = imports.filter(({ target }) => target && !existsSync(join(root, target)));
  expect(missing.map(describeImport)).toEqual([]);
});

test("imports point one way", () => {
  const wrong = imports.filter(({ file, target }) => {
    if (target === undefined) return false;
    const from = roomOf(file);
    const to = roomOf(target);
    if (!isRoom(from) || !isRoom(to)) return true;
    const allowed: readonly string[] = MAY_IMPORT[from];
    return from !== to && !allowed.includes(to);
  });
  expect(wrong.map(describeImport)).toEqual([]);
});

test("of the doctor the commands see the entry only", () => {
  const deeper = imports.filter(
    ({ file, target }) =>
      roomOf(file) === "cli" &&
      target?.startsWith("src/doctor/") &&
      target !== "src/doctor/index.ts",
  );
  expect(deeper.map(describeImport)).toEqual([]);
});

test("the rules themselves let no two parts import each other, over however many others", () => {
  const reachable = (room: Room): Set<Room> => {
    const found = new Set<Room>();
    const visit = (from: Room) => {
      for (const to of MAY_IMPORT[from]) {
        if (found.has(to)) continue;
        found.add(to);
        visit(to);
      }
    };
    visit(room);
    return found;
  };
  const rooms = Object.keys(MAY_IMPORT).filter(isRoom);
  expect(rooms.filter((room) => reachable(room).has(room))).toEqual([]);
  expect(rooms.filter((room) => reachable(room).has("cli"))).toEqual([]);
  expect(reachable("reference").size).toBe(0);
});

test("the reference imports nothing outside itself", () => {
  const outside = imports.filter(
    ({ file, target }) =>
      roomOf(file) === "reference" && (target === undefined || roomOf(target) !== "reference"),
  );
  expect(outside.map(describeImport)).toEqual([]);
});

test("own files are imported with their extension, nothing outside of src is reached into", () => {
  const own = imports.filter(({ specifier }) => specifier.startsWith("."));
  const wrong = own.filter(
    ({ specifier, target }) => !specifier.endsWith(".js") || !target?.startsWith("src/"),
  );
  expect(wrong.map(describeImport)).toEqual([]);
});

test("modules of Node are imported only below src/node and src/cli, and with their prefix", () => {
  const names = new Set(process.getBuiltinModule("node:module").builtinModules);
  expect(imports.filter(({ specifier }) => names.has(specifier)).map(describeImport)).toEqual([]);
  const wrong = imports.filter(
    ({ file, specifier }) => specifier.startsWith("node:") && !/^src\/(node|cli)\//.test(file),
  );
  expect(wrong.map(describeImport)).toEqual([]);
});

test("what src/index.ts reaches loads in a browser: no module of Node, no package but the loader", () => {
  const reached = new Set(["src/index.ts"]);
  // A set hands out what is added while it is being walked.
  for (const file of reached) {
    for (const { file: from, target } of imports) {
      if (from === file && target) reached.add(target);
    }
  }
  expect(reached.size).toBeGreaterThan(20);
  const packages = imports
    .filter(({ file, target }) => reached.has(file) && target === undefined)
    .map(({ specifier }) => specifier);
  expect(new Set(packages)).toEqual(new Set(["@assemblyscript/loader"]));
});

test("packages are imported where they belong, and no others", () => {
  const places = new Map<string, Set<string>>();
  for (const { file, specifier } of imports) {
    if (specifier.startsWith(".") || specifier.startsWith("node:")) continue;
    places.set(specifier, (places.get(specifier) ?? new Set()).add(file));
  }
  expect([...places.keys()].sort()).toEqual([
    "@assemblyscript/loader",
    "commander",
    "fast-png",
    "jpeg-js",
    "yaml",
  ]);
  expect(places.get("@assemblyscript/loader")?.size).toBe(1);
  for (const name of ["commander", "yaml"]) {
    for (const file of places.get(name) ?? []) expect(file).toMatch(/^src\/cli\//);
  }
  for (const name of ["fast-png", "jpeg-js"]) {
    for (const file of places.get(name) ?? []) expect(file).toMatch(/^src\/node\/pictures\//);
  }
});

test("the kernels are reached through src/engine only", () => {
  // The texts of programs of their own.
  const programs = ["model/formats/javascriptRuntime.ts", "node/machineCode.ts"].map((file) =>
    join(src, file),
  );
  const outside = filesBelow(src).filter((path) => {
    if (programs.includes(path)) return false;
    const text = readFileSync(path, "utf8");
    return /\.wasm"|assembly\/.*import|WebAssembly\.(Module|Instance|compile|instantiate)/.test(
      text,
    );
  });
  const rooms = new Set(outside.map((path) => roomOf(relative(root, path))));
  expect([...rooms]).toEqual(["engine"]);
});
