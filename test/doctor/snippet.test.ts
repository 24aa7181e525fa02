import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { snippet } from "../../src/doctor/snippet.js";
import { readArrays } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const run = promisify(execFile);

test("the JavaScript lines write a folder that is read back", async () => {
  const directory = await temporaryDirectory();
  const [before, after] = snippet("javascript", 1).split("// 2.");
  const program = `
    let X = [[1, 2], [3, 4], [5, 6]], Y = [0, 1, 0], W1 = [new Float32Array([1, 2]), new Float32Array([3, 4])], b1 = [0, 0];
    let Z1 = X, A1 = X, dZ1 = X, dW1 = W1, db1 = b1, loss = 0.5, learningRate = 0.1, accuracy = 1;
    ${before}
    W1 = [[9, 9], [9, 9]];
    // 2.${after}`;
  await writeFile(join(directory, "program.mjs"), program);
  await run(process.execPath, ["program.mjs"], { cwd: directory });
  const arrays = await readArrays(join(directory, "step"));
  const byName = new Map(arrays.map((array) => [array.name, array]));
  expect(byName.get("X")).toMatchObject({ shape: [3, 2], dtype: "float64" });
  expect([...(byName.get("W1")?.values ?? [])]).toEqual([1, 2, 3, 4]);
  expect([...(byName.get("W1_new")?.values ?? [])]).toEqual([9, 9, 9, 9]);
  expect(byName.get("loss")).toMatchObject({ shape: [] });
});

test("every layer has its quantities", () => {
  expect(snippet("numpy", 3)).toContain("W3=W3.copy(), b3=b3.copy()");
  expect(snippet("numpy", 3)).toContain("dZ3=dZ3, dW3=dW3, db3=db3");
  expect(snippet("javascript", 2)).not.toContain("W3");
  expect(snippet("pytorch", 2)).toContain("register_forward_hook");
});
