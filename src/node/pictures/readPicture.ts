/** Pictures in files, whatever their format. */
import { DataError } from "../../errors.js";
import type { GreyImage } from "../../index.js";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/**
 * The picture of a PNG or JPEG file in grey, transparency on white. The decoders are loaded when they are needed.
 *
 * @param name what the file is called in messages
 * @throws DataError when it is neither, damaged, or larger than 50 million pixels.
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<GreyImage> {
  if (startsWith(bytes, PNG)) return (await import("./png.js")).readPng(bytes, name);
  if (startsWith(bytes, JPEG)) return (await import("./jpeg.js")).readJpeg(bytes, name);
  throw new DataError(`${name}: is no picture that is understood, expected a PNG or JPEG file`);
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
