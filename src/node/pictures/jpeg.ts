/** JPEG (ITU-T T.81). */
import jpeg from "jpeg-js";
import { brightness } from "../../data/pictures/greyImage.js";
import type { GreyImage } from "../../index.js";
import { readJpegSegments } from "./jpegSegments.js";
import { damaged } from "./limits.js";
import { orientationOf, turn } from "./orientation.js";

const MOST_MEGABYTES = 2048;
/** Of "Exif" and two zeros, before what Exif has to say. */
const EXIF_NAME = 6;

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
    pixels[pixel] = brightness(data[first], data[first + 1], data[first + 2], 1, 0);
  }
  return turn({ width, height, pixels }, exif && orientationIn(exif));
}

function orientationIn(segment: DataView): number | undefined {
  if (segment.byteLength < EXIF_NAME || segment.getUint32(0) !== 0x45786966) return undefined;
  return orientationOf(
    new DataView(segment.buffer, segment.byteOffset + EXIF_NAME, segment.byteLength - EXIF_NAME),
  );
}
