/** A table of named columns, read from the bytes of a CSV file as they come. */
import { checkChoice, checkOptions, checkType } from "../../arguments.js";
import { DataError } from "../../errors.js";
import { show } from "../arrays/show.js";
import { Column, type TableColumn } from "./column.js";
import { DECIMAL_SEPARATORS, type DecimalSeparator } from "./decimalSeparator.js";
import { DELIMITERS, type Delimiter } from "./delimiter.js";
import { looksLikeHeader } from "./header.js";
import { CsvParser } from "./parser.js";
import { TextBytes, UndecodableBytes } from "./textBytes.js";

/** More columns than this are taken for a mistake. */
const MOST_COLUMNS = 1_048_576;

/** Rows below the first, and characters, by which it is judged whether that is a header. */
const SAMPLE = { rows: 100, characters: 2 ** 20 };

/** Cells of a row, and the line where it begins, from 1. */
interface Row {
  readonly fields: readonly string[];
  readonly line: number;
}

/** How the text of a table is read. */
export interface TableOptions {
  /** What the file is called in messages. */
  readonly place: string;
  /** Default: found in the first rows. */
  readonly delimiter?: Delimiter | undefined;
  /** Whether the first row has the columns' names; default: what it holds beside the rows below. */
  readonly header?: boolean | undefined;
  /** The decimal separator; default: a point, or a comma where the cells and the delimiter leave no doubt. */
  readonly decimal?: DecimalSeparator | undefined;
}

const OPTIONS = {
  place: "string",
  delimiter: "checked",
  header: "boolean",
  decimal: "checked",
} as const satisfies Record<keyof TableOptions, string>;

/** A table in memory, column by column. */
export interface Table {
  /** What its file is called in messages. */
  readonly place: string;
  /** Without a header they are called "column 1", "column 2" … */
  readonly columns: readonly TableColumn[];
  /** Without the header. */
  readonly rows: number;
  /** Whether the first row was taken for the columns' names. */
  readonly hasHeader: boolean;
  /** Whether an option said so, or the training set, and not the rows. */
  readonly isHeaderTold: boolean;
  /** "comma" where a column of numbers has decimal commas. */
  readonly decimal: DecimalSeparator;
}

/** Takes bytes piece by piece, however they are cut, and gives the table at the `end`. */
export class TableReader {
  readonly #options: TableOptions;
  readonly #text = new TextBytes();
  readonly #parser: CsvParser;
  /** The first rows, until it is known whether the first one has names. */
  #waiting: Row[] = [];
  #waitingLength = 0;
  #columns: Column[] | undefined;
  #hasHeader = false;
  #rows = 0;

  /** @throws OptionError when an option is misspelt, of another type, or none of its values. */
  constructor(options: TableOptions) {
    checkOptions("TableReader", options, OPTIONS);
    this.#options = options;
    const { place, delimiter, decimal } = options;
    checkType("place", place, "string");
    checkChoice("delimiter", delimiter, DELIMITERS);
    checkChoice("decimal", decimal, DECIMAL_SEPARATORS);
    this.#parser = new CsvParser({
      place,
      delimiter,
      onRecord: (fields, line) => this.#take(fields, line),
    });
  }

  /** @throws DataError when the bytes are no table; it names line and column. */
  push(bytes: Uint8Array): void {
    this.#parser.push(this.#decode(bytes));
  }

  /** @throws DataError when there are no rows, or the file ends within quotes. */
  end(): Table {
    const { place, header } = this.#options;
    this.#parser.push(this.#decode(undefined));
    this.#parser.end();
    this.#begin();
    if (!this.#columns) throw new DataError(`${place}: is empty, expected a table`);
    if (this.#rows === 0) {
      throw new DataError(
        header
          ? `${place}: holds a single row, expected a header and rows below it`
          : `${place}: holds nothing but a header, expected rows below it, or --header no if this is one`,
      );
    }
    return {
      place,
      columns: this.#columns,
      rows: this.#rows,
      hasHeader: this.#hasHeader,
      isHeaderTold: header !== undefined,
      decimal: this.#judgeSeparators(this.#columns),
    };
  }

  /** Which decimal separator the table has; the columns are told what speaks for it. */
  #judgeSeparators(columns: readonly Column[]): DecimalSeparator {
    const { delimiter } = this.#parser;
    const told = this.#options.decimal;
    const hasCommas = columns.some(
      ({ isNumeric, numbers }) => isNumeric && numbers.comma.first !== undefined,
    );
    for (const column of columns) column.separatorContext = { delimiter, told, hasCommas };
    return hasCommas ? "comma" : "point";
  }

  #decode(bytes: Uint8Array | undefined): string {
    try {
      return bytes ? this.#text.decode(bytes) : this.#text.end();
    } catch (cause) {
      if (!(cause instanceof UndecodableBytes)) throw cause;
      // Which line it is shows only when what comes before has been parsed.
      this.#parser.push(cause.before);
      this.#parser.settle();
      const { encoding } = cause;
      throw new DataError(
        `${this.#options.place}: line ${this.#parser.line} has bytes that are no ${encoding} text, expected a text file in UTF-8, as spreadsheets save it by the name of "CSV UTF-8"`,
        { cause },
      );
    }
  }

  #take(cells: readonly string[], line: number): void {
    // A row of delimiters alone is an empty line, as spreadsheets write it.
    if (cells.length > 1 && cells.every((cell) => cell.trim() === "")) return;
    const { place, header } = this.#options;
    const expected = this.#waiting[0]?.fields.length ?? this.#columns?.length ?? cells.length;
    const hasTrailingDelimiter = cells.length === expected + 1 && cells[expected].trim() === "";
    const fields = hasTrailingDelimiter ? cells.slice(0, expected) : cells;
    if (fields.length !== expected) {
      throw new DataError(
        `${place}: line ${line} has ${fields.length} columns, expected ${expected} as the first row has${expected === 1 ? ", or no title above the table" : ""}`,
      );
    }
    if (this.#columns) {
      this.#push(this.#columns, { fields, line });
      return;
    }
    if (fields.length > MOST_COLUMNS) {
      throw new DataError(
        `${place}: line ${line} has ${fields.length} columns, expected at most ${MOST_COLUMNS}`,
      );
    }
    this.#waiting.push({ fields, line });
    this.#waitingLength += fields.reduce((sum, { length }) => sum + length + 1, 0);
    const areEnough = this.#waiting.length > SAMPLE.rows || this.#waitingLength > SAMPLE.characters;
    if (header !== undefined || areEnough) this.#begin();
  }

  /** Names the columns, and hands them the rows that waited for it. */
  #begin(): void {
    const [first, ...below] = this.#waiting;
    if (!first) return;
    const { place, header, decimal } = this.#options;
    this.#waiting = [];
    this.#hasHeader =
      header ??
      looksLikeHeader(
        first.fields,
        below.map(({ fields }) => fields),
      );
    const columns = namesOf(first.fields, this.#hasHeader, place).map((name, index) => {
      const unnamed = index === 0 ? "first unnamed" : "left unnamed";
      const naming = first.fields[index].trim() === "" ? unnamed : "named";
      return new Column(name, this.#hasHeader ? naming : "no header", decimal);
    });
    this.#columns = columns;
    for (const row of this.#hasHeader ? below : [first, ...below]) this.#push(columns, row);
  }

  #push(columns: readonly Column[], { fields, line }: Row): void {
    this.#rows++;
    columns.forEach((column, index) => {
      column.push(fields[index], line);
    });
  }
}

function namesOf(fields: readonly string[], hasHeader: boolean, place: string): string[] {
  const names = fields.map((field, index) => (hasHeader && field.trim()) || `column ${index + 1}`);
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    const other = seen.get(name);
    if (other !== undefined) {
      const [unnamed] = [other, index].filter((column) => fields[column].trim() === "");
      throw new DataError(
        unnamed === undefined
          ? `${place}: the header calls columns ${other + 1} and ${index + 1} both ${show(name)}, expected different names`
          : `${place}: the header calls column ${(unnamed === index ? other : index) + 1} ${show(name)}, expected another name, as column ${unnamed + 1} has none and is called so`,
      );
    }
    seen.set(name, index);
  });
  return names;
}
