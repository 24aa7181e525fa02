/** What stands between the cells of a table, told by its first rows. */
import { isAnyNumber } from "./cell.js";

/** What may stand between two cells of a row. */
export type Delimiter = "," | ";" | "\t";

/** Earlier ones are taken where nothing speaks for another. */
export const DELIMITERS: readonly Delimiter[] = [",", ";", "\t"];

const [LINE_FEED, RETURN, QUOTE] = [10, 13, 34];

/** What a delimiter makes of a row. */
interface Row {
  readonly cells: number;
  /** Whether the last cell is empty, as a delimiter at the row's end makes it. */
  readonly endsEmpty: boolean;
  /** Whether no other delimiter stands in a cell that is not quoted, unless as a decimal comma or in digit groups. */
  readonly isClean: boolean;
  /** Whether something stands behind a quote that closes a cell, which the right delimiter does not leave. */
  readonly isBroken: boolean;
}

/** How well a delimiter cuts rows into cells. */
interface Cut {
  /** Cells of most rows, of those that have more than one. */
  readonly cells: number;
  /** Rows that have so many. */
  readonly alike: number;
  /** Of these, such in whose cells no other delimiter stands. */
  readonly clean: number;
  /** Whether the table would be refused: a row is broken, or most have other numbers of cells than the first. */
  readonly isRefused: boolean;
}

/**
 * The delimiter that cuts most rows into as many cells, so that these hold no other; of several the one that makes most cells,
 * the comma where there is none. A header may have commas in its names, `Größe, cm;Gewicht, kg`, and numbers decimal ones: neither
 * tells anything in a single row. One by which most rows have other numbers of cells than the first comes after the others.
 *
 * @param text the table's beginning; a row that does not end is left out
 * @returns undefined where no row ends
 */
export function detectDelimiter(text: string): Delimiter | undefined {
  const cuts = DELIMITERS.map((delimiter) => {
    const rows = cutRows(text, delimiter);
    return { delimiter, isEmpty: rows.length === 0, ...measure(rows) };
  });
  if (cuts.every(({ isEmpty }) => isEmpty)) return undefined;
  const [best] = cuts.sort(
    (a, b) => rank(b) - rank(a) || b.clean - a.clean || b.alike - a.alike || b.cells - a.cells,
  );
  return best.alike === 0 ? "," : best.delimiter;
}

/** Of cuts that make no cells, of those that leave a table to be refused, of the others. */
function rank({ alike, isRefused }: Cut): number {
  return alike === 0 ? 0 : isRefused ? 1 : 2;
}

function measure(rows: readonly Row[]): Cut {
  const alike = new Map<number, number>();
  for (const { cells } of rows) if (cells > 1) alike.set(cells, (alike.get(cells) ?? 0) + 1);
  let [most, count] = [0, 0];
  for (const [cells, times] of alike) if (times > count) [most, count] = [cells, times];
  const clean = rows.filter(({ cells, isClean }) => isClean && cells === most).length;
  return { cells: most, alike: count, clean, isRefused: areRefused(rows) };
}

function areRefused(rows: readonly Row[]): boolean {
  if (rows.some(({ isBroken }) => isBroken)) return true;
  const [first, ...below] = rows;
  const others = below.filter(({ cells, endsEmpty }) => {
    return cells !== first.cells && !(endsEmpty && cells === first.cells + 1);
  });
  return others.length > below.length / 2;
}

/** Rows that end within the text, empty lines aside; quotes count where they open a cell. */
function cutRows(text: string, delimiter: Delimiter): Row[] {
  const rows: Row[] = [];
  const separator = delimiter.charCodeAt(0);
  let [cells, isClean, isBroken, isQuoted, start, closed] = [0, true, false, false, 0, -1];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE && text.charCodeAt(start) === QUOTE) {
      // In a quoted cell a quote ends the quotation, or begins it anew where one ended just before.
      if (isQuoted) closed = index;
      isQuoted = !isQuoted && (index === start || closed === index - 1);
    }
    const isLineEnd = code === LINE_FEED || code === RETURN;
    if (isQuoted || (code !== separator && !isLineEnd)) continue;
    const cell = text.slice(start, index);
    isBroken ||= cell.startsWith('"') && closed < index - 1;
    isClean &&= isCleanCell(cell, delimiter);
    const isEmptyLine = isLineEnd && cells === 0 && index === start;
    start = index + 1;
    if (isEmptyLine) continue;
    cells++;
    if (!isLineEnd) continue;
    rows.push({ cells, endsEmpty: cell.trim() === "", isClean, isBroken });
    [cells, isClean, isBroken] = [0, true, false];
  }
  return rows;
}

function isCleanCell(cell: string, delimiter: Delimiter): boolean {
  if (cell.startsWith('"')) return true;
  return DELIMITERS.every(
    (other) =>
      other === delimiter || !cell.includes(other) || (other === "," && isAnyNumber(cell.trim())),
  );
}
