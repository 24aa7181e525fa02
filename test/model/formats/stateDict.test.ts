/** On files that PyTorch wrote: `pytorch/make.py`. */
import { readFile } from "node:fs/promises";
import { join as joinPath } from "node:path";
import { expect, test } from "vitest";
import { decodeNpz } from "../../../src/data/arrays/npz.js";
import { ModelError, OptionError } from "../../../src/errors.js";
import { Mlp } from "../../../src/mlp.js";
import type { HiddenActivation } from "../../../src/model/architecture.js";
import type { MissingActivations } from "../../../src/model/formats/stateDict.js";
import { decodeStateDict } from "../../../src/model/formats/stateDictFile.js";
import { join } from "../../support/safetensors.js";

const folder = joinPath(import.meta.dirname, "pytorch");
const answers = new Map(
  (await decodeNpz(await readFile(joinPath(folder, "answers.npz")), "answers")).map(
    ({ name, values }) => [name, Float32Array.from(values)],
  ),
);
const read = (name: string) => readFile(joinPath(folder, `${name}.safetensors`));

test.each<[string, MissingActivations]>([
  ["relu", { activation: "relu" }],
  ["gelu-float16", { activation: "gelu" }],
  ["silu-bfloat16", { activation: "silu" }],
  ["sigmoid-float64", { activation: "sigmoid" }],
  ["leaky-relu-value", { activation: "leaky-relu", outputActivation: "identity" }],
  ["named-tanh", { activation: "tanh" }],
])("a network of PyTorch says the same here: %s", async (name, options) => {
  using model = await Mlp.fromSnapshot(decodeStateDict(await read(name), "m", options));
  const outputs = model.predict(answers.get("inputs") ?? new Float32Array());
  const expected = answers.get(name) ?? new Float32Array();
  expect(outputs.length).toBe(expected.length);
  outputs.forEach((output, index) => {
    expect(output).toBeCloseTo(expected[index], 6);
  });
});

test("its architecture is that of its shapes, whatever is missing between the numbers", async () => {
  using model = await Mlp.fromSnapshot(
    decodeStateDict(await read("relu"), "m", { activation: "relu" }),
  );
  expect(model.architecture).toEqual({
    inputs: 6,
    layers: [
      { units: 5, activation: "relu" },
      { units: 4, activation: "relu" },
      { units: 3, activation: "softmax" },
    ],
  });
  expect(model.classNames).toEqual(["0", "1", "2"]);
  // Saved, it says so itself.
  using saved = await Mlp.load(model.save());
  expect(saved.architecture).toEqual(model.architecture);
});

test("a single output may be that of two classes", async () => {
  const options = { activation: "relu", outputActivation: "sigmoid" } as const;
  const { classNames } = decodeStateDict(await read("leaky-relu-value"), "m", options);
  expect(classNames).toEqual(["0", "1"]);
});

const PLACES = "expected those of Linear layers only";
test.each<[string, string, object, string]>([
  [
    "activations are unknown",
    "relu",
    {},
    "its tensors do not say which activation its hidden layers have, expected the option activation (--activation) to be one of tanh, relu, leaky-relu, gelu, silu, sigmoid, identity",
  ],
  [
    "the output's is unknown",
    "leaky-relu-value",
    { activation: "tanh" },
    "its tensors do not say which activation its single output has, expected the option outputActivation (--output-activation), identity to predict a value or sigmoid to tell two classes apart",
  ],
  ["it has layers of another kind", "normalized", { activation: "relu" }, PLACES],
])("refused with a sentence: %s", async (_, name, options, message) => {
  const file = await read(name);
  expect(() => decodeStateDict(file, "m", options)).toThrow(ModelError);
  expect(() => decodeStateDict(file, "m", options)).toThrow(message);
});

/** A file of tensors of zeros. */
function zeros(shapes: Record<string, number[]>): Uint8Array {
  let offset = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const start = offset;
    offset += 4 * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype: "F32", shape, data_offsets: [start, offset] }];
  });
  return join(Object.fromEntries(entries), new Uint8Array(offset));
}

test.each<[string, Record<string, number[]>, string]>([
  ["no tensors", {}, "holds no weights, expected those of Linear layers"],
  [
    "a bias alone",
    { "0.weight": [2, 3], "1.bias": [2] },
    'holds a tensor "1.bias", expected a weight beside it',
  ],
  [
    "a bias of another length",
    { "0.weight": [2, 3], "0.bias": [3] },
    'tensor "0.bias" has shape [3], expected [2]',
  ],
  [
    "layers that do not follow each other",
    { "0.weight": [2, 3], "2.weight": [4, 5] },
    'tensor "2.weight" takes 5 inputs, expected 2 as "0.weight" before it has units',
  ],
  [
    "a convolution",
    { "0.weight": [2, 1, 3, 3] },
    `holds a tensor "0.weight" of shape [2, 1, 3, 3], ${PLACES}, "….weight" [units, inputs] and "….bias" [units]`,
  ],
  ["no inputs", { "0.weight": [2, 0] }, "inputs is 0, expected a whole number from 1 to 1048576"],
])("refused with a sentence: %s", (_, shapes, message) => {
  expect(() => decodeStateDict(zeros(shapes), "m", { activation: "tanh" })).toThrow(
    new ModelError(`m: ${message}`),
  );
});

test("names are ordered by their numbers, and a prefix does not matter", () => {
  const shapes = Object.fromEntries(
    [12, 0, 2, 10].map((number, index) => [
      `net.${number}.weight`,
      [
        [2, 5],
        [4, 3],
        [3, 4],
        [5, 3],
      ][index],
    ]),
  );
  const { architecture } = decodeStateDict(zeros(shapes), "m", { activation: "tanh" });
  expect(architecture.layers.map(({ units }) => units)).toEqual([4, 3, 5, 2]);
});

test("what a file says of itself is not contradicted", async () => {
  using model = await Mlp.fromSnapshot(
    decodeStateDict(await read("relu"), "m", { activation: "relu" }),
  );
  const file = model.save();
  expect(() => decodeStateDict(file, "m", { activation: "tanh" })).toThrow(
    new OptionError(
      'm: says that the activation of its hidden layers is "relu", expected no other to be asked for, "tanh"',
    ),
  );
  expect(() => decodeStateDict(file, "m", { outputActivation: "sigmoid" })).toThrow(OptionError);
  const agreed = decodeStateDict(file, "m", { activation: "relu", outputActivation: "softmax" });
  expect(agreed).toEqual(model.snapshot());
});

test("an activation that there is not is refused", () => {
  const activation = "selu" as HiddenActivation;
  expect(() => decodeStateDict(zeros({ "0.weight": [2, 3] }), "m", { activation })).toThrow(
    new OptionError(
      'activation is "selu", expected tanh, relu, leaky-relu, gelu, silu, sigmoid, identity',
    ),
  );
});
