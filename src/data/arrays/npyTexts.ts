/**
 * Texts in .npy files: "<U5", five characters of four bytes each (UCS-4, in the byte order that is given), and "|S5", five
 * bytes; shorter texts are filled up with zeros.
 */
import { DataError } from "../../errors.js";
import { HOST_IS_LITTLE_ENDIAN } from "./byteOrder.js";
import { countValues, showShape, type TextArray } from "./namedArray.js";
import { readNpyHeader } from "./npyHeader.js";
import { show } from "./show.js";

const UCS4_BYTES = 4;
const LAST_CHARACTER = 0x10ffff;
const SURROGATES = { first: 0xd800, last: 0xdfff };

/** What the dtype of texts says. */
interface TextDescription {
  /** Characters of four bytes, or bytes of UTF-8. */
  readonly kind: "characters" | "bytes";
  /** Bytes of an item. */
  readonly width: number;
  readonly littleEndian: boolean;
}

/**
 * Whether the bytes are a .npy file of texts.
 *
 * @throws DataError when they are no .npy file.
 */
export function holdsTexts(bytes: Uint8Array, place: string): boolean {
  const { description } = readNpyHeader(bytes, place);
  return typeof description === "string" && /^[<>|=]?[USa]/.test(description);
}

/**
 * The texts of a .npy file, of dtype `U` or `S`, one a row, without spaces around them, as those of tables.
 *
 * @param bytes the whole file
 * @param place what the file is called in messages
 * @throws DataError when the file is not one of texts, or not all of one, or has several texts a row, or bytes
 *   that are no characters.
 */
export function decodeNpyTexts(bytes: Uint8Array, place: string): Omit<TextArray, "name"> {
  const { description, shape, end } = readNpyHeader(bytes, place);
  const { kind, width, littleEndian } = readDescription(description, place);
  const count = countValues(shape);
  if (shape.length > 1 && count !== Math.max(...shape)) {
    throw new DataError(
      `${place}: its texts are ${showShape(shape)}, expected one a row, in one dimension`,
    );
  }
  const data = bytes.subarray(end);
  if (data.length !== count * width) {
    throw new DataError(
      `${place}: the length of its data is ${data.length} bytes, expected ${count * width} for ${showShape(shape)} of ${show(description)}`,
    );
  }
  const decode = kind === "bytes" ? utf8Decoder(place) : ucs4Decoder(littleEndian, place);
  const texts = new Map<string, number>();
  const values = Int32Array.from({ length: count }, (_, row) => {
    const text = decode(data.subarray(row * width, (row + 1) * width), row).trim();
    const index = texts.get(text) ?? texts.size;
    texts.set(text, index);
    return index;
  });
  return { shape, dtype: "text", texts: [...texts.keys()], values };
}

function readDescription(description: unknown, place: string): TextDescription {
  const [, order, letter, digits] =
    typeof description === "string" ? (/^([<>|=])?([USa])(\d+)$/.exec(description) ?? []) : [];
  const length = Number(digits);
  const width = letter === "U" ? UCS4_BYTES * length : length;
  if (!(Number.isSafeInteger(width) && width > 0)) {
    throw new DataError(
      `${place}: its dtype is ${show(description)}, expected texts of at least one character, as "<U5" and "|S5" are`,
    );
  }
  if (letter === "U" && order === "|") {
    throw new DataError(
      `${place}: its dtype is ${show(description)}, without a byte order, expected "<U${length}" or ">U${length}"`,
    );
  }
  return {
    kind: letter === "U" ? "characters" : "bytes",
    width,
    littleEndian: order === "<" || (order !== ">" && HOST_IS_LITTLE_ENDIAN),
  };
}

type Decode = (item: Uint8Array, row: number) => string;

function ucs4Decoder(littleEndian: boolean, place: string): Decode {
  return (item, row) => {
    const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
    let length = item.length / UCS4_BYTES;
    while (length > 0 && view.getUint32(UCS4_BYTES * (length - 1), littleEndian) === 0) length--;
    let text = "";
    for (let index = 0; index < length; index++) {
      const code = view.getUint32(UCS4_BYTES * index, littleEndian);
      if (code > LAST_CHARACTER || (code >= SURROGATES.first && code <= SURROGATES.last)) {
        throw new DataError(
          `${place}: character ${index} of text ${row} has the code 0x${code.toString(16)}, expected one of Unicode in the byte order of the dtype`,
        );
      }
      text += String.fromCodePoint(code);
    }
    return text;
  };
}

function utf8Decoder(place: string): Decode {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return (item, row) => {
    let length = item.length;
    while (length > 0 && item[length - 1] === 0) length--;
    try {
      return decoder.decode(item.subarray(0, length));
    } catch (cause) {
      throw new DataError(`${place}: text ${row} is not UTF-8, expected texts in UTF-8 or ASCII`, {
        cause,
      });
    }
  };
}
