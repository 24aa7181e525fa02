import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32c } from "../../src/data/crc.js";
import { ModelError } from "../../src/errors.js";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/model/formats/safetensors.js";
import { decodeCheckpoint } from "../../src/training/checkpoint.js";
import type { FitOptions } from "../../src/training/options.js";
import { noise } from "../support/datasets.js";

const DATA = noise(53);
const VALIDATION = noise(20, 5, 2);
const CREATE = { architecture: perceptron(15, [7, 40], 4, "tanh"), seed: 4 } as const;

const OPTIONS: Record<string, FitOptions> = {
  sgd: {},
  everything: {
    optimizer: "adamw",
    schedule: { kind: "one-cycle", rise: 0.3, start: 0.04, end: 0.01 },
    dropout: { input: 0.1, hidden: 0.2 },
    averaging: 0.9,
    clipNorm: 1,
    maxNorm: 1,
    labelSmoothing: 0.1,
    learningRate: 0.01,
  },
  "plateau and early stopping": {
    optimizer: "nesterov",
    schedule: { kind: "plateau", factor: 0.5, patience: 0, threshold: 0.01 },
    earlyStopping: { patience: 2 },
    validation: VALIDATION,
  },
  rmsprop: { optimizer: "rmsprop", learningRate: 0.01, batchSize: "full" },
};

async function train(options: FitOptions, stopAfter = Number.POSITIVE_INFINITY) {
  using model = await Mlp.create(CREATE);
  const checkpoints: Uint8Array[] = [];
  const onCheckpoint = (bytes: Uint8Array) => void checkpoints.push(bytes);
  const reports = [];
  for await (const report of model.epochs(DATA, {
    batchSize: 10,
    epochs: 6,
    seed: 9,
    onCheckpoint,
    ...options,
  })) {
    reports.push({ ...report, seconds: 0 });
    if (report.epoch === stopAfter) break;
  }
  return { bytes: [...model.save()], checkpoints, reports };
}

describe.each(Object.keys(OPTIONS))("%s", (name) => {
  test("a run that is resumed after any epoch ends with the same bits", async () => {
    const options = OPTIONS[name];
    const whole = await train(options);
    for (let epoch = 1; epoch <= whole.checkpoints.length; epoch++) {
      const broken = await train(options, epoch);
      const resumed = await train({ ...options, resume: broken.checkpoints[epoch - 1] });
      expect(resumed.bytes).toEqual(whole.bytes);
      expect(resumed.reports).toEqual(whole.reports.slice(epoch));
    }
  });
});

test("a run may be made longer where its schedule does not depend on the length", async () => {
  const short = await train({ epochs: 3 });
  const longer = await train({ epochs: 6, resume: short.checkpoints[2] });
  expect(longer.bytes).toEqual((await train({ epochs: 6 })).bytes);
  const cosine = { schedule: { kind: "cosine", floor: 0 } } as const;
  const fixed = await train({ ...cosine, epochs: 3 });
  await expect(train({ ...cosine, resume: fixed.checkpoints[0] })).rejects.toThrow(
    'checkpoint: is of a run of 3 epochs, expected 6 as the schedule "cosine" depends on it',
  );
});

test("a checkpoint of another run is refused by what differs", async () => {
  const { checkpoints } = await train({});
  const resume = checkpoints[0];
  await expect(train({ resume, learningRate: 0.3 })).rejects.toThrow(
    "checkpoint: is of a run whose settings.learningRate is 0.1, expected 0.3 as in this one",
  );
  await expect(train({ resume, optimizer: "adam" })).rejects.toThrow(
    'checkpoint: is of a run whose settings.optimizer.name is "sgd", expected "adam" as in this one',
  );
  using other = await Mlp.create({ ...CREATE, architecture: perceptron(15, [8], 4, "tanh") });
  await expect(other.fit(DATA, { batchSize: 10, epochs: 6, seed: 9, resume })).rejects.toThrow(
    /^checkpoint: is of a run whose architecture.layers.0.units is 7, expected 8 as in this one$/,
  );
  using model = await Mlp.create(CREATE);
  await expect(
    model.fit(noise(53, 6), { batchSize: 10, epochs: 6, seed: 9, resume }),
  ).rejects.toThrow(/^checkpoint: is of a run whose data\.\w+ is \d+, expected \d+ as/);
});

test("a checkpoint that is torn or altered anywhere is refused with a sentence", async () => {
  const { checkpoints } = await train({ optimizer: "momentum", epochs: 1 });
  const file = checkpoints[0];
  expect(() => decodeCheckpoint(file, "c")).not.toThrow();
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const altered = file.slice();
      altered[place] ^= change;
      expect(() => decodeCheckpoint(altered, "c")).toThrow(/^c: .+$/);
      expect(() => decodeCheckpoint(file.subarray(0, place), "c")).toThrow(/^c: .+$/);
    }),
    { numRuns: 300 },
  );
});

/** The same file with other metadata and tensors, and the checksum that belongs to them. */
function forged(
  file: Uint8Array,
  text: (before: string) => string,
  keep: (tensor: string) => boolean = () => true,
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file, "c");
  const kept = tensors.filter(({ name }) => keep(name));
  const altered = text(metadata["wasmlp-checkpoint"]);
  const parts = [altered, ...kept.map(({ name, data }) => `${name} ${crc32c(bytesOf(data))}`)];
  const checksum = String(crc32c(new TextEncoder().encode(parts.join("\n"))));
  return encodeSafetensors({
    tensors: kept,
    metadata: { "wasmlp-checkpoint": altered, checksum },
  });
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

test("one that somebody has written by hand is refused with a sentence, checksum or not", async () => {
  const { checkpoints } = await train({ epochs: 1 });
  const [file] = checkpoints;
  expect(() =>
    decodeCheckpoint(
      forged(file, (text) => text),
      "c",
    ),
  ).not.toThrow();
  const altered = [
    [(text: string) => text.slice(1), "c: its metadata is not JSON, expected it to be"],
    [() => "null", "c: its metadata does not describe a run, expected its architecture"],
    [() => '{"version":1}', "c: its metadata does not describe a run"],
    [() => '{"version":"\\n"}', 'c: is of version "\\n", expected version 1'],
    [
      (text: string) => text.replace(/"layers":\[.*?\]/, '"layers":{"length":1e9}'),
      "c: its metadata does not describe a run",
    ],
    [
      (text: string) => text.replace(/"units":\d+/, '"units":1000000000'),
      'c: its tensor "parameters.0.weights" has 105 values, expected 15000000000',
    ],
  ] as const;
  for (const [text, message] of altered) {
    expect(() => decodeCheckpoint(forged(file, text), "c")).toThrow(ModelError);
    expect(() => decodeCheckpoint(forged(file, text), "c")).toThrow(message);
  }
  const lacking = forged(
    file,
    (text) => text,
    (name) => name !== "parameters.1.biases",
  );
  expect(() => decodeCheckpoint(lacking, "c")).toThrow(
    'c: its tensor "parameters.1.biases" has no values, expected 40',
  );
});
