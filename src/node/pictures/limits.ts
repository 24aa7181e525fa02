/** What a picture may be, checked in its header before memory is asked for. */
import { DataError } from "../../errors.js";

/** Pixels; the largest cameras in telephones have about as many. */
const MOST_PIXELS = 50e6;

/** @throws DataError when the picture is empty or too large. */
export function checkSize(name: string, width: number, height: number): void {
  if (width > 0 && height > 0 && width * height <= MOST_PIXELS) return;
  throw new DataError(
    `${name}: is a picture of ${width} × ${height} pixels, expected 1 to ${MOST_PIXELS / 1e6} million pixels`,
  );
}

/** Of a picture that ends early, or whose content cannot be decoded. */
export function damaged(name: string, format: string, cause?: unknown): DataError {
  return new DataError(`${name}: is damaged or cut off, expected a whole ${format} file`, {
    cause,
  });
}
