/** Rows of a table for training, and rows to test on. */
import { checkOptions } from "../../arguments.js";
import { splitWhole } from "../heldOut.js";
import type { TableColumn } from "./column.js";
import type { Table } from "./table.js";

/** Which rows are held out. */
export interface SplitTableOptions {
  /** Of the rows that are held out, above 0 and below 1. */
  readonly fraction: number;
  /** Chooses them, 0 … 2³² − 1. */
  readonly seed: number;
  /** The same fraction of each of this column's categories is held out, rounded; absent: of the whole. */
  readonly strata?: TableColumn | undefined;
}

/**
 * Both parts keep the order of their rows, and share the cells with the whole. A category of very few rows may
 * have none among those held out.
 *
 * @throws OptionError when one of the parts would be empty, or an option is misspelt or of another type.
 */
export function splitTable(
  table: Table,
  options: SplitTableOptions,
): {
  /** The rows that are left. */
  readonly training: Table;
  /** The rows that are held out. */
  readonly test: Table;
  /** Their numbers in the whole, counted from 0, rising. */
  readonly heldOut: Int32Array;
} {
  checkOptions("splitTable", options, { fraction: "number", seed: "number", strata: "object" });
  const whole = { place: table.place, size: table.rows, unit: "rows" } as const;
  const { kept, heldOut } = splitWhole(whole, membersOf(table, options.strata), options);
  return { training: takeRows(table, kept), test: takeRows(table, heldOut), heldOut };
}

function membersOf({ rows }: Table, strata: TableColumn | undefined): Int32Array[] {
  if (!strata) return [Int32Array.from({ length: rows }, (_, row) => row)];
  const members = strata.categories.map(() => [] as number[]);
  for (let row = 0; row < rows; row++) members[strata.code(row)]?.push(row);
  return members.map((all) => Int32Array.from(all));
}

/** The table of these rows. What is said of a column's first missing or infinite cell stays that of the whole. */
function takeRows(table: Table, rows: Int32Array): Table {
  const columns = table.columns.map((column): TableColumn => {
    const { name, isIncidental, countsRows, missing, missingNumber, text, infinite } = column;
    const { firstNumber, unit, hasPoints, beyond, categories, isNumeric, mixedKind } = column;
    return {
      name,
      isIncidental,
      countsRows,
      missing,
      missingNumber,
      text,
      infinite,
      firstNumber,
      unit,
      hasPoints,
      beyond,
      categories,
      isNumeric,
      mixedKind,
      unclear: (trained) => column.unclear(trained),
      lineOf: (code) => column.lineOf(code),
      value: (row) => column.value(rows[row]),
      code: (row) => column.code(rows[row]),
    };
  });
  return { ...table, columns, rows: rows.length };
}
