import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findEngines, OLDEST_NODE } from "../../../src/node/engines/find.js";
import { temporaryDirectory } from "../../support/temporaryDirectory.js";

/** A program that says this for whatever it is asked. */
async function program(answer: string): Promise<string> {
  const file = join(await temporaryDirectory(), "program");
  await writeFile(file, `#!/bin/sh\necho "${answer}"\n`);
  await chmod(file, 0o755);
  return file;
}

test("the Node that runs this is found by its name, once", async () => {
  const { found, missing } = await findEngines(["node", process.execPath]);
  expect(found).toEqual([
    { name: "Node", version: process.versions.node, binary: process.execPath },
  ]);
  expect(missing).toEqual([]);
});

test("without names it is among those that are found", async () => {
  const { found } = await findEngines();
  expect(found[0]).toMatchObject({ name: "Node", version: process.versions.node });
});

test.each([
  ["v24.1.0", { name: "Node", version: "24.1.0" }],
  ["Chromium 130.0.6723.91 built on Debian", { name: "Chromium", version: "130.0.6723.91" }],
  ["Google Chrome 131.0.1 ", { name: "Chromium", version: "131.0.1" }],
  ["Mozilla Firefox 128.4.0esr", { name: "Firefox", version: "128.4.0" }],
])("a program that says %j is told by that", async (answer, expected) => {
  const binary = await program(answer);
  expect(await findEngines([binary])).toEqual({ found: [{ ...expected, binary }], missing: [] });
});

test.each([
  ["v18.20.4", "is Node 18.20.4, expected 20.19 or newer"],
  ["v20.18.0", "is Node 20.18.0, expected 20.19 or newer"],
  ["1.1.30", 'says "1.1.30" for --version, expected Node, Chromium or Firefox'],
])("one that says %j is missing, with the reason", async (answer, reason) => {
  const name = await program(answer);
  expect(await findEngines([name])).toEqual({ found: [], missing: [{ name, reason }] });
});

test("what is not there, or fails, is missing", async () => {
  const names = ["/nowhere/node", "no-such-command", "/bin/false"];
  const { missing } = await findEngines(names);
  expect(missing).toEqual([
    { name: "/nowhere/node", reason: "is not installed" },
    { name: "no-such-command", reason: "is not installed" },
    { name: "/bin/false", reason: "does not say its version" },
  ]);
});

test("the oldest Node is the one that the package asks for", async () => {
  const file = join(import.meta.dirname, "../../../package.json");
  const { engines } = JSON.parse(await readFile(file, "utf8"));
  expect(engines.node).toBe(`>=${OLDEST_NODE.join(".")}`);
});
