/** A column that grows: numbers, categories, or both for as long as the cells leave it open. */

import {
  type Cell,
  isForeignNumber,
  isMissing,
  isMissingNumber,
  parseDecimalComma,
  parseNumber,
  withoutPercent,
} from "./cell.js";
import {
  type DecimalSeparator,
  findUnclearNumber,
  NumberSpellings,
  type SeparatorContext,
  type UnclearNumber,
} from "./decimalSeparator.js";
import { type MixedColumnKind, mixedColumnKind } from "./mixedColumn.js";
import { RowLabels } from "./rowLabels.js";

/** A column of more different texts than this can hold numbers only. */
export const MOST_CATEGORIES = 4096;

/** Cells are kept in blocks, so that growing copies nothing. */
const BLOCK = 65_536;

/** Whether a header names a column, leaves it without a name, the first one or another, or there is no header. */
export type Naming = "named" | "first unnamed" | "left unnamed" | "no header";

/** What can be read of a column. */
export interface TableColumn {
  /** As in the header; "column 3" where there is none. */
  readonly name: string;
  /**
   * Whether it is there by the way, neither an input nor the target unless it is named: a column without a name that is empty, as
   * delimiters at the ends of rows make it, or numbers the rows, as pandas and R write them: from 0 or 1, or as the first column by
   * different whole numbers.
   */
  readonly isIncidental: boolean;
  /** Whether it numbers the rows, from 0 or 1. */
  readonly countsRows: boolean;
  /** The first cell that is missing, whatever the others are. */
  readonly missing: Cell | undefined;
  /** The first that is missing where the others are numbers, and otherwise a text, such as "None". */
  readonly missingNumber: Cell | undefined;
  /** The first cell that is neither a number nor missing among numbers; undefined in a column of numbers. */
  readonly text: Cell | undefined;
  /** The first cell whose number is infinite, in the file or as float32 has it. */
  readonly infinite: Cell | undefined;
  /** The first cell that holds a number, up to the first text. */
  readonly firstNumber: Cell | undefined;
  /** "%" where numbers have percent signs: "12.5 %" is 12.5. */
  readonly unit: "%" | undefined;
  /** Whether numbers have decimal points; never where they have commas too. */
  readonly hasPoints: boolean;
  /** The first cell beyond `MOST_CATEGORIES` different ones. */
  readonly beyond: Cell | undefined;
  /** Different texts, in the order of their appearance. */
  readonly categories: readonly string[];
  /** Whether every cell is a number or missing among numbers, and there is one. */
  readonly isNumeric: boolean;
  /** Of a column with texts most of whose cells are numbers, what these are; undefined of all others. */
  readonly mixedKind: MixedColumnKind | undefined;
  /** The number in a row, NaN where it is missing; of numeric columns only. */
  value(row: number): number;
  /**
   * Among its numbers, one that may be another than it seems, by its decimal separator.
   *
   * @param trained what the numbers had that a model was trained on
   */
  unclear(trained?: DecimalSeparator): UnclearNumber | undefined;
  /** The line on which a category stands first, in the file. */
  lineOf(code: number): number;
  /** The index in `categories` of the cell in a row, −1 where it is missing; within `MOST_CATEGORIES` only. */
  code(row: number): number;
}

export class Column implements TableColumn {
  readonly name: string;
  missing: Cell | undefined;
  missingNumber: Cell | undefined;
  text: Cell | undefined;
  infinite: Cell | undefined;
  beyond: Cell | undefined;
  readonly categories: string[] = [];
  readonly numbers = new NumberSpellings();
  /** What the whole table tells of the decimal separator, as soon as it is read. */
  separatorContext: SeparatorContext | undefined;
  readonly #readsCommas: boolean;
  readonly #naming: Naming;
  readonly #labels: RowLabels | undefined;
  /** What the next cell holds where the column counts the rows; undefined where it does not. */
  #nextCount: number | undefined;
  readonly #codeOf = new Map<string, number>();
  /** Of each category, how many cells it has, and the line of the first. */
  readonly #counts: number[] = [];
  readonly #lines: number[] = [];
  #codes: Int32Array[] | undefined = [];
  #values: Float32Array[] | undefined = [];
  #length = 0;

  /** @param decimal "point": a number with a comma is a text */
  constructor(name: string, naming: Naming, decimal: DecimalSeparator | undefined) {
    this.name = name;
    this.#naming = naming;
    this.#labels = naming === "first unnamed" ? new RowLabels() : undefined;
    this.#readsCommas = decimal !== "point";
  }

  get length(): number {
    return this.#length;
  }

  get isIncidental(): boolean {
    if (this.#naming === "named") return false;
    if (this.categories.length === 0) return true;
    return this.#naming !== "no header" && (this.countsRows || this.#labels?.areDifferent === true);
  }

  get countsRows(): boolean {
    return this.#nextCount !== undefined;
  }

  get isNumeric(): boolean {
    return this.text === undefined && this.firstNumber !== undefined;
  }

  get firstNumber(): Cell | undefined {
    return this.numbers.plain ?? this.numbers.percent;
  }

  get unit(): "%" | undefined {
    return this.numbers.percent && "%";
  }

  get hasPoints(): boolean {
    return this.numbers.point.first !== undefined;
  }

  get mixedKind(): MixedColumnKind | undefined {
    return this.text && mixedColumnKind(this.categories, this.#counts, this.#readsCommas);
  }

  /** Takes the next cell; spaces around it do not count. */
  push(cell: string, line: number): void {
    const text = cell.trim();
    const missing = isMissing(text);
    this.#labels?.push(text);
    if (missing) this.missing ??= { text, line };
    if (this.#length === 0 && /^[01]$/.test(text)) this.#nextCount = Number(text);
    if (this.#nextCount !== undefined) {
      this.#nextCount = text === String(this.#nextCount) ? this.#nextCount + 1 : undefined;
    }
    const index = this.#length % BLOCK;
    if (index === 0) {
      this.#codes?.push(new Int32Array(BLOCK));
      this.#values?.push(new Float32Array(BLOCK));
    }
    if (this.#values) {
      const value = missing ? Number.NaN : this.#numberIn(text, line);
      if (value === undefined) {
        this.text = { text, line };
        this.#values = undefined;
      } else {
        if (Math.abs(value) === Number.POSITIVE_INFINITY) this.infinite ??= { text, line };
        this.#values[this.#values.length - 1][index] = value;
      }
    }
    if (this.#codes) {
      const code = missing ? -1 : this.#codeFor(text, line);
      this.#codes[this.#codes.length - 1][index] = code;
      if (this.beyond) this.#codes = undefined;
      else if (code >= 0) this.#counts[code]++;
    }
    this.#length++;
  }

  value(row: number): number {
    return this.#values?.[Math.floor(row / BLOCK)][row % BLOCK] ?? Number.NaN;
  }

  unclear(trained?: DecimalSeparator): UnclearNumber | undefined {
    if (!this.isNumeric || !this.separatorContext) return undefined;
    return findUnclearNumber(this.numbers, this.separatorContext, trained);
  }

  lineOf(code: number): number {
    return this.#lines[code];
  }

  code(row: number): number {
    return this.#codes?.[Math.floor(row / BLOCK)][row % BLOCK] ?? -1;
  }

  #numberIn(text: string, line: number): number | undefined {
    const { numbers } = this;
    const digits = withoutPercent(text);
    let value = parseNumber(digits);
    if (value !== undefined) {
      if (!numbers.point.areClear && digits.includes(".")) numbers.point.push({ text, line });
    } else {
      if (!this.#readsCommas && digits.includes(",")) return undefined;
      value = parseDecimalComma(digits);
      if (value !== undefined) {
        if (!numbers.comma.areClear) numbers.comma.push({ text, line });
      } else if (isForeignNumber(digits)) {
        numbers.foreign.push({ text, line });
        value = Number.NaN;
      } else if (isMissingNumber(text)) {
        this.missingNumber ??= { text, line };
        return Number.NaN;
      } else return undefined;
    }
    if (digits === text) numbers.plain ??= { text, line };
    else numbers.percent ??= { text, line };
    return value;
  }

  #codeFor(text: string, line: number): number {
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    const code = this.categories.length;
    if (code >= MOST_CATEGORIES) {
      this.beyond = { text, line };
      return -1;
    }
    // A slice of a large piece of text would keep all of it in memory.
    const own = JSON.parse(JSON.stringify(text)) as string;
    this.#codeOf.set(own, code);
    this.categories.push(own);
    this.#counts.push(0);
    this.#lines.push(line);
    return code;
  }
}
