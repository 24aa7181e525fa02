/** `wasmlp predict MODEL IMAGE…`: reads the digits in pictures; with `--data`, predicts the rows of a table or of arrays. */
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import {
  DataError,
  type FoundDigit,
  type FoundDigits,
  findDigits,
  type GreyImage,
  type LeftOut,
  type Mlp,
  OptionError,
  WasmlpError,
} from "../index.js";
import { decodePicture, loadModel, readFileBytes } from "../node/index.js";
import { percent } from "../report/numbers.js";
import { type ClassProbability, likeliest, probabilityChart } from "../report/predictions.js";
import { table } from "../report/table.js";
import { printable } from "../report/text.js";
import {
  type ActivationFlags,
  addActivationOptions,
  missingActivations,
} from "./activationOptions.js";
import { addExecutionOptions, type ExecutionFlags, executionOptions } from "./executionOptions.js";
import { wholeNumber } from "./optionValues.js";
import { predictRows } from "./predictRows.js";
import { addTableOptions, type TableFlags } from "./tableData.js";
import type { Terminal } from "./terminal.js";

interface PredictFlags extends ActivationFlags, ExecutionFlags, TableFlags {
  readonly data?: string;
  readonly inputs?: string;
  readonly out?: string;
  readonly top?: number;
  readonly one?: true;
  readonly json?: true;
}

type Digit = FoundDigit & { readonly classes: readonly ClassProbability[] };

/** A picture and what was read in it. */
interface Reading {
  readonly picture: string;
  readonly digits: readonly Digit[];
  readonly leftOut: readonly LeftOut[];
}

/** Side of the images that pictures of digits are prepared to be. */
const SIDE = 28;
const MOST_CLASSES = 1000;
/** In a table a digit is given its likeliest class and this many more. */
const OTHERS = 2;

const EXAMPLES = `
A picture is a PNG or JPEG file of any size, dark on light or light on dark;
- is standard input. Each digit is prepared as MNIST's were. A picture of many
is cut apart and read line by line; what is taken for no writing, such as a
strip of desk at the border, is left out and named on stderr, in JSON too, and
so is what is doubtful: less than 50 % sure, or over twice as wide as tall. A
picture that cannot be read does not keep the others from being read: the exit
code is 1 at the end, and in JSON it has an object with "event": "error".

A table is CSV or TSV, also .gz, with the columns that the model was trained on;
they are found by name, and others are passed over. Arrays are NPY, NPZ, IDX or
safetensors files, a row for each sample. Out come a class and its probability
for each row, or values in their own unit: a table on a terminal, CSV in a pipe
or a file.

Examples:
  $ wasmlp predict model.safetensors seven.png
  $ wasmlp predict iris.safetensors --data new.csv --out species.csv
  $ wasmlp predict model.safetensors --data X_new.npy --json
  $ wasmlp predict model.safetensors sheet.jpg --json | jq -r .text
  $ convert photo.heic png:- | wasmlp predict model.safetensors -
`;

export function definePredict(command: Command, terminal: Terminal): void {
  command
    .argument("MODEL", "a saved model, or a .safetensors or .npz file of PyTorch's names")
    .argument("[IMAGE...]", "pictures of digits, PNG or JPEG")
    .option("--data <file>", "a table or arrays to predict the rows of, in place of pictures")
    .option("--inputs <name>", "of arrays: the one of the inputs (default: as in training)")
    .option("--out <file>", "write what is predicted of rows there, never half of it")
    .option(
      "--top <n>",
      "classes that are shown (default: all of one digit, 3 of many)",
      wholeNumber("--top", { minimum: 1, maximum: MOST_CLASSES }),
    )
    .option("--one", "take each picture for one digit, in however many parts")
    .option("--json", "print one JSON object for each picture or row");
  addTableOptions(command);
  addActivationOptions(command);
  addExecutionOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((path: string, pictures: string[], flags: PredictFlags) =>
      predict(path, pictures, flags, terminal),
    );
}

async function predict(
  path: string,
  pictures: readonly string[],
  flags: PredictFlags,
  terminal: Terminal,
): Promise<void> {
  const { data } = flags;
  checkFlags(pictures, flags);
  if (data !== undefined) {
    using model = await loadModel(path, {
      ...executionOptions(flags),
      ...missingActivations(flags),
    });
    await predictRows(model, { ...flags, data }, terminal);
    return;
  }
  using model = await loadModel(path, {
    threads: 1,
    ...executionOptions(flags),
    ...missingActivations(flags),
  });
  checkModel(model, path);
  let refused = 0;
  for (const [index, picture] of pictures.entries()) {
    const reading = await read(model, picture, flags).catch((error: unknown) => {
      if (!(error instanceof WasmlpError)) throw error;
      return error;
    });
    if (reading instanceof WasmlpError) {
      refused++;
      if (flags.json) printRefusal(picture, reading, terminal);
      if (pictures.length === 1) throw reading;
      // The others are still read.
      terminal.note(`error: ${printable(reading.message)}`);
      continue;
    }
    noteLeftOut(reading, terminal);
    noteDoubtful(reading, terminal);
    if (flags.json) printJson(reading, terminal);
    else {
      if (index > 0) terminal.print("");
      printReading(reading, flags, terminal);
    }
  }
  if (refused > 0) {
    throw new DataError(
      `${refused} of ${pictures.length} pictures ${refused === 1 ? "was" : "were"} not read, expected all of them to be`,
    );
  }
}

/** Says in JSON what is wrong with a picture, in its place among the others. */
function printRefusal(picture: string, { code, message }: WasmlpError, terminal: Terminal): void {
  terminal.print(JSON.stringify({ event: "error", picture, code, message }));
}

/** @throws OptionError when there are pictures and a table, or neither, or options that are for the other. */
function checkFlags(pictures: readonly string[], flags: PredictFlags): void {
  const { data, inputs, decimal, out, one, top } = flags;
  if (data === undefined) {
    if (pictures.length === 0) {
      throw new OptionError(
        "nothing to predict was given, expected MODEL and then IMAGE..., - for a picture on standard input, or --data FILE",
      );
    }
    const stray =
      (out !== undefined && "--out") ||
      (inputs !== undefined && "--inputs") ||
      (decimal !== undefined && "--decimal");
    if (stray) throw new OptionError(`${stray} was given, expected --data FILE too`);
    return;
  }
  const stray = pictures[0] ?? (one && "--one") ?? (top !== undefined ? "--top" : undefined);
  if (stray) throw new OptionError(`${stray} was given beside --data, expected one or the other`);
}

/** @throws OptionError when the model does not take images of digits. */
function checkModel({ architecture, image, preprocessing }: Mlp, path: string): void {
  if (preprocessing) {
    throw new OptionError(
      `${path}: takes numbers that it standardises, expected a model of images of ${SIDE} × ${SIDE} pixels, or --data FILE with rows`,
    );
  }
  const { inputs } = architecture;
  const isFitting = image ? image.width === SIDE && image.height === SIDE : inputs === SIDE * SIDE;
  if (!isFitting) {
    const found = image ? `images of ${image.width} × ${image.height} pixels` : `${inputs} inputs`;
    throw new OptionError(
      `${path}: takes ${found}, expected a model of images of ${SIDE} × ${SIDE} pixels`,
    );
  }
}

async function read(model: Mlp, picture: string, { one, top }: PredictFlags): Promise<Reading> {
  const isStandardInput = picture === "-";
  const name = isStandardInput ? "standard input" : picture;
  const bytes = isStandardInput ? await buffer(process.stdin) : await readFileBytes(picture);
  const image = await decodePicture(bytes, name);
  const { digits: found, leftOut } = findIn(image, name, one ? "one" : "many");
  if (found.length === 0) {
    throw new DataError(`${name}: shows ${emptiness(leftOut)}, expected at least one digit`);
  }
  const digits = found.map((digit) => ({
    ...digit,
    classes: likeliest(
      model.classNames,
      model.predict(digit.pixels),
      top ?? (found.length === 1 ? model.classNames.length : 1 + OTHERS),
    ),
  }));
  return { picture: name, digits, leftOut };
}

/** What a picture without digits shows, as a sentence says it. */
function emptiness(leftOut: readonly LeftOut[]): string {
  const sheet = leftOut.find(({ reason }) => reason === "surroundings");
  if (sheet) return `a sheet of paper with no digit on it, ${placeOf(sheet)}`;
  return leftOut.length > 0
    ? "nothing but lines or marks along its border"
    : "nothing that stands out";
}

/** @throws DataError that names the picture. */
function findIn(image: GreyImage, name: string, holds: "one" | "many"): FoundDigits {
  try {
    return findDigits(image, { holds });
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new DataError(`${name}: ${cause.message}`, { cause });
  }
}

/** What stands at each kind of place that was left out, as a sentence says it. */
const LEFT_OUT = {
  border: "what lies along the border and is larger or thicker than the writing",
  surroundings: "everything around the sheet of paper",
} as const satisfies Partial<Record<LeftOut["reason"], string>>;

function noteLeftOut({ picture, leftOut }: Reading, terminal: Terminal): void {
  const left = (what: string) => terminal.note(`note: ${printable(picture)}: left out ${what}`);
  const rules = leftOut.filter(({ reason }) => reason === "rule").length;
  for (const { reason, ...box } of leftOut) {
    if (reason !== "rule") left(`${LEFT_OUT[reason]}, ${placeOf(box)}`);
  }
  if (rules > 0)
    left(`${rules} thin ${rules === 1 ? "line that spans" : "lines that span"} the sheet`);
}

/** Less sure than this, or wider than this many heights, is hardly a digit. */
const LEAST_SURE = 0.5;
const WIDEST = 2;

function isDoubtful({ width, height, classes: [best] }: Digit): boolean {
  return best.probability < LEAST_SURE || width > WIDEST * height;
}

function noteDoubtful({ picture, digits }: Reading, terminal: Terminal): void {
  for (const digit of digits.filter(isDoubtful)) {
    const { name, probability } = digit.classes[0];
    terminal.note(
      `note: ${printable(picture)}: doubtful, what is read as ${printable(name)} (${percent(probability, 1)}), ${placeOf(digit)}`,
    );
  }
}

type Box = Pick<LeftOut, "left" | "top" | "width" | "height">;

function placeOf({ left, top, width, height }: Box): string {
  return `${width} × ${height} at ${left}, ${top}`;
}

/** Line by line, as it stands in the picture. */
function textOf({ digits }: Reading): string {
  return digits
    .map(({ line, classes }, index) => {
      const isNewLine = index > 0 && line !== digits[index - 1].line;
      return (isNewLine ? "\n" : "") + classes[0].name;
    })
    .join("");
}

function printReading(reading: Reading, { top }: PredictFlags, terminal: Terminal): void {
  const { layout } = terminal;
  const { picture, digits } = reading;
  const text = textOf(reading).split("\n").map(printable).join("\n  ");
  terminal.print(`${layout.style.heading(`${printable(picture)}:`)} ${text}`);
  if (digits.length === 1) {
    terminal.print(probabilityChart(digits[0].classes, layout));
    return;
  }
  const others = top === undefined ? OTHERS : top - 1;
  const rows = digits.map(({ classes: [best, ...rest], ...box }, index) => [
    String(index + 1),
    printable(best.name),
    percent(best.probability, 1),
    rest
      .slice(0, others)
      .map(({ name, probability }) => `${printable(name)} ${percent(probability, 1)}`)
      .join(", "),
    placeOf(box),
  ]);
  const columns = [
    { title: "#", align: "right" },
    { title: "digit", align: "left" },
    { title: "sure", align: "right" },
    { title: "or", align: "left", optional: true },
    { title: "pixels", align: "left", optional: true },
  ] as const;
  terminal.print(table(columns, rows, layout));
}

function printJson(reading: Reading, terminal: Terminal): void {
  const digits = reading.digits.map((found) => {
    const { pixels: _, classes, ...box } = found;
    return { digit: classes[0].name, ...box, doubtful: isDoubtful(found), classes };
  });
  const { picture, leftOut } = reading;
  terminal.print(
    JSON.stringify({ event: "prediction", picture, text: textOf(reading), digits, leftOut }),
  );
}
