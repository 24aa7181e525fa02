import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FileError, OptionError } from "../../../src/errors.js";
import { openRunLog } from "../../../src/node/logs/runLog.js";
import { temporaryDirectory } from "../../support/temporaryDirectory.js";

const report = (epoch: number) => ({
  epoch,
  loss: 1 / epoch,
  accuracy: 0.5,
  learningRate: 0.1,
  seconds: 2,
});

async function pathOf(name: string): Promise<string> {
  return join(await temporaryDirectory(), name);
}

test("a CSV file has a header, and empty cells for what there is not", async () => {
  const path = await pathOf("run.csv");
  const log = await openRunLog(path);
  await log.epoch(report(1));
  await log.epoch({ ...report(2), validationLoss: 0.25, validationAccuracy: 0.75 });
  expect(await readFile(path, "utf8")).toBe(
    "epoch,loss,accuracy,validationLoss,validationAccuracy,learningRate,seconds\n" +
      "1,1,0.5,,,0.1,2\n" +
      "2,0.5,0.5,0.25,0.75,0.1,2\n",
  );
});

test("a JSONL file has an object a line", async () => {
  const path = await pathOf("run.jsonl");
  const log = await openRunLog(path);
  await log.epoch(report(1));
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual(report(1));
});

test.each(["run.csv", "run.jsonl"])(
  "%s of a run that is resumed has no epoch twice",
  async (name) => {
    const [whole, resumed] = [await pathOf(name), await pathOf(name)];
    const log = await openRunLog(whole);
    for (const epoch of [1, 2, 3]) await log.epoch(report(epoch));
    const first = await openRunLog(resumed);
    for (const epoch of [1, 2]) await first.epoch(report(epoch));
    // Killed in the midst of writing.
    await appendFile(resumed, name.endsWith("csv") ? "3,0.33" : '{"epoch":3,"lo');
    const second = await openRunLog(resumed, { resumeAfter: 1 });
    for (const epoch of [2, 3]) await second.epoch(report(epoch));
    expect(await readFile(resumed, "utf8")).toBe(await readFile(whole, "utf8"));
  },
);

test("without resuming an existing file is replaced", async () => {
  const path = await pathOf("run.jsonl");
  await writeFile(path, "old");
  await openRunLog(path);
  expect(await readFile(path, "utf8")).toBe("");
});

test("refused in a sentence", async () => {
  await expect(openRunLog("run.txt")).rejects.toThrow(
    new OptionError("run.txt: has the extension .txt, expected .csv or .jsonl"),
  );
  await expect(openRunLog("run")).rejects.toThrow("run: has no extension, expected .csv or .jsonl");
  const missing = join(await temporaryDirectory(), "no", "run.csv");
  await expect(openRunLog(missing)).rejects.toThrow(FileError);
  const path = await pathOf("run.csv");
  await writeFile(path, "a,b\n1,2\n");
  await expect(openRunLog(path, { resumeAfter: 1 })).rejects.toThrow(
    /run\.csv: line 1 is "a,b", expected "epoch,loss,.*" as the log of a run to resume has$/,
  );
  const lines = await pathOf("run.jsonl");
  await writeFile(lines, '{"epoch":1}\nnonsense\n');
  await expect(openRunLog(lines, { resumeAfter: 1 })).rejects.toThrow(
    /run\.jsonl: line 2 is "nonsense", expected the figures of an epoch$/,
  );
});
