import { expect, test } from "vitest";
import { decodeArrayFile } from "../../../src/data/arrays/arrayFile.js";
import { DataError } from "../../../src/errors.js";
import { numpyFile } from "../../support/numpyFiles.js";
import { join } from "../../support/safetensors.js";
import { zip } from "../../support/zip.js";

const OPTIONS = { place: "dump", name: "W1" };

/** Of characters, each one byte. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

test("a .npy file is known by its content, and named from outside", async () => {
  const [array, ...others] = await decodeArrayFile(numpyFile("scalar"), OPTIONS);
  expect(array).toEqual({
    name: "W1",
    shape: [],
    dtype: "float32",
    values: Float32Array.of(2.5),
  });
  expect(others).toEqual([]);
});

test("a .npz file is known by its content, an empty one as well", async () => {
  const arrays = await decodeArrayFile(numpyFile("savez"), OPTIONS);
  expect(arrays.map(({ name }) => name)).toEqual(["W1", "b1"]);
  expect(await decodeArrayFile(zip([]), OPTIONS)).toEqual([]);
});

test("a safetensors file is known by its content, whatever its header's length looks like", async () => {
  const entry = { dtype: "U8", shape: [1], data_offsets: [0, 1] };
  const header = JSON.stringify({ t: entry });
  // 0x7b, "{": the length of the header is the character that JSON text begins with.
  for (const length of [0x7b, 0x80, 0x93]) {
    const file = join(header.padEnd(length), Uint8Array.of(7));
    expect(file[0]).toBe(length);
    const [array] = await decodeArrayFile(file, OPTIONS);
    expect(array).toEqual({ name: "t", shape: [1], dtype: "uint8", values: Uint8Array.of(7) });
  }
});

test("limits reach the archive", async () => {
  await expect(
    decodeArrayFile(numpyFile("savez"), { ...OPTIONS, maximumBytes: 300 }),
  ).rejects.toThrow(new DataError("dump: its entries unpack to 308 bytes, expected at most 300"));
});

test.each<[string, Uint8Array, string, string?]>([
  ["an empty file", bytes(""), "is empty"],
  [
    "a pickle",
    bytes("\x80\x04\x95"),
    "is a Python pickle, which may run any program",
    "save with safetensors or numpy.savez instead",
  ],
  [
    "HDF5",
    bytes("\x89HDF\r\n\x1a\n\0"),
    "is an HDF5 file",
    "read it with h5py and save with numpy.savez",
  ],
  [
    "MATLAB",
    bytes("MATLAB 5.0 MAT-file"),
    "is a MATLAB file",
    "read it with scipy.io.loadmat and save with numpy.savez",
  ],
  ["a picture", bytes("\x89PNG\r\n\x1a\n"), "is a PNG picture"],
  ["a photo", bytes("\xff\xd8\xff\xe0"), "is a JPEG picture"],
  ["gzip", bytes("\x1f\x8b\x08"), "is compressed with gzip", "unpack it first"],
  ["a JSON object", bytes('{"W1": [1, 2]}'), "is JSON text"],
  ["a JSON list", bytes("\n [1, 2]"), "is JSON text"],
  ["text", bytes("1 2 3"), 'is text that begins with "1 2 3"'],
])("%s is refused with a sentence", async (_, file, found, advice) => {
  const ending = advice ? `; ${advice}` : "";
  await expect(decodeArrayFile(file, OPTIONS)).rejects.toThrow(
    new DataError(`dump: ${found}, expected a .npz, .npy or .safetensors file${ending}`),
  );
});

test("any start of a file is refused", async () => {
  for (const name of ["scalar", "savez"] as const) {
    const file = numpyFile(name);
    for (let length = 0; length < file.length; length++) {
      await expect(decodeArrayFile(file.subarray(0, length), OPTIONS)).rejects.toBeInstanceOf(
        DataError,
      );
    }
  }
});
