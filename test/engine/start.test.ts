/** What a program that embeds the library has Node load. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const bundled = pathToFileURL(join(import.meta.dirname, "../../build/bundled/wasmlp.js")).href;

test("importing the library and making a model loads neither Node's HTTP client nor its workers", () => {
  const script = `
    const { Mlp, perceptron } = await import(${JSON.stringify(bundled)});
    const model = await Mlp.create({ architecture: perceptron(3, [4], 2, "tanh") });
    console.log(JSON.stringify([model.predict(new Uint8Array(3)).length, process.moduleLoadList]))`;
  const run = ["--input-type=module", "--eval", script];
  const [outputs, loaded] = JSON.parse(
    execFileSync(process.execPath, run, { encoding: "utf8" }),
  ) as [number, string[]];
  expect(outputs).toBe(2);
  expect(loaded).toContain("NativeModule fs");
  expect(loaded.filter((name) => /undici|internal\/worker$/.test(name))).toEqual([]);
});
