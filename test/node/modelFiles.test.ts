import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeNpy } from "../../src/data/arrays/npy.js";
import { encodeOnnx, Mlp, ModelError, OptionError, perceptron } from "../../src/index.js";
import { loadModel, saveModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const architecture = perceptron(3, [2], 2, "tanh");

test("what was saved comes back", async () => {
  const path = join(await temporaryDirectory(), "m.safetensors");
  using model = await Mlp.create({ architecture, seed: 1, threads: 1 });
  await saveModel(model, path);
  using again = await loadModel(path, { threads: 1 });
  expect(again.snapshot()).toEqual(model.snapshot());
});

test("a path in the place of the model is told", async () => {
  using model = await Mlp.create({ architecture, seed: 1, threads: 1 });
  const swapped = saveModel as unknown as (path: string, model: Mlp) => Promise<void>;
  await expect(swapped("m.safetensors", model)).rejects.toThrow(
    new OptionError(
      "saveModel was given string and object, expected a model and the path of a file",
    ),
  );
});

test("files of other formats are called what they are", async () => {
  using model = await Mlp.create({ architecture, seed: 1, threads: 1 });
  const files = {
    "m.onnx": [encodeOnnx(model.snapshot()), "is an ONNX model, as it seems"],
    "m.h5": [Buffer.from("\x89HDF\r\n\x1a\n and more", "latin1"), "is an HDF5 file"],
    "m.json": [Buffer.from('{ "weights": [] }'), "is JSON text"],
    "m.npy": [
      encodeNpy({ shape: [1], dtype: "uint8", values: Uint8Array.of(1) }),
      "begins with the bytes 93 4e 55 4d 50 59 01 00",
    ],
    "m.safetensors": [new Uint8Array(5), "5 bytes long, expected a safetensors file of at least 8"],
  } as const;
  for (const [name, [bytes, message]] of Object.entries(files)) {
    const path = join(await temporaryDirectory(), name);
    await writeFile(path, bytes);
    const loading = loadModel(path);
    await expect(loading).rejects.toThrow(ModelError);
    await expect(loading).rejects.toThrow(`${path}: ${message}`);
  }
});
