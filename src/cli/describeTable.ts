/** What was found in a table before training, and what was inferred from it: one line, and a sentence for each doubt. */
import {
  MOST_CODES,
  type Preprocessing,
  selectTargets,
  type Table,
  type TableEncoding,
} from "../index.js";
import { plural } from "../report/numbers.js";
import type { DataSettings } from "./trainSettings.js";

/** What was found, and what was inferred from it. */
export function describeTable(
  table: Table,
  { task, names, preprocessing }: TableEncoding,
  settings: DataSettings,
): string {
  const { columns, targets } = preprocessing;
  const categories = columns.filter(({ kind }) => kind === "categories");
  const numbers = plural(columns.length - categories.length, "column");
  const number = table.columns.find(({ name }) => /^\d+$/.test(name));
  const doubt =
    number && settings.header === undefined
      ? ` with the number ${number.name} (--header no if that is a row)`
      : "";
  const header = table.hasHeader ? `a header${doubt}` : "no header";
  const decimal = table.decimal === "comma" ? ", decimal commas" : "";
  const goal =
    task === "classification"
      ? `classification of ${JSON.stringify(targets[0].name)}, ${names.length} classes`
      : `regression of ${names.map((name) => JSON.stringify(name)).join(", ")}`;
  const hint =
    settings.task === undefined && task === "regression" && mayBeClasses(table, preprocessing)
      ? " (--task classification tells classes)"
      : "";
  const change = settings.standardize ? "standardised" : "as they are";
  const coded = task === "classification" ? [...categories, ...targets] : categories;
  return `${table.place}: ${table.rows} rows, ${header}${decimal}; ${goal}${hint}; inputs: ${numbers} of numbers, ${change}, ${categories.length} of categories.${tellUnits(preprocessing)}${tellCodes(table, coded)}${tellSingleTexts(table, preprocessing, settings)}${tellCounts(table, preprocessing)}${tellLeadingZeros(table, preprocessing)}${tellLeftOut(table, preprocessing)}`;
}

function tellUnits({ columns, targets }: Preprocessing): string {
  const inPercent = [...columns, ...targets].filter((column) => "unit" in column);
  const names = inPercent.map(({ name }) => JSON.stringify(name)).join(", ");
  return names && ` In percent: ${names}.`;
}

/** Columns that a text made categories or classes of, although it stands beside numbers. */
function tellCodes({ columns }: Table, coded: readonly { readonly name: string }[]): string {
  const names = new Set(coded.map(({ name }) => name));
  const sentences = columns.flatMap(({ name, text, mixedKind }) =>
    text && mixedKind === "codes" && names.has(name)
      ? [
          ` ${JSON.stringify(name)} has texts beside numbers and is taken for names: ${JSON.stringify(text.text)} on line ${text.line}.`,
        ]
      : [],
  );
  return sentences.join("");
}

/** Different texts beyond which it is told that most of a column's rows have one of their own. */
const FEW_TEXTS = 20;

/** Dates, names, and numbers with units: nothing is learned of a text that a single row has. */
function tellSingleTexts(
  { columns: all, rows }: Table,
  { columns }: Preprocessing,
  { categories: told = [] }: DataSettings,
): string {
  const found = columns.flatMap((column) => {
    const place = all.findIndex(({ name }) => name === column.name);
    if (column.kind === "number" || told.includes(column.name)) return [];
    const { length } = column.categories;
    if (length <= FEW_TEXTS || 2 * length <= rows || told.includes(String(place + 1))) return [];
    return [`${JSON.stringify(column.name)} (${JSON.stringify(all[place].categories[0])} …)`];
  });
  return found.length === 0
    ? ""
    : ` Most rows have a text of their own, which is an input of its own, in ${found.join(", ")}: --ignore leaves columns out.`;
}

/** Postal codes and the like, which are read as numbers. */
function tellLeadingZeros({ columns: all }: Table, { columns }: Preprocessing): string {
  const found = columns.flatMap(({ kind, name }) => {
    if (kind !== "number") return [];
    const column = all.find((other) => other.name === name);
    const text = column?.categories.find((category) => /^0\d+$/.test(category));
    return text === undefined ? [] : [`${JSON.stringify(name)} (${JSON.stringify(text)})`];
  });
  return found.length === 0
    ? ""
    : ` Numbers begin with zeros in ${found.join(", ")}: --categories takes them for names.`;
}

/** Columns with a name that say where a row stands. */
function tellCounts({ columns: all, rows }: Table, { columns }: Preprocessing): string {
  const counts = all.filter(
    ({ name, countsRows }) =>
      rows > 2 && countsRows && columns.some((input) => input.name === name),
  );
  const names = counts.map(({ name }) => JSON.stringify(name)).join(", ");
  return names && ` The rows are numbered by ${names}: --ignore leaves columns out.`;
}

/** Columns without a name that are empty or number the rows. */
function tellLeftOut({ columns: all }: Table, { columns, targets }: Preprocessing): string {
  const taken = new Set([...columns, ...targets].map(({ name }) => name));
  const left = all.filter(({ name, isIncidental }) => isIncidental && !taken.has(name));
  const names = left.map(({ name }) => JSON.stringify(name)).join(", ");
  return names && ` Left out, as they have no name and are empty or number the rows: ${names}.`;
}

/** Whether values are whole and few, written with a point: labels that someone's program made floats of. */
function mayBeClasses(table: Table, { targets }: Preprocessing): boolean {
  const [{ categories }] = selectTargets(table, [targets[0].name]);
  const areWhole = categories.every((text) => /^\d+(?:\.0*)?$/.test(text));
  return targets.length === 1 && categories.length <= MOST_CODES && areWhole;
}
