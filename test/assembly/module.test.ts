import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { describe, expect, test } from "vitest";

/** What a page has to download before it can train; a budget, with room for kernels to come. */
const MAXIMUM_BYTES = 48 * 1024;

/** Section ids of the binary format (WebAssembly Core Specification 2.0, section 5.5). */
const START_SECTION = 8;
const CODE_SECTION = 10;
const DATA_SECTION = 11;

const root = join(import.meta.dirname, "../..");

/** The builds, like "build/wasmlp.wasm". */
interface Config {
  readonly targets: Record<string, { readonly outFile: string }>;
}
const { targets }: Config = JSON.parse(read("asconfig.json"));
const traced: Config = JSON.parse(read("asconfig.trace.json"));
const TRACED_BUILDS = Object.values(traced.targets).map(({ outFile }) => outFile);
const BUILDS = [...Object.values(targets).map(({ outFile }) => outFile), ...TRACED_BUILDS];

/** The ids of a module's sections, in order. */
function sectionIds(binary: Uint8Array): number[] {
  const ids: number[] = [];
  // Behind magic and version, four bytes each, every section is an id, a size, and its content.
  let position = 8;
  while (position < binary.length) {
    ids.push(binary[position++]);
    let size = 0;
    // The size is a number in LEB128: seven bits a byte, the lowest first, the top bit for "more".
    for (let shift = 0; ; shift += 7) {
      const byte = binary[position++];
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    position += size;
  }
  expect(position, "end of the last section").toBe(binary.length);
  return ids;
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

// Node 20 knows relaxed SIMD, but wants to be asked for it.
if (!WebAssembly.validate(readFileSync(join(root, targets.relaxed.outFile)))) {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
}

describe.each(BUILDS)("%s", (build) => {
  const binary = readFileSync(join(root, build));
  const module = new WebAssembly.Module(binary);

  test("nothing happens to the memory on instantiation: no start function, no data", () => {
    const ids = sectionIds(binary);
    expect(ids).toContain(CODE_SECTION);
    expect(ids).not.toContain(START_SECTION);
    expect(ids).not.toContain(DATA_SECTION);
  });

  test("it is small", () => {
    expect(binary.length).toBeLessThanOrEqual(MAXIMUM_BYTES);
  });

  test("it asks for a memory and nothing else, traced for what is told of phases too", () => {
    const memory = { module: "env", name: "memory", kind: "memory" };
    const begin = { module: "trace", name: "begin", kind: "function" };
    expect(WebAssembly.Module.imports(module)).toEqual(
      TRACED_BUILDS.includes(build) ? [begin, memory] : [memory],
    );
  });

  test("its functions are those of kernels.ts, and those of assembly/index.ts", () => {
    const exported = WebAssembly.Module.exports(module)
      .filter(({ kind }) => kind === "function")
      .map(({ name }) => name)
      .sort();
    const [, members = ""] =
      /export interface Kernels \{\n(.*?)\n\}/s.exec(read("src/engine/kernels.ts")) ?? [];
    const declared = Array.from(members.matchAll(/^ {2}readonly (\w+):/gm), ([, name]) => name);
    expect(declared.sort()).toEqual(exported);
    const lists = read("assembly/index.ts").matchAll(/export \{([^}]*)\}/g);
    const listed = Array.from(lists, ([, names]) => names.match(/\w+/g) ?? []).flat();
    expect(listed.sort()).toEqual(exported);
  });
});
