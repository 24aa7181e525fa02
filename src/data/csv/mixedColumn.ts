/** Numbers and texts in one column: codes, such as 1, 2 and A, or values among which a text is a mistake. */
import { isAnyNumber, isMissingNumber } from "./cell.js";

/** Whole numbers with more different values than this are values, not codes. */
export const MOST_CODES = 20;

/** What numbers are that have texts beside them: names of something, or numbers among which a text is a mistake. */
export type MixedColumnKind = "codes" | "values";

/** Whether different numbers, as they are written, may name classes or categories: whole ones from 0, and few. */
export function areCodes(numbers: readonly string[]): boolean {
  return numbers.length <= MOST_CODES && numbers.every((text) => /^\d+$/.test(text));
}

/** Texts that together are fewer than one cell in so many are mistakes among codes, too. */
const CELLS_A_TEXT = 100;

/**
 * What the numbers of a column are that has texts too, cells aside that are missing among numbers; undefined where numbers are
 * neither most of the cells nor most of the different ones: a text that happens to be one is a text.
 *
 * @param cells different ones
 * @param counts how often each of them occurs
 * @param readsCommas whether "5,1" may be a number
 */
export function mixedColumnKind(
  cells: readonly string[],
  counts: readonly number[],
  readsCommas: boolean,
): MixedColumnKind | undefined {
  const numbers: string[] = [];
  const total = { numbers: 0, texts: 0, differentTexts: 0 };
  cells.forEach((text, code) => {
    if (isMissingNumber(text)) return;
    if (isAnyNumber(text, { readsCommas })) {
      numbers.push(text);
      total.numbers += counts[code];
    } else {
      total.differentTexts++;
      total.texts += counts[code];
    }
  });
  if (numbers.length <= total.differentTexts && total.numbers <= total.texts) return undefined;
  const areFewTexts = CELLS_A_TEXT * total.texts < total.numbers + total.texts;
  return areCodes(numbers) && !areFewTexts ? "codes" : "values";
}
