/** Comma-separated values (RFC 4180), piece by piece: text goes in, records come out. */
import { DataError } from "../../errors.js";
import { type Delimiter, detectDelimiter } from "./delimiter.js";

/** A longer record is taken for a quote that was never closed, or for no table at all. */
export const LONGEST_RECORD = 2 ** 24;

export interface CsvParserOptions {
  /** What the text is called in messages. */
  readonly place: string;
  /** Default: found in the first records. */
  readonly delimiter?: Delimiter | undefined;
  /** Called for each record that is not an empty line; `line` counts from 1. */
  readonly onRecord: (fields: string[], line: number) => void;
}

const [LINE_FEED, RETURN, QUOTE, NUL, BYTE_ORDER_MARK] = [10, 13, 34, 0, 0xfeff];

/** Characters in which the delimiter is looked for; more where no record ends within them. */
const SAMPLE_LENGTH = 65_536;
/** A first line by which Excel is told the delimiter. */
const DELIMITER_LINE = /^sep=([,;\t])(?:\r\n|\r|\n)/i;

/** Where the next character stands. */
type State = "start of field" | "plain" | "quoted" | "behind quote";

/**
 * Feeds `onRecord` from `push`ed pieces of text, however they are cut, and `end`. Lines end with LF, CRLF or
 * CR; quoted fields may hold delimiters, line ends, and quotes that are doubled. A quote within a plain field
 * is a character as any other. A byte order mark is passed over, and so are empty lines and a first line "sep=;".
 */
export class CsvParser {
  readonly #place: string;
  readonly #onRecord: CsvParserOptions["onRecord"];
  readonly #told: Delimiter | undefined;
  #delimiter: Delimiter | undefined;
  /** Text that waits for the delimiter to be known. */
  #head: string | undefined = "";
  #sampleLength = SAMPLE_LENGTH;
  #state: State = "start of field";
  #fields: string[] = [];
  #field = "";
  #recordLength = 0;
  #line = 1;
  #recordLine = 1;
  #afterReturn = false;
  #hasQuotes = false;
  #isFirst = true;

  constructor({ place, delimiter, onRecord }: CsvParserOptions) {
    this.#place = place;
    this.#onRecord = onRecord;
    this.#told = delimiter;
  }

  /** @throws DataError at text that is no table; it names line and column. */
  push(text: string): void {
    let piece = text;
    if (this.#isFirst && piece !== "") {
      if (piece.charCodeAt(0) === BYTE_ORDER_MARK) piece = piece.slice(1);
      this.#isFirst = false;
    }
    if (this.#head === undefined) {
      this.#parse(piece);
      return;
    }
    this.#head += piece;
    // What is found does not depend on how the text is cut.
    while (this.#head !== undefined && this.#head.length >= this.#sampleLength) {
      const found = detectDelimiter(this.#head.slice(0, this.#sampleLength));
      this.#sampleLength *= 2;
      if (found !== undefined || this.#sampleLength > LONGEST_RECORD) this.#begin(found);
    }
  }

  /** What was told or found; a comma until then. */
  get delimiter(): Delimiter {
    return this.#delimiter ?? ",";
  }

  /** Where the parser has come to, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Parses what waits for the delimiter to be known, as if no more text came. */
  settle(): void {
    if (this.#head !== undefined) this.#begin(detectDelimiter(`${this.#head}\n`));
  }

  /** @throws DataError when the text ends within quotes. */
  end(): void {
    this.settle();
    if (this.#state === "quoted") {
      throw this.#error(
        "a quote is open at the end of the file, expected a quote that closes it",
        this.#recordLine,
      );
    }
    if (this.#recordLength > 0) this.#endRecord();
  }

  #begin(found: Delimiter | undefined): void {
    const text = this.#head ?? "";
    this.#head = undefined;
    const [line, named] = DELIMITER_LINE.exec(text) ?? ["", undefined];
    this.#delimiter = this.#told ?? (named as Delimiter | undefined) ?? found;
    if (line !== "") this.#recordLine = ++this.#line;
    this.#parse(text.slice(line.length));
  }

  #parse(text: string): void {
    const delimiter = this.delimiter.charCodeAt(0);
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (this.#afterReturn) {
        this.#afterReturn = false;
        if (code === LINE_FEED) {
          // The second half of CRLF; within quotes it belongs to the text.
          if (this.#state !== "quoted") start = index + 1;
          continue;
        }
      }
      if (code === NUL) {
        throw this.#error("holds a byte 0, expected text: the file may be of another kind");
      }
      if (this.#state === "quoted") {
        if (code === QUOTE) {
          this.#take(text, start, index);
          start = index + 1;
          this.#state = "behind quote";
        } else if (code === LINE_FEED || code === RETURN) {
          this.#line++;
          this.#afterReturn = code === RETURN;
        }
        continue;
      }
      if (code === delimiter || code === LINE_FEED || code === RETURN) {
        this.#take(text, start, index);
        start = index + 1;
        if (code === delimiter) {
          this.#endField();
          this.#recordLength++;
        } else {
          this.#endRecord();
          this.#line++;
          this.#recordLine = this.#line;
          this.#afterReturn = code === RETURN;
        }
      } else if (this.#state === "behind quote") {
        if (code !== QUOTE) {
          const found = JSON.stringify(text[index]);
          throw this.#error(`${found} follows a closing quote, expected a delimiter or a line end`);
        }
        // A doubled quote stands for one, which is where the next piece of text begins.
        start = index;
        this.#state = "quoted";
      } else if (this.#state === "start of field") {
        if (code === QUOTE) {
          start = index + 1;
          this.#hasQuotes = true;
          this.#recordLength++;
          this.#state = "quoted";
        } else this.#state = "plain";
      }
    }
    this.#take(text, start, text.length);
  }

  #take(text: string, start: number, end: number): void {
    if (end <= start) return;
    this.#recordLength += end - start;
    if (this.#recordLength > LONGEST_RECORD) {
      throw this.#error(
        `the row is longer than ${LONGEST_RECORD} characters, expected a shorter one: a quote may not be closed`,
        this.#recordLine,
      );
    }
    this.#field += text.slice(start, end);
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = "";
    this.#state = "start of field";
  }

  #endRecord(): void {
    this.#endField();
    const fields = this.#fields;
    const isEmptyLine = fields.length === 1 && fields[0] === "" && !this.#hasQuotes;
    this.#fields = [];
    this.#hasQuotes = false;
    this.#recordLength = 0;
    if (!isEmptyLine) this.#onRecord(fields, this.#recordLine);
  }

  /** @param ofRow the line on which a row began, where all of the row is meant */
  #error(what: string, ofRow?: number): DataError {
    const column = `, column ${this.#fields.length + 1}`;
    const place = ofRow === undefined ? `line ${this.#line}${column}` : `line ${ofRow}`;
    return new DataError(`${this.#place}: ${place}: ${what}`);
  }
}
