/** Numbers and texts in one column: codes, such as 1, 2 and A, or values among which a text is a mistake. */
import { isForeignNumber, isMissingNumber, parseDecimalComma, parseNumber } from "./cell.js";

/** Whole numbers with more different values than this are values, not codes. */
export const MOST_CODES = 20;

/** What numbers are that have texts beside them: names of something, or values. */
export type MixedColumnKind = "codes" | "values";

/** Whether different numbers, as they are written, may name classes or categories: whole ones from 0, and few. */
export function areCodes(numbers: readonly string[]): boolean {
  return numbers.length <= MOST_CODES && numbers.every((text) => /^\d+$/.test(text));
}

/**
 * What the numbers of a column are that has texts too, cells aside that are missing among numbers; undefined where no more than half of the different cells are
 * numbers: a text that happens to be one is a text.
 *
 * @param cells different ones
 * @param readsCommas whether "5,1" may be a number
 */
export function mixedColumnKind(
  cells: readonly string[],
  readsCommas: boolean,
): MixedColumnKind | undefined {
  const isNumber = (text: string) =>
    parseNumber(text) !== undefined ||
    ((readsCommas || !text.includes(",")) &&
      (parseDecimalComma(text) !== undefined || isForeignNumber(text)));
  const present = cells.filter((text) => !isMissingNumber(text));
  const numbers = present.filter(isNumber);
  if (2 * numbers.length <= present.length) return undefined;
  return areCodes(numbers) ? "codes" : "values";
}
