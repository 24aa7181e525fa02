/** The orientation that cameras write beside a picture (Exif 2.3, tag 0x0112), and what it asks for. */
import type { GreyImage } from "../../index.js";

const ORIENTATION = 0x0112;

/**
 * From the first directory; undefined where there is none.
 *
 * @param exif from the order of its bytes on, as in a TIFF file
 */
export function orientationOf(exif: DataView): number | undefined {
  const end = exif.byteLength;
  if (end < 8) return undefined;
  const littleEndian = exif.getUint16(0) === 0x4949;
  const directory = exif.getUint32(4, littleEndian);
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
export function turn(image: GreyImage, orientation = 1): GreyImage {
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
