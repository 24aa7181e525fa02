import { crc32, deflateSync } from "node:zlib";
import { encode } from "fast-png";
import { expect, test } from "vitest";
import { DataError, type GreyImage } from "../../../src/index.js";
import { decodePicture } from "../../../src/node/index.js";
import { enlarge, jpg, oneOfEach, onPaper, png } from "../../support/pictures.js";

const picture = onPaper(enlarge(oneOfEach()[5], 2));
const { width, height } = picture;

/** Four grey levels that survive any depth: 0, 85, 170, 255. */
const coarse: GreyImage = {
  width: 5,
  height: 3,
  pixels: Uint8Array.from({ length: 15 }, (_, pixel) => 85 * (pixel % 4)),
};

/** A PNG from its parts; `scanlines` have their filter bytes. */
function pngOf(
  size: readonly [width: number, height: number],
  depth: number,
  colourType: number,
  scanlines: Uint8Array,
  extra: readonly (readonly [string, Uint8Array])[] = [],
): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, size[0]);
  header.setUint32(4, size[1]);
  header.setUint8(8, depth);
  header.setUint8(9, colourType);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", new Uint8Array(header.buffer)),
    ...extra.map(([type, data]) => chunk(type, data)),
    chunk("IDAT", deflateSync(scanlines)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** Two bits a pixel, each line from a byte on, filter 0. */
function packed({ width, height, pixels }: GreyImage): Uint8Array {
  const stride = 1 + Math.ceil(width / 4);
  const lines = new Uint8Array(stride * height);
  pixels.forEach((value, pixel) => {
    const column = pixel % width;
    const at = Math.floor(pixel / width) * stride + 1 + (column >> 2);
    lines[at] |= (value / 85) << (6 - 2 * (column % 4));
  });
  return lines;
}

/** The lines of the seven passes (W3C, "Portable Network Graphics", section 8), filter 0. */
function adam7({ width, height, pixels }: GreyImage): Uint8Array {
  const passes = [
    { x: 0, y: 0, right: 8, down: 8 },
    { x: 4, y: 0, right: 8, down: 8 },
    { x: 0, y: 4, right: 4, down: 8 },
    { x: 2, y: 0, right: 4, down: 4 },
    { x: 0, y: 2, right: 2, down: 4 },
    { x: 1, y: 0, right: 2, down: 2 },
    { x: 0, y: 1, right: 1, down: 2 },
  ];
  const bytes: number[] = [];
  for (const { x, y, right, down } of passes) {
    for (let row = y; row < height; row += down) {
      bytes.push(0);
      for (let column = x; column < width; column += right)
        bytes.push(pixels[row * width + column]);
    }
  }
  return Uint8Array.from(bytes);
}

/** The last byte of the header says that the lines come in passes. */
function interlaced(lines: Uint8Array, depth: number): Uint8Array {
  const file = Buffer.from(pngOf([width, height], depth, 0, lines));
  file[28] = 1;
  file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
  return file;
}

test("PNG in grey, 16 bits, with alpha, in colour", async () => {
  const grey = await decodePicture(png(picture), "a.png");
  expect(grey).toEqual({ ...picture, pixels: Uint8Array.from(picture.pixels) });

  const data = Uint16Array.from(picture.pixels, (value) => value * 257);
  const deep = encode({ width, height, data, channels: 1, depth: 16 });
  expect(await decodePicture(deep, "a.png")).toEqual(grey);

  // Black ink whose opacity is the picture: on paper, it is the picture.
  const rgba = new Uint8Array(4 * width * height);
  picture.pixels.forEach((value, pixel) => {
    rgba[4 * pixel + 3] = 255 - value;
  });
  const clear = encode({ width, height, data: rgba, channels: 4, depth: 8 });
  expect(await decodePicture(clear, "a.png")).toEqual(grey);

  const red = encode({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0), channels: 3 });
  expect((await decodePicture(red, "a.png")).pixels).toEqual(Uint8Array.of(76));
});

test("PNG of light strokes on nothing is put on black paper", async () => {
  const data = new Uint8Array(2 * picture.pixels.length).fill(255);
  picture.pixels.forEach((value, pixel) => {
    data[2 * pixel + 1] = value;
  });
  const clear = encode({ width, height, data, channels: 2, depth: 8 });
  const { pixels } = await decodePicture(clear, "a.png");
  expect(pixels).toEqual(Uint8Array.from(picture.pixels));
});

test("PNG of two bits a pixel, as grey and by a palette", async () => {
  const size = [coarse.width, coarse.height] as const;
  expect(await decodePicture(pngOf(size, 2, 0, packed(coarse)), "a.png")).toEqual(coarse);
  const palette = Uint8Array.from([0, 85, 170, 255].flatMap((level) => [level, level, level]));
  const indexed = pngOf(size, 2, 3, packed(coarse), [["PLTE", palette]]);
  expect(await decodePicture(indexed, "a.png")).toEqual(coarse);
});

test("PNG in grey with alpha, and of one bit a pixel", async () => {
  const grey = await decodePicture(png(picture), "a.png");
  const inked = Uint8Array.from(picture.pixels).map((value) => 255 - value);
  // Black ink on nothing.
  const data = Uint8Array.from({ length: 2 * inked.length }, (_, i) => (i % 2 ? inked[i >> 1] : 0));
  const clear = encode({ width, height, data, channels: 2, depth: 8 });
  expect(await decodePicture(clear, "a.png")).toEqual(grey);
  const bits = pngOf([10, 1], 1, 0, Uint8Array.of(0, 0b01011001, 0b11000000));
  expect((await decodePicture(bits, "a.png")).pixels).toEqual(
    Uint8Array.from("0101100111", (bit) => 255 * Number(bit)),
  );
});

test("PNG that comes in passes, each finer than the one before", async () => {
  const grey = await decodePicture(png(picture), "a.png");
  const passes = adam7(picture);
  expect(await decodePicture(interlaced(passes, 8), "a.png")).toEqual(grey);
  await expect(decodePicture(interlaced(passes, 4), "a.png")).rejects.toThrow(
    "a.png: is an interlaced PNG of 4 bits, expected 8 or 16 bits, or one that is not interlaced",
  );
});

test("JPEG, within what its quality loses", async () => {
  const { pixels, ...size } = await decodePicture(jpg(picture, 90), "a.jpg");
  expect(size).toEqual({ width, height });
  const error = Uint8Array.from(pixels).reduce(
    (sum, value, i) => sum + Math.abs(value - picture.pixels[i]),
    0,
  );
  expect(error / pixels.length).toBeLessThan(3);
});

/** Black on the left, white on the right, 16 × 16: written by Pillow 12.3 with progressive=True. */
const PROGRESSIVE =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//wgALCAAQABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABwb/2gAIAQEAAAABl08wT//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAQUCH//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEABj8CH//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAT8hH//aAAgBAQAAABCv/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQABPxAf/9k=";

test("JPEG whose details come in several scans", async () => {
  const { pixels, ...size } = await decodePicture(Buffer.from(PROGRESSIVE, "base64"), "a.jpg");
  expect(size).toEqual({ width: 16, height: 16 });
  pixels.forEach((value, pixel) => {
    expect(Math.abs(value - (pixel % 16 < 8 ? 0 : 255))).toBeLessThan(8);
  });
});

function exifSegment(exif: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from("ffe10022457869660000", "hex"), exif]);
}

/** The same in CMYK, as Adobe's programs keep it, inverted: written by ImageMagick 6.9. */
const CMYK =
  "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/9sAQwEDBAQFBAUJBQUJFA0LDRQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU/8AAFAgAEAAQBAERAAIRAQMRAQQRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAAKCf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAA4EAQACEQMRBAAAPwDKoGVQCqgBKuAqof/Z";

test("JPEG in four colours", async () => {
  const file = Buffer.from(CMYK, "base64");
  const { pixels, ...size } = await decodePicture(file, "a.jpg");
  expect(size).toEqual({ width: 16, height: 16 });
  pixels.forEach((value, pixel) => {
    expect(Math.abs(value - (pixel % 16 < 8 ? 0 : 255))).toBeLessThan(8);
  });
  const nameless = Buffer.from(file);
  nameless[nameless.indexOf(0xee)] = 0xed;
  await expect(decodePicture(nameless, "a.jpg")).rejects.toThrow(
    "a.jpg: has four components and does not say which, expected",
  );
});

test.each(["JPEG", "PNG"])("%s is turned upright as its camera says", async (format) => {
  // Bright at the upper left, as it is stored.
  const stored: GreyImage = { width: 32, height: 16, pixels: new Uint8Array(512) };
  for (let row = 0; row < 8; row++) stored.pixels.fill(255, row * 32, row * 32 + 8);
  const corners = ["left top", "right top", "right bottom", "left bottom"];
  // Exif 2.3, section 4.6.4: where row 0 and column 0 are seen.
  const seen = [0, 1, 2, 3, 0, 1, 2, 3];
  for (let orientation = 1; orientation <= 8; orientation++) {
    const exif = Buffer.from(
      "4d4d002a00000008" +
        "0001" +
        `011200030000000100${orientation.toString(16).padStart(2, "0")}0000` +
        "00000000",
      "hex",
    );
    const file = format === "JPEG" ? jpg(stored, 95) : png(stored);
    const added = format === "JPEG" ? exifSegment(exif) : chunk("eXIf", exif);
    const place = format === "JPEG" ? 2 : 33;
    const turned = Buffer.concat([file.subarray(0, place), added, file.subarray(place)]);
    const upright = await decodePicture(turned, "a picture");
    expect([upright.width, upright.height]).toEqual(orientation < 5 ? [32, 16] : [16, 32]);
    const at = (x: number, y: number) => upright.pixels[y * upright.width + x] > 128;
    const [right, bottom] = [upright.width - 1, upright.height - 1];
    const bright = [at(0, 0), at(right, 0), at(right, bottom), at(0, bottom)];
    expect(corners.filter((_, index) => bright[index])).toEqual([corners[seen[orientation - 1]]]);
  }
});

test.each([
  ["PNG", png(picture)],
  ["JPEG", jpg(picture)],
])("a %s cut off anywhere is refused in a sentence", async (_, file) => {
  for (let length = 0; length < file.length - 12; length += 97) {
    const cut = decodePicture(file.subarray(0, length), "cut");
    await expect(cut).rejects.toThrow(DataError);
    await expect(cut).rejects.toThrow(/^cut: [^\n]+, expected [^\n]+$/);
  }
});

test("a PNG changed anywhere is refused, or read as some picture", async () => {
  const file = png(picture);
  for (let at = 0; at < file.length; at += 7) {
    const changed = file.slice();
    changed[at] ^= 0x5a;
    const outcome = await decodePicture(changed, "changed").catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(DataError);
  }
});

test("sizes are refused before memory is asked for", async () => {
  const huge = decodePicture(pngOf([100_000, 100_000], 8, 0, new Uint8Array(10)), "huge.png");
  await expect(huge).rejects.toThrow(/huge\.png: is a picture of 100000 × 100000 pixels, expected/);
  const bomb = pngOf([10, 10], 8, 0, new Uint8Array(50e6));
  await expect(decodePicture(bomb, "bomb.png")).rejects.toThrow(/bomb\.png: is damaged/);
  const file = jpg(picture);
  const frame = file.findIndex((byte, at) => byte === 0xff && file[at + 1] === 0xc0);
  file.fill(0xff, frame + 5, frame + 9);
  await expect(decodePicture(file, "huge.jpg")).rejects.toThrow(/65535 × 65535 pixels, expected/);
});

test("what is no picture is refused", async () => {
  await expect(decodePicture(Buffer.from("GIF89a…"), "a.gif")).rejects.toThrow(
    "a.gif: is no picture that is understood, expected a PNG or JPEG file",
  );
});
