/**
 * Damages the files of one reader, in a process of its own, and prints what came of it as JSON.
 *
 *   node test/fuzz/run.mjs READER SEED SECONDS PROGRESS   cut and flipped everywhere, then at random; PROGRESS is a file
 *                                                         that has the number of the case under way
 *   node test/fuzz/run.mjs READER SEED --case NUMBER      one case again, with the error's stack
 */
import { openSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { WasmlpError } from "../../build/index.js";
import { mutate, randomOf } from "./mutations.mjs";
import { READERS } from "./readers.mjs";

const [name, seedText, third, fourth] = process.argv.slice(2);
const seed = Number(seedText);
const { files, read, repair = (bytes) => bytes } = await READERS[name]();

/** Cuts at every byte, then every byte with a bit changed and with all of them, then at random without an end. */
function caseOf(number) {
  let rest = number;
  for (const file of files) {
    if (rest < file.length) return file.subarray(0, rest);
    rest -= file.length;
  }
  for (const mask of [1, 0x80, 0xff]) {
    for (const file of files) {
      if (rest < file.length) {
        const bytes = Uint8Array.from(file);
        bytes[rest] ^= mask;
        return bytes;
      }
      rest -= file.length;
    }
  }
  const random = randomOf(seed + Math.imul(number, 0x9e3779b1));
  const bytes = mutate(files[Math.floor(files.length * random())], files, random);
  return random() < 0.5 ? bytes : repair(bytes);
}

/** What is wrong with how a case ended; undefined where it is as it should be. */
async function complaint(bytes) {
  try {
    await read(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof WasmlpError)) return `${error?.stack ?? error}`;
    return /^[^\n\r\u2028\u2029]{1,600}$/.test(error.message)
      ? undefined
      : `message: ${error.message}`;
  }
}

if (third === "--case") {
  const bytes = caseOf(Number(fourth));
  console.log(Buffer.from(bytes).toString("latin1"));
  await read(bytes);
  console.log("was read");
} else {
  const progress = openSync(fourth, "w");
  const start = performance.now();
  const [end, latest] = [start + 1000 * Number(third), start + 5000 * Number(third)];
  const systematic = 4 * files.reduce((sum, file) => sum + file.length, 0);
  const failures = [];
  let slowest = { milliseconds: 0, number: -1 };
  let number = 0;
  for (; performance.now() < (number < systematic ? latest : end); number++) {
    // zlib lets go of its memory when the event loop turns.
    if (number % 64 === 0) await setImmediate();
    writeSync(progress, String(number), 0);
    const bytes = caseOf(number);
    const begun = performance.now();
    const found = await complaint(bytes);
    const milliseconds = performance.now() - begun;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, number };
    if (found !== undefined && failures.push({ number, found }) === 3) break;
  }
  const resident = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ cases: number, failures, slowest, resident }));
}
process.exit();
