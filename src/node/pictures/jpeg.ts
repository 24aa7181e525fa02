/** JPEG (ITU-T T.81), and the orientation that cameras write into it (Exif 2.3, tag 0x0112). */
import jpeg from "jpeg-js";
import { brightness } from "../../data/pictures/greyImage.js";
import type { GreyImage } from "../../index.js";
import { readJpegSegments } from "./jpegSegments.js";
import { damaged } from "./limits.js";

const MOST_MEGABYTES = 2048;
const ORIENTATION = 0x0112;

/**
 * The picture in grey, upright.
 *
 * @throws DataError when the file is damaged, or its picture too large.
 */
export function readJpeg(bytes: Uint8Array, name: string): GreyImage {
  const { essential, exif } = readJpegSegments(bytes, name);
  let image: { readonly width: number; readonly height: number; readonly data: Uint8Array };
  try {
    image = jpeg.decode(essential, {
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
  return turn({ width, height, pixels }, (exif && orientationOf(exif)) ?? 1);
}

/** From the first directory of an Exif segment; undefined where there is none. */
function orientationOf(exif: DataView): number | undefined {
  const end = exif.byteLength;
  const tiff = 6;
  if (tiff + 8 > end || exif.getUint32(0) !== 0x45786966) return undefined;
  const littleEndian = exif.getUint16(tiff) === 0x4949;
  const directory = tiff + exif.getUint32(tiff + 4, littleEndian);
  if (directory + 2 > end) return undefined;
  const entries = exif.getUint16(directory, littleEndian);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > end) return undefined;
    if (exif.getUint16(at, littleEndian) !== ORIENTATION) continue;
    const value = exif.getUint16(at + 8, littleEndian);
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
