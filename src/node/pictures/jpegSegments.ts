/**
 * The segments of a JPEG file (ITU-T T.81, annex B), checked before a decoder sees them: what it is given is one
 * frame of a size that its data can fill, in few scans, and nothing else. Its time and its memory then depend on the
 * size of the picture alone.
 */
import { DataError } from "../../errors.js";
import { checkSize, damaged } from "./limits.js";

/** Second bytes of markers (table B.1). */
const MARKER = {
  huffmanTables: 0xc4,
  jpegExtension: 0xc8,
  arithmeticConditions: 0xcc,
  firstRestart: 0xd0,
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  quantizationTables: 0xdb,
  restartInterval: 0xdd,
  exif: 0xe1,
  adobe: 0xee,
} as const;
/** Baseline, extended and progressive frames: Huffman-coded cosine transforms. */
const FRAMES_DECODED = [0xc0, 0xc1, 0xc2];
/** Grey, YCbCr or RGB, CMYK or YCCK. */
const COMPONENTS = [1, 3, 4];
/** Encoders write about ten. */
const MOST_SCANS = 100;
const MOST_SAMPLING = 4;
const BLOCK_SIDE = 8;

export interface JpegParts {
  /** The same picture without the segments that a decoder does not need. */
  readonly essential: Uint8Array;
  /** The content of the Exif segment, if there is one. */
  readonly exif: DataView | undefined;
}

/**
 * @throws DataError when the file is damaged, its picture too large, or of a kind that is not decoded.
 */
export function readJpegSegments(bytes: Uint8Array, name: string): JpegParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = [bytes.subarray(0, 2)];
  let exif: DataView | undefined;
  let frame: Frame | undefined;
  let hasAdobe = false;
  let scans = 0;
  let at = 2;
  for (;;) {
    if (at + 2 > bytes.length || bytes[at] !== 0xff) throw damaged(name, "JPEG");
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === MARKER.endOfImage) break;
    if (at + 4 > bytes.length) throw damaged(name, "JPEG");
    const length = view.getUint16(at + 2);
    let next = at + 2 + length;
    if (length < 2 || next > bytes.length) throw damaged(name, "JPEG");
    if (isStartOfFrame(marker)) {
      if (frame) throw damaged(name, "JPEG");
      frame = readFrame(new DataView(view.buffer, view.byteOffset + at, length + 2), name);
      checkFilled(name, frame, bytes.length);
    }
    if (marker === MARKER.startOfScan) {
      if (!frame || ++scans > MOST_SCANS) throw damaged(name, "JPEG");
      next = endOfScan(bytes, next);
    }
    if (marker === MARKER.exif) {
      exif ??= new DataView(view.buffer, view.byteOffset + at + 4, length - 2);
    }
    hasAdobe ||= marker === MARKER.adobe;
    if (isNeeded(marker)) kept.push(bytes.subarray(at, next));
    at = next;
  }
  if (!frame || scans === 0) throw damaged(name, "JPEG");
  if (frame.components === 4 && !hasAdobe) {
    throw new DataError(
      `${name}: has four components and does not say which, expected grey, YCbCr, RGB, or Adobe's marker for CMYK`,
    );
  }
  kept.push(bytes.subarray(at, at + 2));
  return { essential: Buffer.concat(kept), exif };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** @param segment from its marker on */
function readFrame(segment: DataView, name: string): Frame {
  if (segment.byteLength < 10) throw damaged(name, "JPEG");
  const frame = {
    height: segment.getUint16(5),
    width: segment.getUint16(7),
    components: segment.getUint8(9),
  };
  checkSize(name, frame.width, frame.height);
  const type = segment.getUint8(1);
  const precision = segment.getUint8(4);
  if (!FRAMES_DECODED.includes(type)) {
    throw new DataError(
      `${name}: is a lossless, hierarchical or arithmetic-coded JPEG (frame ${type - 0xc0}), expected a baseline or progressive one`,
    );
  }
  if (precision !== 8) {
    throw new DataError(`${name}: is a JPEG of ${precision} bits, expected one of 8`);
  }
  const { components } = frame;
  if (!COMPONENTS.includes(components) || segment.byteLength !== 10 + 3 * components) {
    throw damaged(name, "JPEG");
  }
  for (let component = 0; component < components; component++) {
    const sampling = segment.getUint8(11 + 3 * component);
    const isSound = [sampling >> 4, sampling & 15].every((n) => n >= 1 && n <= MOST_SAMPLING);
    if (!isSound) throw damaged(name, "JPEG");
  }
  return frame;
}

/** Each block of the picture takes at least a bit of the file. */
function checkFilled(name: string, { width, height }: Frame, bytes: number): void {
  const blocks = Math.ceil(width / BLOCK_SIDE) * Math.ceil(height / BLOCK_SIDE);
  if (blocks > 8 * bytes) throw damaged(name, "JPEG");
}

/** Where the next marker begins; within a scan a zero follows 0xff, or it marks a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; ; at++) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    const following = bytes[at + 1];
    const isRestart = following >= MARKER.firstRestart && following < MARKER.startOfImage;
    if (following !== 0 && !isRestart) return at;
  }
}

/** SOF0 to SOF15; three of these numbers mean other things. */
function isStartOfFrame(marker: number): boolean {
  const { huffmanTables, jpegExtension, arithmeticConditions } = MARKER;
  const others: readonly number[] = [huffmanTables, jpegExtension, arithmeticConditions];
  return marker >= 0xc0 && marker <= 0xcf && !others.includes(marker);
}

function isNeeded(marker: number): boolean {
  const { huffmanTables, startOfScan, quantizationTables, restartInterval, adobe } = MARKER;
  const needed: readonly number[] = [
    huffmanTables,
    startOfScan,
    quantizationTables,
    restartInterval,
    adobe,
  ];
  return isStartOfFrame(marker) || needed.includes(marker);
}
