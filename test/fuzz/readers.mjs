/** Every reader of files, with small whole files to damage. `read` may be a promise; `repair` mends checksums. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { readConfig } from "../../build/cli/config.js";
import { resolveSettings } from "../../build/cli/trainSettings.js";
import { decodeArrayFile } from "../../build/data/arrays/arrayFile.js";
import { decodeNpy, encodeNpy } from "../../build/data/arrays/npy.js";
import { diagnose } from "../../build/doctor/index.js";
import {
  createDataset,
  decodeIdxArray,
  decodeModelNpz,
  decodeNpyTexts,
  decodeNpz,
  decodeStateDict,
  encodeModel,
  encodeModelNpz,
  encodeNpz,
  encodeSamples,
  encodeTable,
  learnEncoding,
  learnSamplesEncoding,
  Mlp,
  perceptron,
  TableReader,
} from "../../build/index.js";
import { encodeSafetensors } from "../../build/model/formats/safetensors.js";
import { gunzipIfCompressed } from "../../build/node/gunzip.js";
import { decodePicture } from "../../build/node/index.js";
import { parseProfile } from "../../build/profile/compare.js";
import { decodeCheckpoint } from "../../build/training/checkpoint.js";

const PLACE = "file";
const text = (content) => new TextEncoder().encode(content);

async function tinyModel() {
  const model = await Mlp.create({
    architecture: perceptron(3, [2], 2, "tanh"),
    seed: 1,
    threads: 1,
    classNames: ["a", "b"],
    preprocessing: {
      columns: [
        { kind: "number", name: "x", mean: 1, scale: 2 },
        { kind: "categories", name: "c", categories: ["p", "q"] },
      ],
      targets: [{ name: "t" }],
    },
  });
  return model;
}

async function checkpoints() {
  const model = await Mlp.create({
    architecture: perceptron(2, [2], 2, "relu"),
    seed: 1,
    threads: 1,
  });
  const targets = { kind: "classes", labels: Uint8Array.of(0, 1), names: ["0", "1"] };
  const inputs = Float32Array.of(0, 1, 1, 0);
  const files = [];
  await model.fit(createDataset({ name: "two", inputs, features: 2, targets }), {
    epochs: 2,
    optimizer: "adam",
    onCheckpoint: (file) => files.push(Uint8Array.from(file)),
  });
  return files;
}

const f32 = (name, shape, values) => ({
  name,
  shape,
  dtype: "float32",
  values: Float32Array.from(values),
});
const MATRIX = f32("X", [3, 2], [1, 2, 3, 4, 5, 6]);
const LABELS = { name: "y", shape: [3], dtype: "uint8", values: Uint8Array.of(0, 1, 1) };

/** A .npy file of three texts, as NumPy writes it. */
function npyTexts(dtype, data) {
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (3,), }\n`;
  const length = String.fromCharCode(header.length);
  return Uint8Array.from(Buffer.from(`\x93NUMPY\x01\0${length}\0${header}${data}`, "latin1"));
}

/** Weights, gradients and the like of a step of two layers. */
function dump() {
  const ramp = (name, ...shape) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return f32(
      name,
      shape,
      Array.from({ length: count }, (_, i) => Math.sin(i + name.length)),
    );
  };
  return [
    ramp("X", 4, 3),
    { name: "Y", shape: [4], dtype: "int32", values: Int32Array.of(0, 1, 1, 0) },
    ramp("W1", 3, 2),
    ramp("b1", 2),
    ramp("W2", 2, 2),
    ramp("b2", 2),
    ramp("Z1", 4, 2),
    ramp("A1", 4, 2),
    ramp("Z2", 4, 2),
    ramp("A2", 4, 2),
    ramp("dW1", 3, 2),
    ramp("dW2", 2, 2),
    ramp("loss"),
  ];
}

const GREY = Uint8Array.from({ length: 20 * 20 }, (_, i) => (i * 37) % 256);
const COLOURS = Uint8Array.from({ length: 4 * 400 }, (_, i) => (i * 7919) % 256);

/** Checksums of the chunks of a PNG, as far as there are any. */
function mendPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const next = at + 12 + view.getUint32(at);
    if (next > bytes.length) break;
    view.setUint32(next - 4, crc32(bytes.subarray(at + 4, next - 4)));
    at = next;
  }
  return bytes;
}

function png(depth, colourType, lines, extra = []) {
  const header = Buffer.from([0, 0, 0, 6, 0, 0, 0, 4, depth, colourType, 0, 0, 0]);
  const chunk = (type, data) => {
    const whole = Buffer.alloc(data.length + 12);
    whole.writeUInt32BE(data.length);
    whole.write(type, 4, "latin1");
    whole.set(data, 8);
    return whole;
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [
    ["IHDR", header],
    ...extra,
    ["IDAT", deflateSync(lines)],
    ["IEND", Buffer.alloc(0)],
  ];
  return mendPng(
    new Uint8Array(Buffer.concat([signature, ...chunks.map((parts) => chunk(...parts))])),
  );
}

const folder = mkdtempSync(join(tmpdir(), "wasmlp-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function config(extension) {
  const path = join(folder, `config.${extension}`);
  return async (bytes) => {
    writeFileSync(path, bytes);
    resolveSettings([await readConfig(path)]);
  };
}

function readTable(bytes) {
  const reader = new TableReader({ place: PLACE });
  const middle = bytes.length >> 1;
  reader.push(bytes.subarray(0, middle));
  reader.push(bytes.subarray(middle));
  const table = reader.end();
  encodeTable(table, learnEncoding(table, { missing: "mean" }));
}

/** By name; made when they are asked for. */
export const READERS = {
  model: async () => {
    const model = await tinyModel();
    return {
      files: [encodeModel(model.snapshot()), encodeModel(model.snapshot(), { quantize: "int8" })],
      read: async (bytes) => (await Mlp.load(bytes, { name: PLACE, threads: 1 })).dispose(),
    };
  },
  "state dict": async () => {
    const tensor = (name, shape) => ({
      name,
      shape,
      data: new Float32Array(shape[0] * (shape[1] ?? 1)),
    });
    const tensors = [tensor("0.weight", [2, 3]), tensor("0.bias", [2]), tensor("2.weight", [2, 2])];
    return {
      files: [encodeSafetensors({ tensors, metadata: {} })],
      read: (bytes) => decodeStateDict(bytes, PLACE, { activation: "relu" }),
    };
  },
  "model npz": async () => {
    const model = await tinyModel();
    return {
      files: [
        await encodeModelNpz(model.snapshot()),
        await encodeModelNpz(model.snapshot(), { quantize: "int8" }),
      ],
      read: (bytes) => decodeModelNpz(bytes, PLACE),
    };
  },
  checkpoint: async () => ({
    files: await checkpoints(),
    read: (bytes) => decodeCheckpoint(bytes, PLACE),
  }),
  arrays: async () => ({
    files: [
      encodeNpy(MATRIX),
      await encodeNpz([MATRIX, LABELS]),
      await encodeNpz([MATRIX, LABELS], { compression: "deflate" }),
      encodeSafetensors({
        tensors: [{ name: "X", shape: [3, 2], data: MATRIX.values }],
        metadata: {},
      }),
    ],
    read: (bytes) => decodeArrayFile(bytes, { place: PLACE, name: "X" }),
  }),
  npy: async () => ({
    files: [encodeNpy(MATRIX), encodeNpy(LABELS)],
    read(bytes) {
      const inputs = { name: "X", ...decodeNpy(bytes, PLACE) };
      const samples = { place: PLACE, inputs, targets: LABELS };
      encodeSamples(samples, learnSamplesEncoding(samples));
    },
  }),
  targets: async () => ({
    files: [encodeNpy(LABELS), encodeNpy(f32("y", [3, 2], [0, 1, 1, 0, 1, 0]))],
    read(bytes) {
      const samples = {
        place: PLACE,
        inputs: MATRIX,
        targets: { name: "y", ...decodeNpy(bytes, PLACE) },
      };
      encodeSamples(samples, learnSamplesEncoding(samples));
    },
  }),
  texts: async () => ({
    files: [npyTexts("|S3", "ab\0abcx\0\0"), npyTexts("<U1", "a\0\0\0b\0\0\0a\0\0\0")],
    read(bytes) {
      const targets = { name: "y", ...decodeNpyTexts(bytes, PLACE) };
      const samples = { place: PLACE, inputs: MATRIX, targets };
      encodeSamples(samples, learnSamplesEncoding(samples));
    },
  }),
  dump: async () => ({
    files: [await encodeNpz(dump())],
    read: async (bytes) => diagnose(await decodeNpz(bytes, PLACE, { onUnreadable() {} })),
  }),
  "dumped array": async () => {
    const [first, ...others] = dump();
    return {
      files: [encodeNpy(first)],
      read: (bytes) => diagnose([{ name: "X", ...decodeNpy(bytes, PLACE) }, ...others]),
    };
  },
  idx: async () => ({
    files: [
      Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8),
      Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0x80, 0, 0),
    ],
    read: (bytes) => decodeIdxArray(bytes, PLACE),
  }),
  csv: async () => ({
    files: [
      text('a,b,kind\n1,red,x\n2.5,"blue, or\nso",y\n-3e2,red,x\n'),
      text("size;price\r\n1;10\r\n2;NA\r\n3;30\r\n"),
      text("1\t2\t0\n3\t4\t1\n5\t6\t0\n"),
      text("5,1;3.5;x\n4,9;1.234,5;y\n"),
      text('1\t1,234\n"2,5"\t0,5\n'),
    ],
    read: readTable,
  }),
  gzip: async () => ({
    files: [gzipSync(text("a,b\n1,2\n".repeat(20)))],
    read: (bytes) => gunzipIfCompressed(bytes, { name: PLACE, maximumBytes: 2 ** 24 }),
  }),
  png: async () => ({
    files: [
      encodePng({ width: 20, height: 20, data: GREY, channels: 1, depth: 8 }),
      encodePng({ width: 20, height: 20, data: COLOURS, channels: 4, depth: 8 }),
      png(1, 0, Uint8Array.from([0, 0xa5, 0, 0x5a, 0, 0xff, 0, 0])),
      png(
        2,
        3,
        Uint8Array.from({ length: 12 }, (_, i) => (i % 3 ? 0x1b : 0)),
        [["PLTE", Buffer.from([0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255])]],
      ),
    ],
    read: (bytes) => decodePicture(bytes, PLACE),
    repair: mendPng,
  }),
  jpeg: async () => ({
    files: [30, 90].map(
      (quality) =>
        new Uint8Array(jpeg.encode({ width: 20, height: 20, data: COLOURS }, quality).data),
    ),
    read: (bytes) => decodePicture(bytes, PLACE),
  }),
  profile: async () => ({
    files: [
      text(
        JSON.stringify({
          format: "wasmlp-profile",
          version: 1,
          measurements: [
            { kernel: "gemm", shape: [2, 2], way: "warm", threads: 1, samples: [1, 2] },
          ],
        }),
      ),
    ],
    read: (bytes) => parseProfile(new TextDecoder().decode(bytes), PLACE),
  }),
  yaml: async () => ({
    files: [text("hidden: [64, 32]\nepochs: 5\noptimizer: adam\nschedule: one-cycle:0.3:25:1e4\n")],
    read: config("yaml"),
  }),
  json: async () => ({
    files: [text('{"hidden": "64,32", "epochs": 5, "learningRate": 0.1, "standardize": "no"}')],
    read: config("json"),
  }),
};
