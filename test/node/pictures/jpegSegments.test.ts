/** What a decoder would take long for, or much memory, is refused before it sees it. */
import { expect, test } from "vitest";
import { DataError } from "../../../src/index.js";
import { readJpegSegments } from "../../../src/node/pictures/jpegSegments.js";
import { enlarge, jpg, oneOfEach, onPaper } from "../../support/pictures.js";

const file = Buffer.from(jpg(onPaper(enlarge(oneOfEach()[5], 2))));
const frame = file.indexOf(Buffer.of(0xff, 0xc0));
const frameEnd = frame + 2 + file.readUInt16BE(frame + 2);
const scan = file.indexOf(Buffer.of(0xff, 0xda));
const end = file.length - 2;

function changed(...changes: readonly (readonly [at: number, value: number])[]): Buffer {
  const copy = Buffer.from(file);
  for (const [at, value] of changes) copy[at] = value;
  return copy;
}

test("what is not needed is left out, and Exif is handed over", () => {
  const exif = Buffer.from("ffe1000a457869660000abcd", "hex");
  const comment = Buffer.from("fffe000568656c", "hex");
  const whole = Buffer.concat([file.subarray(0, 2), exif, comment, file.subarray(2)]);
  const parts = readJpegSegments(whole, "a.jpg");
  expect(parts.essential).toEqual(readJpegSegments(file, "a.jpg").essential);
  expect(parts.exif?.getUint16(6)).toBe(0xabcd);
  expect(readJpegSegments(file, "a.jpg").exif).toBeUndefined();
});

test.each([
  {
    what: "a second frame",
    bytes: Buffer.concat([
      file.subarray(0, frameEnd),
      file.subarray(frame, frameEnd),
      file.subarray(frameEnd),
    ]),
    message: "is damaged",
  },
  {
    what: "a frame behind the scan",
    bytes: Buffer.concat([
      file.subarray(0, end),
      file.subarray(frame, frameEnd),
      file.subarray(end),
    ]),
    message: "is damaged",
  },
  {
    what: "a hundred scans more",
    bytes: Buffer.concat([
      file.subarray(0, end),
      ...Array.from({ length: 100 }, () => file.subarray(scan, end)),
      file.subarray(end),
    ]),
    message: "is damaged",
  },
  {
    what: "more pixels than so few bytes can hold",
    bytes: changed([frame + 5, 0x10], [frame + 7, 0x20]),
    message: "is damaged",
  },
  {
    what: "sampling beyond 4",
    bytes: changed([frame + 11, 0xf1]),
    message: "is damaged",
  },
  {
    what: "no end",
    bytes: file.subarray(0, end),
    message: "is damaged",
  },
  {
    what: "twelve bits",
    bytes: changed([frame + 4, 12]),
    message: "is a JPEG of 12 bits, expected one of 8",
  },
  {
    what: "arithmetic coding",
    bytes: changed([frame + 1, 0xc9]),
    message: "is a lossless, hierarchical or arithmetic-coded JPEG (frame 9), expected",
  },
])("refused: $what", ({ bytes, message }) => {
  const read = () => readJpegSegments(bytes, "a.jpg");
  expect(read).toThrow(DataError);
  expect(read).toThrow(`a.jpg: ${message}`);
});
