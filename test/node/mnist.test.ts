import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MNIST_FILES } from "../../src/data/mnist.js";
import { DataError, DownloadError, FileError } from "../../src/errors.js";
import type { DownloadProgress } from "../../src/node/download.js";
import { readFileBytes } from "../../src/node/files.js";
import { gunzipIfCompressed } from "../../src/node/gunzip.js";
import { findMnist, loadMnist, loadMnistTest } from "../../src/node/mnist.js";
import { answers, delivers, serve, unreachable } from "../support/fileServer.js";
import { idx } from "../support/idx.js";
import { realMnist } from "../support/mnist.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

/** A data set of five training and two test images of 4 × 4 pixels, in MNIST's files. */
const FILES: Readonly<Record<string, Uint8Array>> = {
  "train-images-idx3-ubyte": idx({ dimensions: [5, 4, 4] }),
  "train-labels-idx1-ubyte": idx({ dimensions: [5], data: [5, 0, 4, 1, 9] }),
  "t10k-images-idx3-ubyte": idx({ dimensions: [2, 4, 4] }),
  "t10k-labels-idx1-ubyte": idx({ dimensions: [2], data: [7, 2] }),
};

beforeEach(() => {
  vi.stubEnv("WASMLP_DATA_DIR", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A folder with `FILES`, packed, some of which are changed, or left out if null. */
async function folderWith(
  changes: Readonly<Record<string, Uint8Array | null>> = {},
  folder?: string,
): Promise<string> {
  const directory = folder ?? (await temporaryDirectory());
  await mkdir(directory, { recursive: true });
  for (const [name, bytes] of Object.entries({ ...FILES, ...changes })) {
    if (bytes !== null) await writeFile(join(directory, `${name}.gz`), gzipSync(bytes));
  }
  return directory;
}

test("a data directory is loaded, each part named after the folder", async () => {
  const dataDirectory = await folderWith();
  const { train, test: testSet } = await loadMnist({ dataDirectory });
  expect(train).toEqual({
    name: `training set in ${dataDirectory}`,
    inputs: Uint8Array.from({ length: 80 }, (_, index) => index),
    targets: {
      kind: "classes",
      labels: Uint8Array.of(5, 0, 4, 1, 9),
      names: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    },
    samples: 5,
    features: 16,
    image: { width: 4, height: 4 },
  });
  expect(testSet).toMatchObject({ name: `test set in ${dataDirectory}`, samples: 2 });
});

test.each([
  { what: "packed", spelling: (name: string) => `${name}.gz`, pack: gzipSync },
  { what: "unpacked", spelling: (name: string) => name, pack: (bytes: Uint8Array) => bytes },
  {
    what: "with a dot in its name, unpacked",
    spelling: (name: string) => name.replace("-idx", ".idx"),
    pack: (bytes: Uint8Array) => bytes,
  },
  {
    what: "with a dot in its name, packed",
    spelling: (name: string) => `${name.replace("-idx", ".idx")}.gz`,
    pack: gzipSync,
  },
  {
    what: "unpacked in spite of its name",
    spelling: (name: string) => `${name}.gz`,
    pack: (bytes: Uint8Array) => bytes,
  },
])("a file may be $what", async ({ spelling, pack }) => {
  const dataDirectory = await temporaryDirectory();
  for (const [name, bytes] of Object.entries(FILES)) {
    await writeFile(join(dataDirectory, spelling(name)), pack(bytes));
  }
  const { train } = await loadMnist({ dataDirectory });
  expect(train.targets.labels).toEqual(Uint8Array.of(5, 0, 4, 1, 9));
});

test("a folder that is called like a file is passed over", async () => {
  const dataDirectory = await folderWith();
  await mkdir(join(dataDirectory, "train-images-idx3-ubyte"));
  expect((await loadMnist({ dataDirectory })).train.samples).toBe(5);
});

test("the test set is loaded where there is nothing else", async () => {
  const dataDirectory = await folderWith({
    "train-images-idx3-ubyte": null,
    "train-labels-idx1-ubyte": null,
  });
  expect((await loadMnistTest({ dataDirectory })).targets.labels).toEqual(Uint8Array.of(7, 2));
  expect(await findMnist({ dataDirectory, parts: ["test"] })).toEqual({
    origin: "option",
    directory: dataDirectory,
  });
  const refusal = new FileError(
    `${dataDirectory}: holds no train-images-idx3-ubyte.gz, expected it, packed or unpacked, as in a folder with MNIST`,
  );
  await expect(loadMnist({ dataDirectory })).rejects.toThrow(refusal);
  await expect(findMnist({ dataDirectory })).rejects.toThrow(refusal);
});

describe("where the files are looked for", () => {
  test("in the folder that the environment names, and the sets are named after it", async () => {
    const directory = await folderWith();
    vi.stubEnv("WASMLP_DATA_DIR", directory);
    expect(await findMnist()).toEqual({ origin: "environment", directory });
    expect((await loadMnistTest()).name).toBe(`test set in ${directory}`);
  });

  test("in the folder of the option rather than that of the environment", async () => {
    vi.stubEnv("WASMLP_DATA_DIR", await temporaryDirectory());
    const dataDirectory = await folderWith();
    expect((await loadMnist({ dataDirectory })).train.samples).toBe(5);
  });

  test("in the cache, if no folder is named, and the sets are named MNIST", async () => {
    vi.stubEnv("WASMLP_DATA_DIR", "");
    const cacheDirectory = await temporaryDirectory();
    expect(await findMnist({ cacheDirectory })).toBeUndefined();
    const directory = await folderWith({}, join(cacheDirectory, "mnist"));
    expect(await findMnist({ cacheDirectory })).toEqual({ origin: "cache", directory });
    const { train, test: testSet } = await loadMnist({ cacheDirectory, download: "never" });
    expect([train.name, testSet.name]).toEqual(["MNIST training set", "MNIST test set"]);
  });

  test("on the mirrors, for what the cache lacks", async () => {
    const cacheDirectory = await temporaryDirectory();
    const directory = join(cacheDirectory, "mnist");
    await folderWith({ "t10k-labels-idx1-ubyte": null }, directory);
    expect(await findMnist({ cacheDirectory, parts: ["train"] })).toBeDefined();
    expect(await findMnist({ cacheDirectory })).toBeUndefined();
    const [down, missing] = [await unreachable(), await serve(answers(404))];
    // A mirror's address is taken with a slash at its end or without.
    const mirrors = [down.url, missing.url.slice(0, -1)];
    const file = "t10k-labels-idx1-ubyte.gz";
    await expect(loadMnist({ cacheDirectory, mirrors })).rejects.toThrow(
      new DownloadError(
        `${file}: no mirror delivered it: ${down.url}${file} could not be reached (ECONNREFUSED), ${missing.url}${file} answered 404 Not Found; expected a network, or WASMLP_DATA_DIR or dataDirectory to name a folder with MNIST`,
      ),
    );
    expect(missing.requests).toHaveLength(1);
  });

  test("never on the mirrors, if a folder is named", async () => {
    const mirror = await serve(answers(404));
    const dataDirectory = await folderWith({ "t10k-labels-idx1-ubyte": null });
    const options = { dataDirectory, mirrors: [mirror.url] };
    await expect(loadMnist(options)).rejects.toThrow(FileError);
    expect(mirror.requests).toEqual([]);
  });

  test("never on the mirrors, if downloading is not allowed", async () => {
    const mirror = await serve(answers(404));
    const cacheDirectory = await temporaryDirectory();
    const options = { cacheDirectory, mirrors: [mirror.url], download: "never" } as const;
    const path = join(cacheDirectory, "mnist", "train-images-idx3-ubyte.gz");
    await expect(loadMnist(options)).rejects.toThrow(
      new FileError(`${path}: does not exist, expected an earlier download`),
    );
    expect(mirror.requests).toEqual([]);
    expect(await readdir(cacheDirectory)).toEqual([]);
  });
});

test("a folder that does not exist is refused, and the message says who named it", async () => {
  const directory = join(await temporaryDirectory(), "missing");
  const message = `${directory}: does not exist, expected a folder with MNIST`;
  await expect(loadMnist({ dataDirectory: directory })).rejects.toThrow(new FileError(message));
  vi.stubEnv("WASMLP_DATA_DIR", directory);
  await expect(loadMnist()).rejects.toThrow(new FileError(`WASMLP_DATA_DIR=${message}`));
});

test("a file in place of a folder is refused", async () => {
  const dataDirectory = join(await temporaryDirectory(), "file");
  await writeFile(dataDirectory, "");
  await expect(loadMnist({ dataDirectory })).rejects.toThrow(
    new FileError(
      `${dataDirectory}: is no folder, or lies within what is none, expected a folder that can be read`,
    ),
  );
});

test.each([
  {
    what: "a label of 11",
    file: "train-labels-idx1-ubyte",
    bytes: idx({ dimensions: [5], data: [5, 0, 11, 1, 9] }),
    message: "the label of sample 2 is 11, expected 0 to 9",
  },
  {
    what: "a wrong magic number",
    file: "train-images-idx3-ubyte",
    bytes: new TextEncoder().encode("<!doctype html>"),
    message: "begins with the bytes 3c 21, expected 00 00 as in every IDX file",
  },
  {
    what: "a truncated file",
    file: "t10k-images-idx3-ubyte",
    bytes: idx({ dimensions: [2, 4, 4] }).subarray(0, 40),
    message: "the length of its data is 24, expected 32 for 2 × 4 × 4 values",
  },
  {
    what: "trailing bytes",
    file: "t10k-labels-idx1-ubyte",
    bytes: idx({ dimensions: [2], data: [1, 2, 3] }),
    message: "the length of its data is 3, expected 2 for 2 values",
  },
  {
    what: "an image count of 0",
    file: "train-images-idx3-ubyte",
    bytes: idx({ dimensions: [0, 4, 4] }),
    message: "dimension 1 is 0, expected at least 1",
  },
  {
    what: "images that claim to be endless",
    file: "train-images-idx3-ubyte",
    bytes: idx({ dimensions: [0xffff_ffff, 0xffff_ffff, 0xffff_ffff], data: [] }),
    message: `the length of its data is 0, expected ${0xffff_ffff ** 3} for 4294967295 × 4294967295 × 4294967295 values`,
  },
])("$what is refused with a sentence that names the file", async ({ file, bytes, message }) => {
  const dataDirectory = await folderWith({ [file]: bytes });
  await expect(loadMnist({ dataDirectory })).rejects.toThrow(
    new DataError(`${join(dataDirectory, `${file}.gz`)}: ${message}`),
  );
});

test("labels that are not as many as the images are refused, naming both files", async () => {
  const dataDirectory = await folderWith({
    "train-labels-idx1-ubyte": idx({ dimensions: [4], data: [5, 0, 4, 1] }),
  });
  const [images, labels] = ["images-idx3", "labels-idx1"].map((file) =>
    join(dataDirectory, `train-${file}-ubyte.gz`),
  );
  await expect(loadMnist({ dataDirectory })).rejects.toThrow(
    new DataError(
      `${labels}: the number of labels is 4, expected 5 as there are images in ${images}`,
    ),
  );
});

test("a truncated gzip file is refused with a sentence that names it", async () => {
  const dataDirectory = await folderWith();
  const path = join(dataDirectory, "train-images-idx3-ubyte.gz");
  await writeFile(path, gzipSync(new Uint8Array(96)).subarray(0, 15));
  await expect(loadMnist({ dataDirectory })).rejects.toThrow(
    new DataError(`${path}: ends in the middle of its gzip data, expected the whole file`),
  );
});

describe.skipIf(realMnist === undefined)("the real files", () => {
  const dataDirectory = realMnist ?? "";

  test("have the published lengths and checksums", async () => {
    for (const { name, bytes, sha256 } of Object.values(MNIST_FILES).flatMap(Object.values)) {
      const file = await readFileBytes(join(dataDirectory, `${name}.gz`));
      const content = await gunzipIfCompressed(file, { name, maximumBytes: bytes });
      expect(content.length).toBe(bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    }
  });

  test("hold 60 000 and 10 000 images of every digit", async () => {
    const { train, test: testSet } = await loadMnist({ dataDirectory });
    const image = { width: 28, height: 28 };
    expect(train).toMatchObject({ samples: 60_000, features: 784, image });
    expect(testSet).toMatchObject({ samples: 10_000, features: 784, image });
    const counts = new Array<number>(10).fill(0);
    for (const label of testSet.targets.labels) counts[label]++;
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect([...train.targets.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  test("are downloaded into the cache once, the second mirror helping out", async () => {
    const asked: string[] = [];
    const files = await Promise.all(
      [MNIST_FILES.test.images, MNIST_FILES.test.labels].map(async ({ name }) => {
        const bytes = await readFileBytes(join(dataDirectory, `${name}.gz`));
        return [`/mnist/${name}.gz`, bytes] as const;
      }),
    );
    const good = await serve((request, response) => {
      const url = request.url ?? "";
      asked.push(url);
      delivers(new Map<string, Uint8Array>(files).get(url) ?? new Uint8Array(0))(request, response);
    });
    const bad = await serve(answers(503));
    const cacheDirectory = join(await temporaryDirectory(), "cache");
    const progress: DownloadProgress[] = [];
    const options = {
      cacheDirectory,
      mirrors: [bad.url, `${good.url}mnist/`],
      onProgress: (state: DownloadProgress) => progress.push(state),
    };
    for (const _ of ["downloaded", "cached"]) {
      const { name, samples } = await loadMnistTest(options);
      expect({ name, samples }).toEqual({ name: "MNIST test set", samples: 10_000 });
    }
    expect(asked).toEqual(files.map(([url]) => url));
    expect(await readdir(join(cacheDirectory, "mnist"))).toEqual([
      "t10k-images-idx3-ubyte.gz",
      "t10k-labels-idx1-ubyte.gz",
    ]);
    expect(new Set(progress.map(({ file }) => file)).size).toBe(2);
  });
});
