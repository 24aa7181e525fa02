/** Whether a column's numbers have decimal points or decimal commas, and where that cannot be told. */
import { type Cell, withoutPercent } from "./cell.js";
import type { Delimiter } from "./delimiter.js";

export const DECIMAL_SEPARATORS = ["point", "comma"] as const;
/** What stands before the fraction of a number. */
export type DecimalSeparator = (typeof DECIMAL_SEPARATORS)[number];

/** "1,234" may be 1.234, or 1234 with digit groups; "0,123" and "12,34" are fractions. */
const MAY_BE_GROUPS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** Numbers of a column that are written alike. */
export class NumberSpelling {
  /** The first of them. */
  first: Cell | undefined;
  /** Whether one of them can be read in one way only. */
  areClear = false;

  /** Takes the next of them. */
  push(cell: Cell): void {
    this.first ??= cell;
    this.areClear ||= !MAY_BE_GROUPS.test(withoutPercent(cell.text));
  }
}

/** How the numbers of a column are written. */
export class NumberSpellings {
  /** Those with a decimal point, with a decimal comma, and those written in a way that is not read. */
  readonly point = new NumberSpelling();
  readonly comma = new NumberSpelling();
  readonly foreign = new NumberSpelling();
  /** The first without a percent sign, and the first with one. */
  plain: Cell | undefined;
  percent: Cell | undefined;
}

/** What a table tells of the decimal separator of its numbers. */
export interface SeparatorContext {
  readonly delimiter: Delimiter;
  /** What the caller said; undefined where it is to be found out. */
  readonly told: DecimalSeparator | undefined;
  /** Whether some column has numbers with commas. */
  readonly hasCommas: boolean;
}

/** A cell whose number may be another than it seems. */
export interface UnclearNumber {
  /** Its text, and where it stands. */
  readonly cell: Cell;
  /** What would be clear, in words that follow "expected". */
  readonly expected: string;
  /** Whether it may be a name as well: a postal code or an address has digit groups. */
  readonly mayBeName: boolean;
}

/**
 * Where semicolons stand between the cells, a comma within one is the decimal separator. Elsewhere "1,234" may be 1234, and
 * where commas stand between the cells a quoted "1,2" may be a list: there the caller has to say it.
 *
 * @param trained what the numbers had that a model was trained on
 */
export function findUnclearNumber(
  { comma, point, foreign, plain, percent }: NumberSpellings,
  { delimiter, told, hasCommas }: SeparatorContext,
  trained?: DecimalSeparator,
): UnclearNumber | undefined {
  if (foreign.first) {
    return {
      cell: foreign.first,
      expected: "a number without digit groups or typographic minus",
      mayBeName: true,
    };
  }
  if (plain && percent) {
    const isPercentLater = percent.line > plain.line;
    const [earlier, cell] = isPercentLater ? [plain, percent] : [percent, plain];
    return {
      cell,
      expected: `a number ${isPercentLater ? "without" : "with"} a percent sign as ${JSON.stringify(earlier.text)} on line ${earlier.line}`,
      mayBeName: true,
    };
  }
  if (comma.first && point.first) {
    const isCommaLater = comma.first.line > point.first.line;
    const [earlier, cell] = isCommaLater ? [point.first, comma.first] : [comma.first, point.first];
    const separator = isCommaLater ? "point" : "comma";
    return {
      cell,
      expected: `a decimal ${separator} as in ${JSON.stringify(earlier.text)} on line ${earlier.line}`,
      mayBeName: false,
    };
  }
  const wantsCommas =
    told === "comma" || ((trained ? trained === "comma" && !told : hasCommas) && !point.areClear);
  if (point.first && wantsCommas) {
    return {
      cell: point.first,
      expected: hasCommas
        ? "a decimal comma as elsewhere, and no digit groups"
        : `a decimal comma${told ? "" : " as in training"}, or --decimal point`,
      mayBeName: false,
    };
  }
  const isCommaClear =
    told !== undefined ||
    trained === "comma" ||
    delimiter === ";" ||
    (delimiter === "\t" && comma.areClear);
  if (!comma.first || isCommaClear) return undefined;
  const digits = withoutPercent(comma.first.text);
  return {
    cell: comma.first,
    expected: comma.areClear
      ? "--decimal comma where that is a number"
      : `no digit groups where that is ${digits.replace(",", "")}, --decimal comma where it is ${digits.replace(",", ".")}`,
    mayBeName: true,
  };
}
