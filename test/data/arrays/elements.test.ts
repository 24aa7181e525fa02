import { expect, test } from "vitest";
import { decodeElements } from "../../../src/data/arrays/elements.js";
import { DataError } from "../../../src/errors.js";

test("values that would take more than 4 GiB are refused before memory is asked for", () => {
  // Never touched, so that the system need not find it.
  const bytes = new Uint8Array(2 ** 30 + 1);
  expect(() => decodeElements(bytes, { place: "a", dtype: "int8", littleEndian: true })).toThrow(
    new DataError("a: its values take 4294967300 bytes in memory, expected at most 4294967296"),
  );
});
