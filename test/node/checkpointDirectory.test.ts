import { readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { CheckpointDirectory } from "../../src/node/checkpointDirectory.js";
import { noise } from "../support/datasets.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const NEWEST = "checkpoint.safetensors";
const PREVIOUS = "checkpoint.previous.safetensors";

async function checkpoints(): Promise<Uint8Array[]> {
  const written: Uint8Array[] = [];
  using model = await Mlp.create({ architecture: perceptron(15, [3], 4, "tanh"), seed: 1 });
  await model.fit(noise(20), { epochs: 3, onCheckpoint: (bytes) => void written.push(bytes) });
  return written;
}

test("the newest and the one before are kept", async () => {
  const path = join(await temporaryDirectory(), "a", "b");
  const directory = await CheckpointDirectory.open(path);
  expect(await directory.read()).toBeUndefined();
  for (const bytes of await checkpoints()) await directory.write(bytes);
  expect((await readdir(path)).sort()).toEqual([PREVIOUS, NEWEST]);
  expect(await directory.read()).toMatchObject({ epochs: 3, path: join(path, NEWEST) });
});

test("where the newest is torn or gone, the one before is taken", async () => {
  const path = await temporaryDirectory();
  const directory = await CheckpointDirectory.open(path);
  for (const bytes of await checkpoints()) await directory.write(bytes);
  await truncate(join(path, NEWEST), 1000);
  const found = await directory.read();
  expect(found).toMatchObject({ epochs: 2, path: join(path, PREVIOUS) });
  expect(found?.refused).toMatch(/checkpoint\.safetensors: .+, expected /);
  await writeFile(join(path, PREVIOUS), "nothing of the kind");
  await expect(directory.read()).rejects.toThrow(/checkpoint\.previous\.safetensors: /);
});

test("a file in its place is refused", async () => {
  const path = join(await temporaryDirectory(), "file");
  await writeFile(path, "");
  await expect(CheckpointDirectory.open(path)).rejects.toThrow(
    `${path}: is a file, expected a folder for checkpoints`,
  );
});
