/** Damages files: bits, runs of bytes, numbers in their text, lengths. The same seed and number damage in the same way. */

/** Whole numbers that programs stumble over, in 1, 2, 4 and 8 bytes. */
const WORDS = [
  [0xff],
  [0x00],
  [0x80],
  [0xff, 0xff],
  [0x7f, 0xff],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0x00, 0x00, 0x00, 0x80],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00],
];
const NUMBERS = ["0", "-1", "1e400", "NaN", "99999999999999999999", "4294967296", "0.5", "null"];

/** Numbers from 0 to below 1 (Tommy Ettinger's mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One to four changes; of `others`, pieces are taken over. */
export function mutate(file, others, random) {
  let bytes = Uint8Array.from(file);
  const changes = 1 + Math.floor(4 * random() ** 2);
  for (let change = 0; change < changes; change++) {
    const kind = Math.floor(KINDS.length * random());
    bytes = KINDS[kind](bytes, others, random);
  }
  return bytes;
}

const below = (most, random) => Math.floor(most * random());

const KINDS = [
  function flipBit(bytes, _, random) {
    if (bytes.length > 0) bytes[below(bytes.length, random)] ^= 1 << below(8, random);
    return bytes;
  },
  function setWord(bytes, _, random) {
    const word = WORDS[below(WORDS.length, random)];
    if (word.length <= bytes.length) bytes.set(word, below(bytes.length - word.length + 1, random));
    return bytes;
  },
  function setByte(bytes, _, random) {
    if (bytes.length > 0) bytes[below(bytes.length, random)] = below(256, random);
    return bytes;
  },
  function cut(bytes, _, random) {
    return bytes.slice(0, below(bytes.length + 1, random));
  },
  function remove(bytes, _, random) {
    const start = below(bytes.length, random);
    const end = start + 1 + below(Math.min(32, bytes.length - start), random);
    return join(bytes.subarray(0, start), bytes.subarray(end));
  },
  function repeat(bytes, _, random) {
    const start = below(bytes.length, random);
    const piece = bytes.subarray(start, start + 1 + below(64, random));
    return join(bytes.subarray(0, start), piece, bytes.subarray(start));
  },
  function splice(bytes, others, random) {
    const other = others[below(others.length, random)];
    const from = below(other.length, random);
    const piece = other.subarray(from, from + 1 + below(64, random));
    const at = below(bytes.length + 1, random);
    return join(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length * below(2, random)));
  },
  /** Digits become others, as many. */
  function changeDigits(bytes, _, random) {
    const run = digitsIn(bytes, random);
    if (run) bytes.fill(48 + below(10, random), run.start, run.end);
    return bytes;
  },
  /** A number becomes another, in however many characters. */
  function changeNumber(bytes, _, random) {
    const run = digitsIn(bytes, random);
    if (!run) return bytes;
    const text = new TextEncoder().encode(NUMBERS[below(NUMBERS.length, random)]);
    return join(bytes.subarray(0, run.start), text, bytes.subarray(run.end));
  },
];

/** A run of decimal digits, somewhere. */
function digitsIn(bytes, random) {
  const from = below(bytes.length, random);
  const isDigit = (byte) => byte >= 48 && byte <= 57;
  let start = bytes.findIndex((byte, index) => index >= from && isDigit(byte));
  if (start < 0) return undefined;
  while (start > 0 && isDigit(bytes[start - 1])) start--;
  let end = start;
  while (end < bytes.length && isDigit(bytes[end])) end++;
  return { start, end };
}

function join(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}
