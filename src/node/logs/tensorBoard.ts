/**
 * TensorBoard's event files: records of a length (uint64), its checksum, an `Event` message (event.proto)
 * and its checksum. Checksums are CRC-32C, masked as in TFRecord files: rotated right by 15 bits, plus a
 * constant, so that the checksum of data that holds checksums is none of them.
 */
import { appendFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { crc32c } from "../../data/crc.js";
import {
  doubleField,
  floatField,
  integerField,
  message,
  messageField,
  textField,
} from "../../data/protobuf.js";
import type { EpochReport } from "../../training/options.js";
import { writeError } from "../fileErrors.js";
import { checkedLogOptions, type RunLog, type RunLogOptions } from "./runLog.js";

const MASK = 0xa282ead8;
const PREFIX = "events.out.tfevents.";

/** Numbers of the fields of Event, Summary, Summary.Value and SessionLog. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const SUMMARY = { value: 1 };
const VALUE = { tag: 1, simpleValue: 2 };
const SESSION_LOG = { status: 1 };
/**
 * A session begins: of what earlier files say of this step and later ones nothing is shown. Every file has
 * it, since TensorBoard passes over the first one that it reads.
 */
const START = 1;

const TAGS = {
  loss: "loss/training",
  accuracy: "accuracy/training",
  validationLoss: "loss/validation",
  validationAccuracy: "accuracy/validation",
  learningRate: "learning_rate",
  seconds: "seconds",
} as const satisfies Partial<Record<keyof EpochReport, string>>;

/**
 * Begins a new event file in `directory`, which is made where it does not exist. TensorBoard shows all
 * files of a directory as one run.
 *
 * @throws FileError when it cannot be written.
 * @throws OptionError when an option is misspelt or out of range.
 */
export async function openTensorBoardLog(
  directory: string,
  options: RunLogOptions = {},
): Promise<RunLog> {
  const { resumeAfter } = checkedLogOptions("openTensorBoardLog", options);
  const status = integerField(SESSION_LOG.status, START);
  const begin = [
    record(event(0, textField(EVENT.fileVersion, "brain.Event:2"))),
    record(event((resumeAfter ?? 0) + 1, messageField(EVENT.sessionLog, [status]))),
  ];
  let path = directory;
  try {
    await mkdir(directory, { recursive: true });
    const seconds = Math.max(Math.floor(Date.now() / 1000), (await newestFile(directory)) + 1);
    path = join(directory, `${PREFIX}${seconds}.${hostname()}.${process.pid}.wasmlp`);
    await writeFile(path, Buffer.concat(begin));
  } catch (cause) {
    throw writeError(path, cause);
  }
  return {
    async epoch(report) {
      try {
        await appendFile(path, record(event(report.epoch, summary(report))));
      } catch (cause) {
        throw writeError(path, cause);
      }
    },
  };
}

/** The time in the names of the event files there are: TensorBoard reads them in that order. */
async function newestFile(directory: string): Promise<number> {
  const times = (await readdir(directory))
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => Number.parseInt(name.slice(PREFIX.length), 10) || 0);
  return Math.max(0, ...times);
}

function event(step: number, what: Uint8Array): Uint8Array {
  const time = doubleField(EVENT.wallTime, Date.now() / 1000);
  return message([time, integerField(EVENT.step, step), what]);
}

function summary(report: EpochReport): Uint8Array {
  const values = Object.entries(TAGS).flatMap(([name, tag]) => {
    const value = report[name as keyof typeof TAGS];
    if (value === undefined) return [];
    const content = [textField(VALUE.tag, tag), floatField(VALUE.simpleValue, value)];
    return [messageField(SUMMARY.value, content)];
  });
  return messageField(EVENT.summary, values);
}

/** Frames an event. */
export function record(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + content.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(content, 12);
  const data = bytes.subarray(12, 12 + content.length);
  view.setUint32(12 + content.length, maskedChecksum(data), true);
  return bytes;
}

export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}
