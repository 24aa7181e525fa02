import { expect, test } from "vitest";
import { decodeNpz, encodeNpz } from "../../../src/data/arrays/npz.js";
import { ModelError } from "../../../src/errors.js";
import { Mlp } from "../../../src/mlp.js";
import { perceptron } from "../../../src/model/architecture.js";
import { encodeModel } from "../../../src/model/formats/modelFile.js";
import { decodeModelNpz, encodeModelNpz } from "../../../src/model/formats/npz.js";
import { quantizeModel } from "../../../src/model/formats/quantization.js";

using model = await Mlp.create({
  architecture: perceptron(6, [4], 3, "gelu"),
  seed: 11,
  threads: 1,
  classNames: ["cat", "«Ä»", "dog"],
  image: { width: 2, height: 3 },
});
const SNAPSHOT = model.snapshot();
const FILE = await encodeModelNpz(SNAPSHOT);

test("a model that was written as .npz loads to the same", async () => {
  expect(await decodeModelNpz(FILE, "m")).toEqual(SNAPSHOT);
  using loaded = await Mlp.fromSnapshot(await decodeModelNpz(FILE, "m"));
  expect(loaded.save()).toEqual(encodeModel(SNAPSHOT));
});

test("int8 weights come back as what they stand for, from both formats", async () => {
  const expected = quantizeModel(SNAPSHOT);
  expect(await decodeModelNpz(await encodeModelNpz(SNAPSHOT, { quantize: "int8" }), "m")).toEqual(
    expected,
  );
  using loaded = await Mlp.load(encodeModel(SNAPSHOT, { quantize: "int8" }));
  expect(loaded.snapshot()).toEqual(expected);
  SNAPSHOT.layers.forEach(({ weights }, layer) => {
    const inputs = layer === 0 ? 6 : 4;
    for (const [index, weight] of weights.entries()) {
      const start = index - (index % inputs);
      const largest = Math.max(...weights.subarray(start, start + inputs).map(Math.abs));
      const error = Math.abs(expected.layers[layer].weights[index] - weight);
      expect(error).toBeLessThanOrEqual((largest / 254) * (1 + 1e-6));
    }
  });
});

test("arrays alone are a model too, once the activation is said", async () => {
  const arrays = (await decodeNpz(FILE, "m")).filter(({ name }) => name !== "wasmlp");
  const file = await encodeNpz(arrays);
  expect((await decodeModelNpz(file, "m", { activation: "gelu" })).layers).toEqual(SNAPSHOT.layers);
  await expect(decodeModelNpz(file, "m")).rejects.toThrow(ModelError);
});

test("a file cut anywhere is refused", async () => {
  for (let length = 4; length < FILE.length; length++) {
    const cut = FILE.subarray(0, length);
    await expect(decodeModelNpz(cut, "m"), `${length}`).rejects.toThrow(ModelError);
  }
});
