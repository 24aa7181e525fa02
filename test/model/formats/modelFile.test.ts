import fc from "fast-check";
import { expect, test } from "vitest";
import { ModelError } from "../../../src/errors.js";
import { Mlp } from "../../../src/mlp.js";
import { perceptron } from "../../../src/model/architecture.js";
import { decodeModel } from "../../../src/model/formats/modelFile.js";
import { randomFloats } from "../../support/numbers.js";
import { type Header, headerLength, join, split } from "../../support/safetensors.js";

const CLASS_NAMES = ["cat", "«Ä»", '\u{1f600}\n"'];
const IMAGE = { width: 2, height: 3 };

async function create(): Promise<Mlp> {
  return Mlp.create({
    architecture: perceptron(6, [4, 5], 3, "sigmoid"),
    initialization: "he",
    seed: 11,
    threads: 1,
    classNames: CLASS_NAMES,
    image: IMAGE,
  });
}

const FILE = await create().then((model) => {
  using disposed = model;
  return disposed.save();
});

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: number[];
}

/** The saved file with its header changed. */
function withHeader(change: (header: Record<string, Entry>) => void): Uint8Array<ArrayBuffer> {
  const { header, data } = split(FILE);
  change(header as Record<string, Entry>);
  return join(header, data);
}

/** The saved file with the description in its metadata changed. */
function withDescription(changes: object): Uint8Array<ArrayBuffer> {
  const { header, data } = split(FILE);
  const metadata = header.__metadata__ as Record<string, string>;
  metadata.wasmlp = JSON.stringify({ ...JSON.parse(metadata.wasmlp), ...changes });
  return join(header, data);
}

test("tensors are named and laid out as in the state of PyTorch's nn.Sequential", async () => {
  using model = await create();
  const { header, data } = split(model.save());
  const { __metadata__: metadata, ...entries } = header;
  // Linear, activation, Linear, activation, Linear: those with parameters are 0, 2 and 4.
  const float32 = (shape: number[], start: number, end: number) => ({
    dtype: "F32",
    shape,
    data_offsets: [start, end],
  });
  expect(entries).toEqual({
    "0.weight": float32([4, 6], 0, 96),
    "0.bias": float32([4], 96, 112),
    "2.weight": float32([5, 4], 112, 192),
    "2.bias": float32([5], 192, 212),
    "4.weight": float32([3, 5], 212, 272),
    "4.bias": float32([3], 272, 284),
  });
  // `format` is how other programs learn that the file comes from PyTorch's world.
  expect(metadata).toMatchObject({ format: "pt" });
  // weight[unit, input] of layer 1, where the network itself has weights[input, unit].
  const view = new DataView(data.buffer, data.byteOffset);
  const { weights } = model.layerParameters(1);
  for (let unit = 0; unit < 5; unit++) {
    for (let input = 0; input < 4; input++) {
      expect(view.getFloat32(112 + 4 * (unit * 4 + input), true)).toBe(weights[input * 5 + unit]);
    }
  }
});

test("the data begin on a multiple of 8 bytes", () => {
  expect(headerLength(FILE) % 8).toBe(0);
});

test("a model that was saved and loaded predicts the same to the bit, and saves the same bytes", async () => {
  using model = await create();
  const inputs = randomFloats(20 * 6, 3);
  const targets = { kind: "classes", labels: new Uint8Array(20), names: CLASS_NAMES } as const;
  // Trained, so that biases are not zero.
  await model.fit(
    { name: "random", inputs, features: 6, samples: 20, targets },
    { epochs: 2, batchSize: 5 },
  );
  using loaded = await Mlp.load(model.save());
  expect(loaded.predict(inputs)).toEqual(model.predict(inputs));
  expect(loaded.save()).toEqual(model.save());
  expect(loaded.architecture).toEqual(model.architecture);
  expect(loaded.classNames).toEqual(CLASS_NAMES);
  expect(loaded.image).toEqual(IMAGE);
});

test("a model without image and hidden layers survives as well", async () => {
  using model = await Mlp.create({
    architecture: perceptron(1, [], 1, "relu", "identity"),
    threads: 1,
  });
  using loaded = await Mlp.load(model.save());
  expect(loaded.save()).toEqual(model.save());
  expect(loaded.image).toBeUndefined();
});

test("a file cut anywhere is refused", () => {
  for (let length = 0; length < FILE.length; length++) {
    expect(() => decodeModel(FILE.subarray(0, length), "cut"), `${length} bytes`).toThrow(
      ModelError,
    );
  }
  expect(() => decodeModel(FILE, "whole")).not.toThrow();
});

test("a file with bytes behind it is refused", () => {
  const longer = new Uint8Array(FILE.length + 1);
  longer.set(FILE);
  expect(() => decodeModel(longer, "longer")).toThrow(ModelError);
});

/** `null` for a file that is refused as it should be; throws for any other failure. */
function decodeOrRefuse(file: Uint8Array): ReturnType<typeof decodeModel> | null {
  try {
    return decodeModel(file, "file");
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    expect(String(error)).not.toContain("\n");
    return null;
  }
}

test("bytes changed in the header lead to a refusal or to a sound model", () => {
  const end = 8 + headerLength(FILE);
  const change = fc.record({
    position: fc.integer({ min: 0, max: end - 1 }),
    // Printable characters more often than not: they change numbers and names.
    byte: fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0, max: 255 })),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const file = FILE.slice();
      for (const { position, byte } of changes) file[position] = byte;
      const decoded = decodeOrRefuse(file);
      if (!decoded) return;
      const { architecture, classNames, layers } = decoded;
      expect(classNames.length).toBe(architecture.layers.at(-1)?.units);
      let { inputs } = architecture;
      architecture.layers.forEach(({ units }, index) => {
        const { weights, biases } = layers[index];
        expect([weights.length, biases.length]).toEqual([inputs * units, units]);
        expect([...weights, ...biases].every(Number.isFinite)).toBe(true);
        inputs = units;
      });
    }),
    { numRuns: 2000 },
  );
});

test("every single bit of the header may flip", () => {
  const end = 8 + headerLength(FILE);
  let refused = 0;
  for (let bit = 0; bit < 8 * end; bit++) {
    const file = FILE.slice();
    file[bit >> 3] ^= 1 << (bit & 7);
    if (decodeOrRefuse(file) === null) refused++;
  }
  // What may pass is a class name, an activation's … nothing that changes a size or a place.
  expect(refused / (8 * end)).toBeGreaterThan(0.8);
});

test.each([
  {
    what: "metadata that are not JSON",
    file: () => {
      const { header, data } = split(FILE);
      return join({ ...header, __metadata__: { wasmlp: "{" } } satisfies Header, data);
    },
    message: 'the "wasmlp" metadata is not JSON, expected it to be',
  },
  ...[
    { version: 2 },
    { version: undefined },
    { inputs: "6" },
    { layers: {} },
    { layers: [{ units: 3 }] },
    { layers: [null] },
    { classNames: "abc" },
    { classNames: [1, 2, 3] },
    { image: null },
    { image: { width: 2 } },
    { image: [2, 3] },
  ].map((changes) => ({
    what: `a description with ${JSON.stringify(changes)}`,
    file: () => withDescription(changes),
    message:
      'the "wasmlp" metadata does not describe a network, expected version 1 with inputs, layers and classNames',
  })),
  {
    what: "a description that is a list",
    file: () => {
      const { header, data } = split(FILE);
      return join({ ...header, __metadata__: { wasmlp: "[]" } }, data);
    },
    message:
      'the "wasmlp" metadata does not describe a network, expected version 1 with inputs, layers and classNames',
  },
  {
    what: "10¹⁵ inputs",
    file: () => withDescription({ inputs: 1e15 }),
    message: "inputs is 1000000000000000, expected a whole number from 1 to 1048576",
  },
  {
    what: "no layers",
    file: () => withDescription({ layers: [], classNames: [] }),
    message: "layers is empty, expected at least one layer",
  },
  {
    what: "10¹⁵ units",
    file: () => withDescription({ layers: [{ units: 1e15, activation: "softmax" }] }),
    message: "units of layer 1 is 1000000000000000, expected a whole number from 1 to 1048576",
  },
  {
    what: "another activation",
    file: () => withDescription({ layers: [{ units: 3, activation: "selu" }] }),
    message:
      'the activation of layer 1 is "selu", expected softmax, tanh, relu, leaky-relu, gelu, silu, sigmoid, identity',
  },
  {
    what: "a class name missing",
    file: () => withDescription({ classNames: ["a", "b"] }),
    message: "names 2 classes, expected 3 as the network tells apart",
  },
  {
    what: "an image of another size",
    file: () => withDescription({ image: { width: 3, height: 3 } }),
    message: "says its images are 3 × 3, expected 6 pixels as there are inputs",
  },
  {
    what: "an image of negative sides",
    file: () => withDescription({ image: { width: -2, height: -3 } }),
    message: "says its images are -2 × -3, expected 6 pixels as there are inputs",
  },
  {
    what: "one input more than the tensors have",
    file: () => withDescription({ inputs: 7, image: undefined }),
    message: 'tensor "0.weight" has shape [4, 6], expected [4, 7]',
  },
  {
    what: "a layer more than there are tensors",
    file: () =>
      withDescription({
        layers: [
          { units: 4, activation: "tanh" },
          { units: 5, activation: "tanh" },
          { units: 3, activation: "tanh" },
          { units: 3, activation: "softmax" },
        ],
      }),
    message: 'lacks the tensor "6.weight", expected one of [3, 3]',
  },
  {
    what: "a layer less than there are tensors",
    file: () =>
      withDescription({
        layers: [
          { units: 4, activation: "tanh" },
          { units: 5, activation: "softmax" },
        ],
        classNames: ["1", "2", "3", "4", "5"],
      }),
    message: 'holds a tensor "4.weight", expected none beyond its layers\'',
  },
  {
    what: "a tensor of another name",
    file: () =>
      withHeader((header) => {
        header["2.gamma"] = header["2.bias"];
        delete header["2.bias"];
      }),
    message: 'lacks the tensor "2.bias", expected one of [5]',
  },
  {
    what: "a weight transposed",
    file: () =>
      withHeader((header) => {
        header["0.weight"].shape = [6, 4];
      }),
    message: 'tensor "0.weight" has shape [6, 4], expected [4, 6]',
  },
  {
    what: "a tensor of integers",
    file: () =>
      withHeader((header) => {
        header["0.weight"].dtype = "I32";
      }),
    message: 'tensor "0.weight" has dtype "I32", expected "F32", "I8"',
  },
  {
    what: "biases of eight bits",
    file: () =>
      withHeader((header) => {
        header["0.bias"].dtype = "I8";
        header["0.bias"].shape = [16];
      }),
    message: 'tensor "0.bias" has shape [16], expected [4]',
  },
  {
    what: "weights of eight bits without scales",
    file: () => {
      const { header, data } = split(FILE);
      const short = data.slice(72);
      const entries = Object.entries(header).map(([name, entry]) => {
        if (name === "__metadata__") return [name, entry];
        const { dtype, shape, data_offsets: offsets } = entry as Entry;
        if (name === "0.weight") return [name, { dtype: "I8", shape, data_offsets: [0, 24] }];
        return [name, { dtype, shape, data_offsets: offsets.map((offset) => offset - 72) }];
      });
      return join(Object.fromEntries(entries), short);
    },
    message: 'lacks the tensor "0.weight_scale", expected one of [4, 1]',
  },
])("$what is refused with a sentence", ({ file, message }) => {
  expect(() => decodeModel(file(), "m.safetensors")).toThrow(
    new ModelError(`m.safetensors: ${message}`),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "a weight of %d is refused",
  (value) => {
    const file = FILE.slice();
    const start = 8 + headerLength(file);
    new DataView(file.buffer).setFloat32(start + 112 + 4 * 7, value, true);
    expect(() => decodeModel(file, "m")).toThrow(
      new ModelError(`m: value 7 of tensor "2.weight" is ${value}, expected a finite number`),
    );
  },
);

test("what a layer's description holds beside its shape is left out", async () => {
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  const { header, data } = split(FILE);
  const { wasmlp } = header.__metadata__ as Record<string, string>;
  const text = wasmlp.replaceAll('"units":', `"note":${deep},"weights":0,"units":`);
  using model = await Mlp.load(join({ ...header, __metadata__: { wasmlp: text } }, data));
  expect(model.architecture).toEqual(perceptron(6, [4, 5], 3, "sigmoid"));
});

test("messages name the file as the caller does", async () => {
  const refusal = { name: "ModelError", code: "invalid-model" };
  await expect(Mlp.load(new Uint8Array(3), { name: "a/b.st" })).rejects.toMatchObject({
    ...refusal,
    message: "a/b.st: 3 bytes long, expected a safetensors file of at least 8",
  });
  await expect(Mlp.load(new Uint8Array(3))).rejects.toMatchObject({
    ...refusal,
    message: expect.stringMatching(/^model: /),
  });
});
