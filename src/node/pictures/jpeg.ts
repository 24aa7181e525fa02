/** JPEG (ITU-T T.81), and the orientation that cameras write into it (Exif 2.3, tag 0x0112). */
import jpeg from "jpeg-js";
import type { GreyImage } from "../../index.js";
import { brightness, checkSize, damaged } from "./limits.js";

const MOST_MEGABYTES = 2048;
const START_OF_SCAN = 0xda;
const EXIF = 0xe1;
const ORIENTATION = 0x0112;

/**
 * The picture in grey, upright.
 *
 * @throws DataError when the file is damaged, or its picture too large.
 */
export function readJpeg(bytes: Uint8Array, name: string): GreyImage {
  const orientation = checkSegments(bytes, name);
  let image: { readonly width: number; readonly height: number; readonly data: Uint8Array };
  try {
    image = jpeg.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxMemoryUsageInMB: MOST_MEGABYTES,
    });
  } catch (cause) {
    throw damaged(name, "JPEG", cause);
  }
  const { width, height, data } = image;
  const pixels = new Uint8Array(width * height);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const first = 4 * pixel;
    pixels[pixel] = brightness(data[first], data[first + 1], data[first + 2], 1);
  }
  return turn({ width, height, pixels }, orientation);
}

/** Checks the size and the end; the orientation, 1 … 8. */
function checkSegments(bytes: Uint8Array, name: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  let hasSize = false;
  let at = 2;
  for (;;) {
    if (at + 4 > bytes.length || bytes[at] !== 0xff) throw damaged(name, "JPEG");
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === START_OF_SCAN) break;
    const length = view.getUint16(at + 2);
    const next = at + 2 + length;
    if (length < 2 || next > bytes.length) throw damaged(name, "JPEG");
    if (isStartOfFrame(marker)) {
      if (length < 8) throw damaged(name, "JPEG");
      checkSize(name, view.getUint16(at + 7), view.getUint16(at + 5));
      hasSize = true;
    }
    if (marker === EXIF) orientation = orientationOf(view, at + 4, next) ?? orientation;
    at = next;
  }
  // Within a scan 0xff is never followed by the mark of the end.
  let end = at;
  while (end + 1 < bytes.length && !(bytes[end] === 0xff && bytes[end + 1] === 0xd9)) end++;
  if (!hasSize || end + 1 >= bytes.length) throw damaged(name, "JPEG");
  return orientation;
}

/** SOF0 to SOF15; three of these numbers mean other things. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** From the first directory of an Exif segment; undefined where there is none. */
function orientationOf(view: DataView, start: number, end: number): number | undefined {
  const tiff = start + 6;
  if (tiff + 8 > end || view.getUint32(start) !== 0x45786966) return undefined;
  const littleEndian = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, littleEndian);
  if (directory + 2 > end) return undefined;
  const entries = view.getUint16(directory, littleEndian);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > end) return undefined;
    if (view.getUint16(at, littleEndian) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, littleEndian);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** 2, 4, 5, 7 are mirrored; from 5 on rows and columns change places. */
function turn(image: GreyImage, orientation: number): GreyImage {
  if (orientation === 1) return image;
  const isTransposed = orientation >= 5;
  const width = isTransposed ? image.height : image.width;
  const height = isTransposed ? image.width : image.height;
  const pixels = new Uint8Array(width * height);
  // Where the stored picture's axes run backwards, as seen by who looks at it upright.
  const isRightToLeft = [2, 3, 6, 7].includes(orientation);
  const isUpwards = [3, 4, 7, 8].includes(orientation);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = isRightToLeft ? width - 1 - x : x;
      const down = isUpwards ? height - 1 - y : y;
      const source = isTransposed ? across * image.width + down : down * image.width + across;
      pixels[y * width + x] = image.pixels[source];
    }
  }
  return { width, height, pixels };
}
