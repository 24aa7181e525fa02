/** What the text of a cell says: a number, nothing, or something else. */

/** A cell of a table, and where it stands. */
export interface Cell {
  /** As in the file, without quotes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:e[+-]?\d+)?$/i;
const GROUPED = /^[+-]?\d{1,3}([.,' ])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
const MISSING: ReadonlySet<string> = new Set(["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"]);

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

/** Whether a cell may be a number whose digits stand in groups, "1.234,5" or "1 234 567". */
export function hasGroups(text: string): boolean {
  return GROUPED.test(text);
}

/** Whether a cell says that it holds nothing: empty, "NA", "?" and the like. */
export function isMissing(text: string): boolean {
  return MISSING.has(text);
}
