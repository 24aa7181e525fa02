/** PNG (W3C, "Portable Network Graphics, third edition"). */
import { inflateSync } from "node:zlib";
import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import { brightness, onVisiblePaper } from "../../data/pictures/greyImage.js";
import { DataError } from "../../errors.js";
import type { GreyImage } from "../../index.js";
import { checkSize, damaged } from "./limits.js";
import { orientationOf, turn } from "./orientation.js";

const SIGNATURE_LENGTH = 8;
const CHUNK_OVERHEAD = 12;
/** The header's chunk: 8 bytes of chunk, then width and height. */
const HEADER_END = 33;
/** By the type of the colours: grey, RGB, palette, grey with alpha, RGB with alpha. */
const CHANNELS: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
/** Bytes of filtered lines over pixels, at most: 4 channels of 16 bits; and filters, seven passes of them. */
const MOST_BYTES_PER_PIXEL = 8;

/**
 * The picture in grey, upright; where it is transparent on white paper, or on black if on white nothing would be seen.
 *
 * @throws DataError when the file is damaged, or its picture too large.
 */
export function readPng(bytes: Uint8Array, name: string): GreyImage {
  const exif = checkChunks(bytes, name);
  let image: DecodedPng;
  try {
    image = decode(bytes, { checkCrc: true });
    if (image.palette) {
      const channels = image.palette[0].length;
      image = { ...image, data: convertIndexedToRgb(image), channels, depth: 8 };
    }
  } catch (cause) {
    throw damaged(name, "PNG", cause);
  }
  const { width, height } = image;
  const pixels = onVisiblePaper((paper) => greyOf(image, paper));
  return turn({ width, height, pixels }, exif && orientationOf(exif));
}

/**
 * Sizes, the end, and how much the compressed data unfolds to, before the decoder takes memory for it.
 *
 * @returns the content of the chunk eXIf, if there is one
 */
function checkChunks(bytes: Uint8Array, name: string): DataView | undefined {
  if (bytes.length < HEADER_END) throw damaged(name, "PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  checkSize(name, width, height);
  const depth = bytes[24];
  // The decoder unfolds whole bytes only.
  if (bytes[28] !== 0 && depth < 8) {
    throw new DataError(
      `${name}: is an interlaced PNG of ${depth} bits, expected 8 or 16 bits, or one that is not interlaced`,
    );
  }
  const compressed: Uint8Array[] = [];
  let exif: DataView | undefined;
  let end = false;
  for (let at = SIGNATURE_LENGTH; !end; ) {
    if (at + CHUNK_OVERHEAD > bytes.length) throw damaged(name, "PNG");
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const next = at + CHUNK_OVERHEAD + length;
    if (next > bytes.length) throw damaged(name, "PNG");
    if (type === "IDAT") compressed.push(bytes.subarray(at + 8, at + 8 + length));
    if (type === "eXIf") exif ??= new DataView(view.buffer, view.byteOffset + at + 8, length);
    end = type === "IEND";
    at = next;
  }
  const most = width * height * MOST_BYTES_PER_PIXEL + 7 * (height + 7);
  const channels = CHANNELS.get(bytes[25]) ?? 0;
  const least = Math.floor((width * height * channels * depth) / 8);
  let unfolded = 0;
  try {
    unfolded = inflateSync(Buffer.concat(compressed), { maxOutputLength: most }).length;
  } catch (cause) {
    throw damaged(name, "PNG", cause);
  }
  if (channels === 0 || unfolded < least) throw damaged(name, "PNG");
  return exif;
}

function greyOf(
  { width, height, data, channels, depth, transparency }: DecodedPng,
  paper: number,
): Uint8Array {
  const grey = new Uint8Array(width * height);
  const full = 2 ** depth - 1;
  const read = depth < 8 ? packedReader(data, width, depth) : (index: number) => data[index];
  const hasColour = channels >= 3;
  const hasAlpha = channels === 2 || channels === 4;
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const first = pixel * channels;
    const red = read(first);
    const green = hasColour ? read(first + 1) : red;
    const blue = hasColour ? read(first + 2) : red;
    const isKeyed =
      !hasAlpha &&
      transparency !== undefined &&
      transparency[0] === red &&
      (!hasColour || (transparency[1] === green && transparency[2] === blue));
    const alpha = isKeyed ? 0 : hasAlpha ? read(first + channels - 1) / full : 1;
    const scale = 255 / full;
    grey[pixel] = brightness(red * scale, green * scale, blue * scale, alpha, paper);
  }
  return grey;
}

/** Grey levels of 1, 2 or 4 bits, packed into bytes from the left; each line begins with a byte. */
function packedReader(
  data: DecodedPng["data"],
  width: number,
  depth: number,
): (pixel: number) => number {
  const perByte = 8 / depth;
  const bytesPerLine = Math.ceil(width / perByte);
  return (pixel) => {
    const column = pixel % width;
    const line = (pixel - column) / width;
    const byte = data[line * bytesPerLine + Math.floor(column / perByte)];
    return (byte >> (8 - depth * ((column % perByte) + 1))) & (2 ** depth - 1);
  };
}
