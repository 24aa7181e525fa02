/** Samples in NPY, NPZ, IDX and safetensors files: which array holds inputs, which targets, and where the latter are. */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checkOptions } from "../arguments.js";
import { beginsAsArrayFile, decodeArrayFile } from "../data/arrays/arrayFile.js";
import { type NumericArray, showShape, type TextArray } from "../data/arrays/namedArray.js";
import { show } from "../data/arrays/show.js";
import { decodeIdxArray, isIdx } from "../data/idx.js";
import { type ArrayRole, belongTogether, roleOf } from "../data/samples/arrayRoles.js";
import {
  type ArraySamples,
  checkSameRows,
  type LabelledSamples,
  type TargetArray,
} from "../data/samples/arraySamples.js";
import { DataError, OptionError } from "../errors.js";
import { readFileBytes } from "./files.js";
import { gunzipIfCompressed } from "./gunzip.js";

/** Which arrays of a file are the inputs and the targets. */
export interface ReadSamplesOptions {
  /** The array of inputs; default: the only one, or the one whose name says so ("x_train", "X", "images" …). */
  readonly inputs?: string | undefined;
  /** The array of targets, or a file that holds it; default: what is called as the inputs are ("y_train", "labels" …). */
  readonly target?: string | undefined;
  /** Names that arrays of such samples had before, taken where the file holds them. */
  readonly usual?: {
    /** What the inputs were called. */
    readonly inputs?: string | undefined;
    /** What the targets were called. */
    readonly target?: string | undefined;
  };
}

/** Samples, and what stands in their file beside them. */
export interface FileSamples extends ArraySamples {
  /** Which of its arrays cannot be read, and why, in words; empty where all can. */
  readonly passedOver: string;
}

/** The samples of a file, with those apart that it sets apart for a test. */
export interface SampleFile {
  /** What the file holds to train on, or all that it holds. */
  readonly training: FileSamples;
  /** What it holds to test on, where it says so ("x_test"). */
  readonly test: ArraySamples | undefined;
}

/** Unpacked files longer than this are refused: Node makes no longer buffers. */
const MAXIMUM_BYTES = 2 ** 31 - 1;
const EXTENSIONS = /\.(?:gz|npy|npz|idx|safetensors)$/i;
const ARRAYS_TOLD = 6;
const EXPECTED = "expected a .npy, .npz, .safetensors or IDX file";

/**
 * The samples of a file; an array of inputs alone is looked after in the folder for its targets: "X.npy" has them in
 * "y.npy", "train-images-idx3-ubyte.gz" in "train-labels-idx1-ubyte.gz".
 *
 * @throws FileError when a file cannot be read.
 * @throws DataError when it holds no such arrays, or is damaged.
 * @throws OptionError when an option is misspelt or names nothing.
 */
export async function readSamples(
  path: string,
  options: ReadSamplesOptions = {},
): Promise<SampleFile> {
  checkOptions("readSamples", options, { inputs: "string", target: "string", usual: "object" });
  const file = await readArrayFile(path);
  const usual = (name: string | undefined) =>
    name !== undefined && namesOf(file).length > 1 && namesOf(file).includes(name)
      ? name
      : undefined;
  const inputs = chooseInputs(file, options.inputs ?? usual(options.usual?.inputs));
  const own = roleOf(inputs.name);
  const target = options.target ?? usual(options.usual?.target);
  const found = await findTargets(file, own, target);
  const passedOver = tellUnreadable(file);
  const training = { place: path, inputs, passedOver, ...(found && { targets: found.array }) };
  return { training, test: found?.isInFile ? findTest(file, own, found.array) : undefined };
}

/**
 * The samples in the files beside `path` that are called as it is, but for the test: "x_test.npy" and "y_test.npy" beside
 * "x_train.npy"; undefined where there are none.
 *
 * @throws FileError, DataError or OptionError as `readSamples`.
 */
export async function readTestFiles(path: string): Promise<LabelledSamples | undefined> {
  const own = roleOf(stemOf(path));
  if (own.part !== "train" || own.role !== "inputs") return undefined;
  const found = await findBeside(path, { ...own, part: "test" });
  if (found === undefined) return undefined;
  const { training } = await readSamples(found);
  return isLabelled(training) ? training : undefined;
}

/** Whether a file, unpacked, begins as those that `readSamples` reads. */
export function holdsArrays(head: Uint8Array): boolean {
  return isIdx(head) || beginsAsArrayFile(head);
}

/**
 * @throws DataError when targets are unknown, or not as many as inputs; it says where they may come from.
 */
export function requireTargets(
  samples: ArraySamples & Partial<Pick<FileSamples, "passedOver">>,
): LabelledSamples {
  if (!isLabelled(samples)) {
    const { place, inputs, passedOver = "" } = samples;
    throw new DataError(
      `${place}: holds nothing to predict beside ${show(inputs.name)}, expected an array such as "y" or "labels", a file beside it of such a name, or --target${passedOver}`,
    );
  }
  checkSameRows(samples);
  return samples;
}

function isLabelled(samples: ArraySamples): samples is LabelledSamples {
  return samples.targets !== undefined;
}

interface ArrayFile {
  readonly path: string;
  readonly arrays: readonly NumericArray[];
  /** Arrays of texts, by their names; they are decoded when they are asked for. */
  readonly texts: ReadonlyMap<string, () => TextArray>;
  /** Why entries of an archive are no arrays of numbers, by their names. */
  readonly unreadable: ReadonlyMap<string, DataError>;
}

async function readArrayFile(path: string): Promise<ArrayFile> {
  const limit = { name: path, maximumBytes: MAXIMUM_BYTES };
  const bytes = await gunzipIfCompressed(await readFileBytes(path), limit);
  const name = stemOf(path);
  const unreadable = new Map<string, DataError>();
  const texts = new Map<string, () => TextArray>();
  const arrays = isIdx(bytes)
    ? [{ name, ...decodeIdxArray(bytes, path) }]
    : await decodeArrayFile(bytes, {
        place: path,
        name,
        onUnreadable: (entry, reason) => unreadable.set(entry, reason),
        onTexts: (entry, read) => texts.set(entry, read),
      });
  if (arrays.length + texts.size > 0) return { path, arrays, texts, unreadable };
  throw [...unreadable.values()][0] ?? new DataError(`${path}: holds no arrays, ${EXPECTED}`);
}

function chooseInputs(file: ArrayFile, wanted: string | undefined): NumericArray {
  const { path, arrays } = file;
  if (wanted !== undefined) {
    const found = named(file, wanted, "--inputs");
    if (found.dtype !== "text") return found;
    throw new DataError(`${path}: ${show(wanted)} holds texts, expected numbers as inputs`);
  }
  const name = inputsAmong(arrays.map((array) => array.name));
  const found = arrays.length === 1 ? arrays[0] : arrays.find((array) => array.name === name);
  const unreadable = inputsAmong([...file.unreadable.keys()]);
  if (unreadable !== undefined && (!found || isNoStandIn(found.name, unreadable))) {
    throw file.unreadable.get(unreadable);
  }
  if (found) return found;
  throw new DataError(
    `${path}: holds ${tell(file)}, expected one such as "X" or "x_train", or --inputs with its name${tellUnreadable(file)}`,
  );
}

/** Neither labels nor what is meant for a test stand in for inputs that cannot be read. */
function isNoStandIn(name: string, inputs: string): boolean {
  const { role, part, rest } = roleOf(name);
  const wanted = roleOf(inputs);
  if (role === "targets") return true;
  const isTest = (of: ArrayRole["part"]) => of === "test" || of === "validation";
  return role === "inputs" && rest === wanted.rest && isTest(part) && !isTest(wanted.part);
}

/** Of the names that inputs have, one of those to train on, if there is any. */
function inputsAmong(names: readonly string[]): string | undefined {
  const candidates = names.filter((name) => roleOf(name).role === "inputs");
  const isOf = (part: ArrayRole["part"]) => (name: string) => roleOf(name).part === part;
  return candidates.find(isOf("train")) ?? candidates.find(isOf(undefined)) ?? candidates[0];
}

async function findTargets(
  file: ArrayFile,
  inputs: ArrayRole,
  wanted: string | undefined,
): Promise<{ readonly array: TargetArray; readonly isInFile: boolean } | undefined> {
  const { path } = file;
  if (wanted !== undefined) {
    const isInFile = namesOf(file).includes(wanted) || file.unreadable.has(wanted);
    const array = isInFile ? named(file, wanted, "--target") : await readTargets(wanted, file);
    return { array, isInFile };
  }
  // An array of labels, taken for inputs, is not its own target.
  const here =
    inputs.role === "targets" ? undefined : findByRole(file, { ...inputs, role: "targets" });
  if (here) return { array: here, isInFile: true };
  if (file.arrays.length > 1) return undefined;
  const role = roleOf(stemOf(path));
  if (role.role !== "inputs") return undefined;
  const beside = await findBeside(path, { ...role, role: "targets" });
  if (beside === undefined) return undefined;
  return { array: await readTargets(beside, file), isInFile: false };
}

/** The array of targets that a file of its own holds. */
async function readTargets(path: string, inputsFile: ArrayFile): Promise<TargetArray> {
  if (!(await isThere(path))) {
    throw new OptionError(
      `${inputsFile.path}: --target names ${show(path)}, expected one of its arrays (${tell(inputsFile)}) or a file`,
    );
  }
  const file = await readArrayFile(path);
  const numbers = file.arrays.map(({ name }) => name);
  const called = (names: readonly string[]) =>
    names.filter((name) => roleOf(name).role === "targets");
  const all = namesOf(file);
  // Beside numbers, texts may be the names of their classes.
  const only = [all, called(numbers), called(all), numbers].find(({ length }) => length === 1);
  if (only) return named(file, only[0], "--target");
  throw new DataError(
    `${path}: holds ${tell(file)}, expected one array, or one alone called such as "y"`,
  );
}

function findTest(
  file: ArrayFile,
  inputs: ArrayRole,
  targets: TargetArray,
): ArraySamples | undefined {
  if (inputs.part === "test") return undefined;
  const ofInputs = findByRole(
    { ...file, texts: new Map() },
    { ...inputs, role: "inputs", part: "test" },
  );
  const ofTargets = findByRole(file, { ...roleOf(targets.name), role: "targets", part: "test" });
  if (!ofInputs || ofInputs.dtype === "text" || !ofTargets) return undefined;
  return { place: `${file.path} (${ofInputs.name})`, inputs: ofInputs, targets: ofTargets };
}

function findByRole(file: ArrayFile, wanted: ArrayRole): TargetArray | undefined {
  const fits = (name: string) => {
    const role = roleOf(name);
    return role.role === wanted.role && belongTogether(role, wanted);
  };
  const found = namesOf(file).find(fits);
  if (found !== undefined) return named(file, found, "--target");
  for (const [name, reason] of file.unreadable) if (fits(name)) throw reason;
  return undefined;
}

function named(file: ArrayFile, name: string, option: string): TargetArray {
  const { path, arrays, texts, unreadable } = file;
  const found = arrays.find((array) => array.name === name) ?? texts.get(name)?.();
  if (found) return found;
  throw (
    unreadable.get(name) ??
    new OptionError(`${path}: ${option} names ${show(name)}, expected one of ${tell(file)}`)
  );
}

/** Of all arrays that can be read. */
function namesOf({ arrays, texts }: ArrayFile): string[] {
  return [...arrays.map(({ name }) => name), ...texts.keys()];
}

/** The file in the same folder whose name says this. */
async function findBeside(path: string, wanted: ArrayRole): Promise<string | undefined> {
  const folder = dirname(path);
  const names = await listFolder(folder);
  const found = names
    .sort()
    .filter((name) => name !== basename(path) && hasArrayName(name))
    .find((name) => {
      const role = roleOf(stemOf(name));
      return role.role === wanted.role && belongTogether(role, wanted);
    });
  return found === undefined ? undefined : join(folder, found);
}

function hasArrayName(name: string): boolean {
  return EXTENSIONS.test(name) || /idx\d(?:-\w+)?$/.test(name);
}

async function isThere(path: string): Promise<boolean> {
  return (await listFolder(dirname(path))).includes(basename(path));
}

async function listFolder(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

/** The name of a file without what says its format. */
function stemOf(path: string): string {
  let stem = basename(path);
  while (EXTENSIONS.test(stem)) stem = stem.replace(EXTENSIONS, "");
  return stem;
}

/** "X" (150 × 4), "y" (texts) */
function tell({ arrays, texts }: ArrayFile): string {
  const all = [
    ...arrays.map(({ name, shape }) => `${show(name)} (${showShape(shape)})`),
    ...[...texts.keys()].map((name) => `${show(name)} (texts)`),
  ];
  return all.slice(0, ARRAYS_TOLD).join(", ") + (all.length > ARRAYS_TOLD ? " …" : "");
}

const REASONS_TOLD = 3;

/** Which arrays are passed over, and why, to follow a sentence; nothing where all can be read. */
function tellUnreadable({ path, unreadable }: ArrayFile): string {
  if (unreadable.size === 0) return "";
  const reasons = [...unreadable.values()].map(({ message }) => message.replace(`${path}: `, ""));
  const more = reasons.length > REASONS_TOLD ? " …" : "";
  return `; passed over: ${reasons.slice(0, REASONS_TOLD).join("; ")}${more}`;
}
