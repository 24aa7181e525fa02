/** Finds, downloads and loads MNIST, or another data set in files of the same names. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkChoice, checkOptions, checkStrings } from "../arguments.js";
import type { Dataset } from "../data/dataset.js";
import {
  decodeMnist,
  decodeMnistPart,
  type IdxFile,
  type ImagesAndLabels,
  MNIST_FILES,
  MNIST_MIRRORS,
  MNIST_PARTS,
  type Mnist,
  type MnistPart,
  type PublishedFile,
} from "../data/mnist.js";
import { DownloadError, FileError } from "../errors.js";
import { defaultCacheDirectory } from "./cacheDirectory.js";
import { type DownloadProgress, download } from "./download.js";
import { readError, systemCode } from "./fileErrors.js";
import { readFileBytes } from "./files.js";
import { gunzipIfCompressed } from "./gunzip.js";

/** Where MNIST is looked for. */
export interface FindMnistOptions {
  /**
   * A folder that holds the files, gzip-compressed or not, of MNIST or of any data set in files of
   * the same names; default: the one that the environment variable WASMLP_DATA_DIR names, if any.
   */
  readonly dataDirectory?: string | undefined;
  /** Where downloads are kept when no data directory is named; default: the user's cache. */
  readonly cacheDirectory?: string | undefined;
  /** What is needed; default both. */
  readonly parts?: readonly MnistPart[];
}

/** Where MNIST comes from. */
export interface MnistOptions extends Omit<FindMnistOptions, "parts"> {
  /** Whether files that are neither in a data directory nor in the cache may be fetched; default "allow". */
  readonly download?: (typeof DOWNLOAD)[number];
  /** Addresses to which name + ".gz" is added, tried in this order; default `MNIST_MIRRORS`. */
  readonly mirrors?: readonly string[];
  /** A mirror that sends nothing for so long is given up; default that of `download`. */
  readonly silenceSeconds?: number | undefined;
  /** Called as a download goes on. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops downloads; what has arrived is kept for the next one. */
  readonly signal?: AbortSignal | undefined;
}

const PLACES = { dataDirectory: "string", cacheDirectory: "string" } as const;

const OPTIONS = {
  ...PLACES,
  download: "checked",
  mirrors: "checked",
  silenceSeconds: "number",
  onProgress: "function",
  signal: "signal",
} as const satisfies Record<keyof MnistOptions, string>;

const DOWNLOAD = ["allow", "never"] as const;

/** Where the files of MNIST lie. */
export interface MnistLocation {
  /** Whether `dataDirectory` named the folder, or WASMLP_DATA_DIR, or neither. */
  readonly origin: "option" | "environment" | "cache";
  /** The folder. */
  readonly directory: string;
}

/** Unpacked files longer than this, a million images of 32 × 32, are taken for a mistake. */
const MAXIMUM_FILE_BYTES = 2 ** 30;

/** How parts are called in the names of data sets. */
const PART_NAMES: Readonly<Record<MnistPart, string>> = { train: "training set", test: "test set" };

/**
 * The training and the test set.
 *
 * Looked for in the data directory and nowhere else if one is named; otherwise in the cache, into
 * which what is missing is downloaded (11 MB in all).
 *
 * @throws FileError when a data directory lacks a file, or a file cannot be read or written.
 * @throws DataError when a file is not what it claims to be.
 * @throws DownloadError when no mirror delivers a file.
 * @throws OptionError when an option is misspelt, of another type, or none of its values.
 * @throws the signal's reason when it aborts.
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  checkMnistOptions("loadMnist", options);
  const location = locate(options);
  const paths = {
    train: await providePart("train", location, options),
    test: await providePart("test", location, options),
  };
  const [train, test] = await Promise.all([readPart(paths.train), readPart(paths.test)]);
  const names = { train: nameOf("train", location), test: nameOf("test", location) };
  return decodeMnist(names, { train, test });
}

/** The test set alone, as `loadMnist` has it; the files of the training set may be missing. */
export async function loadMnistTest(options: MnistOptions = {}): Promise<Dataset> {
  checkMnistOptions("loadMnistTest", options);
  const location = locate(options);
  const paths = await providePart("test", location, options);
  return decodeMnistPart(nameOf("test", location), await readPart(paths));
}

/**
 * Where `loadMnist` would take the files from; undefined when it would have to download some.
 *
 * @throws FileError when a data directory is named that lacks a file.
 * @throws OptionError when an option is misspelt, of another type, or none of its values.
 */
export async function findMnist(
  options: FindMnistOptions = {},
): Promise<MnistLocation | undefined> {
  const { parts = MNIST_PARTS } = options;
  checkOptions("findMnist", options, { ...PLACES, parts: "array" });
  for (const part of parts) checkChoice("an entry of parts", part, MNIST_PARTS);
  const location = locate(options);
  for (const part of parts) {
    for (const file of Object.values(MNIST_FILES[part])) {
      if ((await findFile(file, location)) === undefined) return undefined;
    }
  }
  return location;
}

function checkMnistOptions(owner: string, options: MnistOptions): void {
  checkOptions(owner, options, OPTIONS);
  checkChoice("download", options.download, DOWNLOAD);
  if (options.mirrors !== undefined) checkStrings("mirrors", options.mirrors);
}

function locate({ dataDirectory, cacheDirectory }: FindMnistOptions): MnistLocation {
  if (dataDirectory !== undefined) return { origin: "option", directory: dataDirectory };
  const fromEnvironment = process.env.WASMLP_DATA_DIR;
  if (fromEnvironment) return { origin: "environment", directory: fromEnvironment };
  return { origin: "cache", directory: join(cacheDirectory ?? defaultCacheDirectory(), "mnist") };
}

function nameOf(part: MnistPart, { origin, directory }: MnistLocation): string {
  return origin === "cache" ? `MNIST ${PART_NAMES[part]}` : `${PART_NAMES[part]} in ${directory}`;
}

/** One file after the other, so that progress is that of one file at a time. */
async function providePart(
  part: MnistPart,
  location: MnistLocation,
  options: MnistOptions,
): Promise<ImagesAndLabels<string>> {
  const { images, labels } = MNIST_FILES[part];
  return {
    images: await provideFile(images, location, options),
    labels: await provideFile(labels, location, options),
  };
}

/** The path of a file that is there, downloaded if need be. */
async function provideFile(
  file: PublishedFile,
  location: MnistLocation,
  options: MnistOptions,
): Promise<string> {
  const found = await findFile(file, location);
  if (found !== undefined) return found;
  const destination = join(location.directory, `${file.name}.gz`);
  if (options.download === "never") {
    throw new FileError(`${destination}: does not exist, expected an earlier download`);
  }
  const { mirrors = MNIST_MIRRORS, silenceSeconds, onProgress, signal } = options;
  const urls = mirrors.map((mirror) => `${mirror.replace(/\/*$/, "/")}${file.name}.gz`);
  try {
    await download({ urls, destination, content: file, silenceSeconds, onProgress, signal });
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    throw new DownloadError(
      `${error.message}; expected a network, or WASMLP_DATA_DIR or dataDirectory to name a folder with MNIST`,
    );
  }
  return destination;
}

/**
 * @returns undefined when the cache lacks the file.
 * @throws FileError when a data directory does.
 */
async function findFile(
  { name }: PublishedFile,
  { origin, directory }: MnistLocation,
): Promise<string | undefined> {
  const place = origin === "environment" ? `WASMLP_DATA_DIR=${directory}` : directory;
  const files = await listFiles(directory, place);
  const found = spellings(name).find((spelling) => files?.has(spelling));
  if (found !== undefined) return join(directory, found);
  if (origin === "cache") return undefined;
  throw new FileError(
    files
      ? `${place}: holds no ${name}.gz, expected it, packed or unpacked, as in a folder with MNIST`
      : `${place}: does not exist, expected a folder with MNIST`,
  );
}

/** Unpacked files come first, as they load faster; some archives have a dot in place of a hyphen. */
function spellings(name: string): string[] {
  const dotted = name.replace("-idx", ".idx");
  return [name, dotted, `${name}.gz`, `${dotted}.gz`];
}

/** Everything in a folder that is no folder itself; undefined when there is no such folder. */
async function listFiles(directory: string, place: string): Promise<Set<string> | undefined> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return new Set(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    throw readError(place, cause, "a folder");
  }
}

async function readPart({
  images,
  labels,
}: ImagesAndLabels<string>): Promise<ImagesAndLabels<IdxFile>> {
  const [imagesFile, labelsFile] = await Promise.all([readIdxFile(images), readIdxFile(labels)]);
  return { images: imagesFile, labels: labelsFile };
}

async function readIdxFile(path: string): Promise<IdxFile> {
  const limit = { name: path, maximumBytes: MAXIMUM_FILE_BYTES };
  return { name: path, bytes: await gunzipIfCompressed(await readFileBytes(path), limit) };
}
