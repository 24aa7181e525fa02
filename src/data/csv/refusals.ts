/** What a table may not hold, in a sentence that names line and column. */
import { DataError } from "../../errors.js";
import { show } from "../arrays/show.js";
import { parseNumber } from "./cell.js";
import { MOST_CATEGORIES, type TableColumn } from "./column.js";
import type { DecimalSeparator } from "./decimalSeparator.js";
import type { Table } from "./table.js";

/** For who expects names of a table whose first row was taken for values. */
export function headerHint({ hasHeader, isHeaderTold }: Table): string {
  return hasHeader || isHeaderTold ? "" : ", or --header yes where the first row has names";
}

/** For who gives a table that was to be read as the training set was, but lacks a column of it. */
export function otherHeaderHint({ hasHeader, isHeaderTold, columns }: Table): string {
  if (!isHeaderTold) return "";
  if (!hasHeader) return ", and no header as in training";
  const looksLikeValues = columns.some(({ name }) => parseNumber(name) !== undefined);
  return looksLikeValues ? ", in a header as in training" : "";
}

/** Of a long list, so many are named. */
const NAMES_TOLD = 8;

export function showNames({ columns }: Table): string {
  const told = columns.slice(0, NAMES_TOLD).map(({ name }) => show(name));
  return told.join(", ") + (columns.length > NAMES_TOLD ? " …" : "");
}

/** Of several targets one may be the same everywhere, as a pixel may be that a network restores. */
export function refuseConstant(table: Table, targets: readonly TableColumn[]): void {
  const isConstant = (column: TableColumn) => {
    const first = column.value(0);
    for (let row = 1; row < table.rows; row++) if (column.value(row) !== first) return false;
    return column.isNumeric;
  };
  if (!targets.every(isConstant)) return;
  const [{ name, categories }] = targets;
  throw new DataError(
    `${table.place}: every row of ${show(name)} is ${show(categories[0])}, expected values that differ`,
  );
}

export function refuseEmpty(table: Table, { name, categories }: TableColumn): void {
  if (categories.length > 0) return;
  throw new DataError(
    `${table.place}: column ${show(name)} holds nothing, expected numbers or texts, or --ignore for it`,
  );
}

/**
 * @param among what the others are
 * @param otherwise what else there is to do about it
 */
export function refuseMissing(
  table: Table,
  column: TableColumn,
  among: "numbers" | "texts",
  otherwise = "or --missing mean for inputs",
): void {
  const { missing, missingNumber } = column;
  const [cell, isNumber] =
    among === "numbers" && missingNumber && !(missing && missing.line < missingNumber.line)
      ? [missingNumber, true]
      : [missing, false];
  if (!cell) return;
  const found = cell.text === "" ? "nothing" : show(cell.text);
  throw new DataError(
    `${at(table, column, cell.line)}: found ${found}${isNumber ? ", which among numbers is read as nothing" : ""}, expected a value, ${otherwise}`,
  );
}

/** Numbers with percent signs where a model was trained on numbers without, or the other way round. */
export function refuseOtherUnit(table: Table, column: TableColumn, unit: "%" | undefined): void {
  if (!column.firstNumber || column.unit === unit) return;
  const { text, line } = column.firstNumber;
  throw new DataError(
    `${at(table, column, line)}: found ${show(text)}, expected a number ${unit ? "with" : "without"} a percent sign as in training`,
  );
}

/** A category or a class that is none of those known. */
export function unknownCategory(
  table: Table,
  column: TableColumn,
  code: number,
  known: readonly string[],
): DataError {
  return new DataError(
    `${at(table, column, column.lineOf(code))}: found ${show(column.categories[code])}, expected one of ${showCategories(known)}`,
  );
}

export function showCategories(known: readonly string[]): string {
  const names = known.slice(0, NAMES_TOLD).map(show).join(", ");
  return names + (known.length > NAMES_TOLD ? ` … (${known.length} in training)` : "");
}

/** Among values, a text is a mistake: as a category it would make one of every value. */
export function refuseStrayText(table: Table, column: TableColumn, otherwise: string): void {
  const { text, mixedKind } = column;
  if (!text || mixedKind !== "values") return;
  throw new DataError(
    `${at(table, column, text.line)}: found ${show(text.text)}, expected a number as most cells of the column hold, ${otherwise}${text.line === 1 ? headerHint(table) : ""}`,
  );
}

export function refuseText(table: Table, column: TableColumn, options?: Doubts): void {
  if (column.text) {
    const { text, line } = column.text;
    throw new DataError(`${at(table, column, line)}: found ${show(text)}, expected a number`);
  }
  refuseDoubtful(table, column, options);
}

/** What is known of a column beside its cells. */
interface Doubts {
  /** What to do where its numbers are names. */
  readonly otherwise?: string;
  /** What the numbers had that a model was trained on. */
  readonly trained?: DecimalSeparator | undefined;
}

/** Numbers that float32 does not hold, or that may be others than they seem. */
export function refuseDoubtful(
  table: Table,
  column: TableColumn,
  { otherwise, trained }: Doubts = {},
): void {
  const unclear = column.unclear(trained);
  if (unclear) {
    const { cell, expected, mayBeName } = unclear;
    const names = mayBeName && otherwise ? `, ${otherwise}` : "";
    throw new DataError(
      `${at(table, column, cell.line)}: found ${show(cell.text)}, expected ${expected}${names}`,
    );
  }
  if (!column.infinite) return;
  const { text, line } = column.infinite;
  throw new DataError(
    `${at(table, column, line)}: found ${show(text)}, expected a finite number, within ±3.4e38 as float32 holds them`,
  );
}

export function refuseBeyond(table: Table, column: TableColumn): void {
  if (!column.beyond) return;
  throw new DataError(
    `${at(table, column, column.beyond.line)}: is the ${MOST_CATEGORIES + 1}th different text, expected at most ${MOST_CATEGORIES}, numbers only, or --ignore for the column`,
  );
}

function at(table: Table, column: TableColumn, line: number): string {
  return `${table.place}: line ${line}, column ${table.columns.indexOf(column) + 1} (${show(column.name)})`;
}
