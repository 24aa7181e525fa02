import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { maskedChecksum, openTensorBoardLog, record } from "../../../src/node/logs/tensorBoard.js";
import { temporaryDirectory } from "../../support/temporaryDirectory.js";

/** The records' contents, checksums checked. */
function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(maskedChecksum(file.subarray(at, at + 8)));
    const content = file.subarray(at + 12, at + 12 + length);
    expect(content.length).toBe(length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(maskedChecksum(content));
    found.push(content);
    at += 16 + length;
  }
  return found;
}

type Field = number | bigint | Buffer;

/** The fields of a message by number, each as often as it occurs. */
function fields(message: Buffer): Map<number, Field[]> {
  const found = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const take = (bytes: number) => {
      at += bytes;
      return message.subarray(at - bytes, at);
    };
    const read: Record<number, () => Field> = {
      0: varint,
      1: () => take(8).readDoubleLE(),
      2: () => take(Number(varint())),
      5: () => take(4).readFloatLE(),
    };
    found.set(tag >> 3, [...(found.get(tag >> 3) ?? []), read[tag & 7]()]);
  }
  return found;
}

function scalars(event: Map<number, Field[]>): Record<string, number> {
  const [summary] = event.get(5) ?? [];
  const values = fields(summary as Buffer).get(1) ?? [];
  return Object.fromEntries(
    values.map((value) => {
      const parts = fields(value as Buffer);
      return [String(parts.get(1)?.[0]), Number(parts.get(2)?.[0])];
    }),
  );
}

async function eventFiles(directory: string): Promise<Map<number, Field[]>[][]> {
  const names = (await readdir(directory)).sort();
  expect(names.every((name) => /^events\.out\.tfevents\.\d{10}\./.test(name))).toBe(true);
  return Promise.all(
    names.map(async (name) => records(await readFile(join(directory, name))).map(fields)),
  );
}

const REPORT = { loss: 0.5, accuracy: 0.75, learningRate: 0.125, seconds: 2 };

test("the mask and the framing are those of TFRecord files", () => {
  // A record of the bytes "123456789", whose CRC-32C is 0xe3069283.
  const framed = Buffer.from(record(Uint8Array.from([...Buffer.from("123456789")])));
  const rotated = ((0xe3069283 >>> 15) | (0xe3069283 << 17)) >>> 0;
  expect(framed.readUInt32LE(21)).toBe((rotated + 0xa282ead8) % 2 ** 32);
  expect(records(framed)).toEqual([Buffer.from("123456789")]);
});

test("a version, then an event for each epoch with its scalars", async () => {
  const directory = join(await temporaryDirectory(), "logs", "run");
  const log = await openTensorBoardLog(directory);
  await log.epoch({ epoch: 1, ...REPORT });
  await log.epoch({ epoch: 300, ...REPORT, validationLoss: 0.25, validationAccuracy: 0.875 });
  const [events, ...others] = await eventFiles(directory);
  expect(others).toEqual([]);
  expect(String(events[0].get(3))).toBe("brain.Event:2");
  expect(events.map((event) => event.get(2))).toEqual([[0n], [1n], [1n], [300n]]);
  expect(fields(events[1].get(7)?.[0] as Buffer)).toEqual(new Map([[1, [1n]]]));
  for (const event of events) {
    expect(Math.abs(Number(event.get(1)) - Date.now() / 1000)).toBeLessThan(60);
  }
  const expected = {
    "loss/training": 0.5,
    "accuracy/training": 0.75,
    learning_rate: 0.125,
    seconds: 2,
  };
  expect(scalars(events[2])).toEqual(expected);
  expect(scalars(events[3])).toEqual({
    ...expected,
    "loss/validation": 0.25,
    "accuracy/validation": 0.875,
  });
});

test("a run that is resumed begins a session, which hides what was behind", async () => {
  const directory = await temporaryDirectory();
  await openTensorBoardLog(directory);
  const log = await openTensorBoardLog(directory, { resumeAfter: 7 });
  await log.epoch({ epoch: 8, ...REPORT });
  const [, events] = await eventFiles(directory);
  expect(events[1].get(2)).toEqual([8n]);
  const [session] = events[1].get(7) ?? [];
  expect(fields(session as Buffer)).toEqual(new Map([[1, [1n]]]));
});
