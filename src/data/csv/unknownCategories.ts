/** Categories that a model was not trained on, where it takes them for missing ones. */
import type { Preprocessing } from "../preprocessing.js";
import type { Table } from "./table.js";

/** A text in a column of categories that stands for none of them. */
export interface UnknownCategory {
  /** What the column is called. */
  readonly column: string;
  /** As in the file. */
  readonly text: string;
  /** On which it stands first, from 1. */
  readonly line: number;
  /** Rows that have it. */
  readonly rows: number;
}

/**
 * What `encodeTable` and `encodeInputs` make all zeros of, as of a missing cell, where a model was trained with `missing: "mean"`; without
 * that they refuse it. A prediction for such a row leaves the column out of account.
 */
export function unknownCategories(
  table: Table,
  { columns }: Pick<Preprocessing, "columns">,
): UnknownCategory[] {
  return columns.flatMap((description) => {
    if (description.kind === "number") return [];
    const { name } = description;
    const known = new Set(description.categories);
    const column = table.columns.find((other) => other.name === name);
    if (!column || column.categories.every((text) => known.has(text))) return [];
    const rows = column.categories.map(() => 0);
    for (let row = 0; row < table.rows; row++) {
      const code = column.code(row);
      if (code >= 0) rows[code]++;
    }
    return column.categories
      .map((text, code) => ({ column: name, text, line: column.lineOf(code), rows: rows[code] }))
      .filter((found) => found.rows > 0 && !known.has(found.text));
  });
}
