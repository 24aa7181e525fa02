/** A column that grows: numbers, categories, or both for as long as the cells leave it open. */

/** A column of more different texts than this can hold numbers only. */
export const MOST_CATEGORIES = 4096;

/** Cells are kept in blocks, so that growing copies nothing. */
const BLOCK = 65_536;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
const MISSING: ReadonlySet<string> = new Set(["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"]);

/** A cell of a table, and where it stands. */
export interface Cell {
  /** As in the file, without quotes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** The number that a cell holds, as float32 has it: infinite beyond its range; undefined where it holds none. */
export function parseNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Math.fround(Number(text));
  const infinite = INFINITY.exec(text);
  return infinite ? Number(`${infinite[1]}Infinity`) : undefined;
}

/** Whether a cell says that it holds nothing: empty, "NA", "?" and the like. */
export function isMissing(text: string): boolean {
  return MISSING.has(text);
}

/** What can be read of a column. */
export interface TableColumn {
  /** As in the header; "column 3" where there is none. */
  readonly name: string;
  /** The first cell that is missing, and the first that is no number. */
  readonly missing: Cell | undefined;
  /** The first cell that holds something else than a number; undefined in a column of numbers. */
  readonly text: Cell | undefined;
  /** The first cell whose number is infinite, in the file or as float32 has it. */
  readonly infinite: Cell | undefined;
  /** The first cell beyond `MOST_CATEGORIES` different ones. */
  readonly beyond: Cell | undefined;
  /** Different texts, in the order of their appearance. */
  readonly categories: readonly string[];
  /** Whether every cell that is not missing is a number, and there is one. */
  readonly isNumeric: boolean;
  /** The number in a row, NaN where it is missing; of numeric columns only. */
  value(row: number): number;
  /** The index in `categories` of the cell in a row, −1 where it is missing; within `MOST_CATEGORIES` only. */
  code(row: number): number;
}

export class Column implements TableColumn {
  readonly name: string;
  missing: Cell | undefined;
  text: Cell | undefined;
  infinite: Cell | undefined;
  beyond: Cell | undefined;
  readonly categories: string[] = [];
  readonly #codeOf = new Map<string, number>();
  #codes: Int32Array[] | undefined = [];
  #values: Float32Array[] | undefined = [];
  #length = 0;

  constructor(name: string) {
    this.name = name;
  }

  get length(): number {
    return this.#length;
  }

  get isNumeric(): boolean {
    return this.text === undefined && this.categories.length > 0;
  }

  /** Takes the next cell; spaces around it do not count. */
  push(cell: string, line: number): void {
    const text = cell.trim();
    const missing = isMissing(text);
    if (missing) this.missing ??= { text, line };
    const index = this.#length % BLOCK;
    if (index === 0) {
      this.#codes?.push(new Int32Array(BLOCK));
      this.#values?.push(new Float32Array(BLOCK));
    }
    if (this.#values) {
      const value = missing ? Number.NaN : parseNumber(text);
      if (value === undefined) {
        this.text = { text, line };
        if (this.#codes) this.#values = undefined;
      } else {
        if (Math.abs(value) === Number.POSITIVE_INFINITY) this.infinite ??= { text, line };
        this.#values[this.#values.length - 1][index] = value;
      }
    }
    if (this.#codes) {
      const code = missing ? -1 : this.#codeFor(text, line);
      this.#codes[this.#codes.length - 1][index] = code;
      if (this.beyond) this.#codes = undefined;
    }
    this.#length++;
  }

  value(row: number): number {
    return this.#values?.[Math.floor(row / BLOCK)][row % BLOCK] ?? Number.NaN;
  }

  code(row: number): number {
    return this.#codes?.[Math.floor(row / BLOCK)][row % BLOCK] ?? -1;
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
    return code;
  }
}
