/** Whether the first row of a table has the columns' names. */
import { isAnyNumber, isMissing, isMissingNumber } from "./cell.js";

/** Years that name columns. */
const YEARS = { first: 1900, last: 2100 };

/**
 * A text above a column most of whose cells are numbers is a name, and one that its column holds again is none. A number may be a name
 * beside such texts, or where the numbers of the row are years or count from 0 or 1, and those of no row below do. Where nothing of
 * this tells, different texts without a number are names.
 *
 * @param first the cells of the first row
 * @param below those of the rows that follow, as many as are to be looked at
 */
export function looksLikeHeader(
  first: readonly string[],
  below: readonly (readonly string[])[],
): boolean {
  const names = first.map((cell) => cell.trim());
  const numbers = names.flatMap((name, column) => (isAnyNumber(name) ? [column] : []));
  let [namesOfNumbers, repeated] = [0, 0];
  names.forEach((name, column) => {
    if (isMissing(name) || isMissingNumber(name) || isAnyNumber(name)) return;
    const cells = below
      .map((row) => row[column].trim())
      .filter((cell) => !isMissing(cell) && !isMissingNumber(cell));
    if (cells.includes(name)) repeated++;
    else if (2 * cells.filter((cell) => isAnyNumber(cell)).length > cells.length) namesOfNumbers++;
  });
  const seriesOf = (row: readonly string[]) =>
    seriesIn(numbers.map((column) => row[column].trim()));
  const series = seriesOf(names);
  const areSeries = series !== undefined && !below.some((row) => seriesOf(row) === series);
  if (namesOfNumbers > repeated) {
    const arePlain = numbers.every((column) => /^\d+$/.test(names[column]));
    return areSeries || (arePlain && numbers.length <= namesOfNumbers);
  }
  if (repeated > 0) return false;
  if (numbers.length > 0) return areSeries && below.length > 0;
  return new Set(names).size === names.length && names.some((name) => !isMissing(name));
}

/** Years in ascending order, at the same distances, or at least three numbers that count from 0 or 1. */
function seriesIn(texts: readonly string[]): "years" | "count" | undefined {
  if (texts.length < 2 || !texts.every((text) => /^\d{1,9}$/.test(text))) return undefined;
  const numbers = texts.map(Number);
  const [first, second] = numbers;
  const step = second - first;
  if (step <= 0 || !numbers.every((number, index) => number === first + index * step)) {
    return undefined;
  }
  if (first >= YEARS.first && numbers[numbers.length - 1] <= YEARS.last) return "years";
  return first <= 1 && step === 1 && numbers.length > 2 ? "count" : undefined;
}
