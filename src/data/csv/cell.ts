/** What the text of a cell says: a number, nothing, or something else. */

/** A cell of a table, and where it stands. */
export interface Cell {
  /** As in the file, without quotes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:e[+-]?\d+)?$/i;
/** Ways of writing a number that are not read. U+2212 is the typographic minus. */
const FOREIGN: readonly RegExp[] = [
  // Digit groups: "1.234,5", "1 234" with several kinds of spaces, "1’234".
  /^[+\-\u2212]?\d{1,3}([.,'\u2019 \u00a0\u2009\u202f])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/,
  // Digit groups of two, as in India: "1,23,100".
  /^[+\-\u2212]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?$/,
  /^\u2212(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+\-\u2212]?\d+)?$/i,
];
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
/**
 * R's readr takes "" and "NA" for missing, pandas' read_csv those of the first two lines here as well, and "None". The latter it
 * is blamed for, since among texts it may be a category, such as a house without an alley: it stands below. "?" is that of the
 * UCI repository.
 */
const MISSING: ReadonlySet<string> = new Set([
  ...["", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>"],
  ...["NaN", "nan", "null", "NULL"],
  "?",
]);
/**
 * In lower case. What no number can be, but a category or a name may: "None", "na" and dashes, the dots of SAS, Stata (".") and
 * the World Bank (".."), and what is left of pandas' list, by which C libraries print NaN.
 */
const MISSING_NUMBERS: ReadonlySet<string> = new Set([
  ...["na", "n/a", "n.a.", "n.a", "#n/a", "#n/a n/a", "#na", "<na>", "none", "null"],
  ...["nan", "-nan", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"],
  ...["-", "--", "---", "\u2013", "\u2014", ".", ".."],
]);
/** Of the longest of them. */
const LONGEST_MISSING = 8;

/** The number that a cell holds, as float32 has it: infinite beyond its range; undefined where it holds none. */
export function parseNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Math.fround(Number(text));
  const infinite = INFINITY.exec(text);
  return infinite ? Number(`${infinite[1]}Infinity`) : undefined;
}

/** The same of a number with a decimal comma, "5,1" or ",5e3"; undefined of any other. */
export function parseDecimalComma(text: string): number | undefined {
  return DECIMAL_COMMA.test(text) ? Math.fround(Number(text.replace(",", "."))) : undefined;
}

/** What stands before a percent sign, as in "12.5 %"; all of a text that has none. */
export function withoutPercent(text: string): string {
  return text.endsWith("%") ? text.slice(0, -1).trimEnd() : text;
}

/** Whether a cell may be a number that is not read: with digit groups, "1 234,5", or a typographic minus. */
export function isForeignNumber(text: string): boolean {
  return FOREIGN.some((pattern) => pattern.test(text));
}

/** Whether a cell is a number in whatever way of writing, read or not. */
export function isAnyNumber(text: string, { readsCommas = true } = {}): boolean {
  const digits = withoutPercent(text);
  if (parseNumber(digits) !== undefined) return true;
  if (!readsCommas && digits.includes(",")) return false;
  return parseDecimalComma(digits) !== undefined || isForeignNumber(digits);
}

/** Whether a cell says that it holds nothing, in whatever column: empty, "NA", "?" and the like. */
export function isMissing(text: string): boolean {
  return MISSING.has(text);
}

/** Whether a cell among numbers says that it holds none, which among texts is a text: "None", "-" and the like. */
export function isMissingNumber(text: string): boolean {
  return text.length <= LONGEST_MISSING && MISSING_NUMBERS.has(text.toLowerCase());
}
