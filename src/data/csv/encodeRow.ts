/** A single row that comes from no table: from a form, a request, a program. */
import { checkType, wrongType } from "../../arguments.js";
import { DataError, OptionError } from "../../errors.js";
import { show } from "../arrays/show.js";
import { countInputs, type NumberColumn, type Preprocessing, widthOf } from "../preprocessing.js";
import {
  isMissing,
  isMissingNumber,
  parseDecimalComma,
  parseNumber,
  withoutPercent,
} from "./cell.js";
import { showCategories } from "./refusals.js";

/**
 * Inputs `[features]` of a row, given by the names of its columns: to be handed to `predict`. Numbers may be texts, written as in
 * the table that the model was trained on; what is no column of the model is passed over. Missing is what is `undefined`, `null`, NaN or a
 * text that is missing in a table.
 *
 * @param preprocessing the model's
 * @throws OptionError when the model was not trained on a table, or a value is neither a number nor a text.
 * @throws DataError when a column is missing, or a value is none that the model knows; it names the column.
 */
export function encodeRow(
  row: Readonly<Record<string, unknown>>,
  preprocessing: Preprocessing | undefined,
): Float32Array {
  checkType("row", row, "object");
  if (!preprocessing) {
    throw new OptionError("preprocessing is undefined, expected that of a model of tables");
  }
  const inputs = new Float32Array(countInputs(preprocessing));
  let start = 0;
  for (const column of preprocessing.columns) {
    const { name } = column;
    if (!Object.hasOwn(row, name)) {
      throw new DataError(`row: has no ${show(name)}, expected a number or a text of that name`);
    }
    const value = row[name] ?? "";
    if (typeof value !== "number" && typeof value !== "string") {
      throw wrongType(`row: ${show(name)}`, value, "a number or a text");
    }
    if (column.kind === "number") inputs[start] = numberIn(value, column, preprocessing.decimal);
    else {
      const text = String(value).trim();
      const isAbsent = isMissing(text);
      const index = isAbsent ? -1 : column.categories.indexOf(text);
      if (index >= 0) inputs[start + index] = 1;
      else if (!isAbsent) refuse(name, text, `one of ${showCategories(column.categories)}`);
      else if (column.missing === undefined) refuseMissing(name);
    }
    start += widthOf(column);
  }
  return inputs;
}

function numberIn(
  value: number | string,
  { name, missing, unit, decimal }: NumberColumn,
  tableDecimal: "comma" | undefined,
): number {
  const text = String(value).trim();
  if (isMissing(text) || isMissingNumber(text)) return missing ?? refuseMissing(name);
  if (typeof value === "string" && text.endsWith("%") !== (unit === "%")) {
    refuse(name, text, `a number ${unit ? "with" : "without"} a percent sign as in training`);
  }
  const digits = withoutPercent(text);
  const hasCommas = typeof value === "string" && tableDecimal === "comma" && decimal !== "point";
  // To who writes decimal commas "1.234" may be 1234; "33.5", as fields for numbers have it anywhere, is 33.5.
  if (hasCommas && /\.\d{3}(?!\d)/.test(digits)) {
    refuse(name, text, "a decimal comma as in training, or a number in place of the text");
  }
  const number = parseNumber(digits) ?? (hasCommas ? parseDecimalComma(digits) : undefined);
  if (number !== undefined && Number.isFinite(number)) return number;
  return refuse(name, text, "a number, within ±3.4e38 as float32 holds them");
}

function refuseMissing(name: string): never {
  throw new DataError(
    `row: ${show(name)} is missing, expected a value, or a model trained with --missing mean`,
  );
}

function refuse(name: string, text: string, expected: string): never {
  throw new DataError(`row: ${show(name)} is ${show(text)}, expected ${expected}`);
}
