/** What a network makes of the rows of a table: as a table, as CSV, as JSON. */
import type { Architecture, TargetColumn } from "../index.js";
import { percent } from "./numbers.js";
import { likeliest } from "./predictions.js";
import { type Layout, table } from "./table.js";
import { printable } from "./text.js";

export interface RowPredictions {
  /** `[rows, units of the last layer]` */
  readonly outputs: Float32Array;
  readonly architecture: Architecture;
  /** Of the classes, or of the values that are predicted. */
  readonly names: readonly string[];
  /** One for each value, in whose unit it is; a single one for classes. */
  readonly targets: readonly TargetColumn[];
}

/** A single output stands for the second of two classes above this. */
const THRESHOLD = 0.5;
/** Digits that tell any float32 from its neighbours: at most nine. */
const DIGITS = { fewest: 6, most: 9 };

/** What the columns are called: the class and how sure it is, or the values. */
export function titlesOf(predictions: RowPredictions): string[] {
  const { names, targets } = predictions;
  if (predictsValues(predictions)) return [...names];
  return [targets[0].name, isOfProbabilities(predictions) ? "probability" : "output"];
}

/** A text for each title; numbers with as many digits as float32 has. */
export function valuesOf(predictions: RowPredictions, row: number): string[] {
  if (predictsValues(predictions)) return Array.from(outputsOf(predictions, row), float32Text);
  const [{ name, probability }] = classesOf(predictions, row, 1);
  return [name, float32Text(probability)];
}

/** An object with the row's number, from 1, and its class and probabilities of all, or its values by name. */
export function jsonLine(predictions: RowPredictions, row: number): string {
  const start = { event: "prediction", row: row + 1 };
  if (predictsValues(predictions)) {
    const values = [...outputsOf(predictions, row)].map((value, index) => ({
      name: predictions.names[index],
      value: Number(float32Text(value)),
    }));
    return JSON.stringify({ ...start, values });
  }
  const classes = classesOf(predictions, row, predictions.names.length);
  return JSON.stringify({ ...start, class: classes[0].name, classes });
}

/** The first `most` rows, and how many there are beyond. */
export function predictionTable(predictions: RowPredictions, most: number, layout: Layout): string {
  const { outputs, architecture } = predictions;
  const rows = outputs.length / (architecture.layers.at(-1)?.units ?? 1);
  const isOfValues = predictsValues(predictions);
  const columns = [
    { title: "row", align: "right" } as const,
    ...titlesOf(predictions).map((title, index) => ({
      title: printable(title),
      align: isOfValues || index > 0 ? ("right" as const) : ("left" as const),
    })),
  ];
  const texts = Array.from({ length: Math.min(most, rows) }, (_, row) => {
    const values = valuesOf(predictions, row).map(printable);
    if (!isOfValues && isOfProbabilities(predictions)) values[1] = percent(Number(values[1]), 1);
    return [String(row + 1), ...values];
  });
  const rest = rows - texts.length;
  const ending = rest > 0 ? `\n… and ${rest} more rows: --out FILE or a pipe gets all.` : "";
  return table(columns, texts, layout) + ending;
}

function predictsValues({ targets }: RowPredictions): boolean {
  return targets.some(({ mean }) => mean !== undefined);
}

function isOfProbabilities({ architecture: { layers } }: RowPredictions): boolean {
  const { activation } = layers[layers.length - 1];
  return activation === "softmax" || activation === "sigmoid";
}

function outputsOf({ outputs, architecture: { layers } }: RowPredictions, row: number) {
  const { units } = layers[layers.length - 1];
  return outputs.subarray(row * units, (row + 1) * units);
}

function classesOf(predictions: RowPredictions, row: number, most: number) {
  const { names } = predictions;
  const outputs = outputsOf(predictions, row);
  if (outputs.length === names.length) return likeliest(names, outputs, most);
  const [second] = outputs;
  const classes = [
    { name: names[0], probability: 1 - second },
    { name: names[1], probability: second },
  ];
  return (second > THRESHOLD ? classes.reverse() : classes).slice(0, most);
}

/** The shortest decimal that float32 takes for this number. */
function float32Text(value: number): string {
  for (let digits = DIGITS.fewest; digits < DIGITS.most; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(DIGITS.most)));
}
