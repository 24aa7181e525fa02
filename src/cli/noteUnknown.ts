/** Says which categories of a table a model does not know, where it takes them for missing ones. */
import { type Preprocessing, type Table, unknownCategories } from "../index.js";
import { plural } from "../report/numbers.js";
import type { Terminal } from "./terminal.js";

/** Of a long list, so many are named. */
const MOST_NAMED = 8;

export function noteUnknown(table: Table, preprocessing: Preprocessing, terminal: Terminal): void {
  const found = unknownCategories(table, preprocessing);
  if (found.length === 0) return;
  const named = found
    .slice(0, MOST_NAMED)
    .map(
      ({ column, text, line, rows }) =>
        `${JSON.stringify(text)} in ${plural(rows, "row")} of ${JSON.stringify(column)}, first on line ${line}`,
    );
  const more = found.length > MOST_NAMED ? `; … (${found.length} altogether)` : "";
  terminal.note(
    `${table.place}: not known from training, and taken for missing: ${named.join("; ")}${more}.`,
  );
}
