/** The protocol of an examination: what was compared, what differed, and how that is explained. */
import { Matrix } from "../../reference/matrix.js";
import type { DiagnosisId } from "../catalogue.js";
import {
  type ExplainOptions,
  type Explanation,
  explain,
  type Factor,
  type Hypothesis,
  type Mistake,
  type Reference,
} from "./explain.js";
import { isFiniteArray, norm } from "./products.js";
import { HALF, type Quantity } from "./quantity.js";

/** What was found of one quantity. */
export type Verdict =
  /** As the textbook has it, from the quantities before it. */
  | "right"
  | "wrong"
  /** What it is computed from is not finite, or is not what it should be in a way nobody can follow. */
  | "unjudged";

/** A quantity of the step, and whether it is what it should be. */
export interface Link {
  /** The quantity: "Z1", "dW2". */
  readonly name: string;
  /** "right", "wrong", or "unjudged" where nothing can be said of it. */
  readonly verdict: Verdict;
}

/** Something found, before it is put into words for the person. */
export interface Discovery {
  readonly id: DiagnosisId;
  /** The quantity where it shows. */
  readonly at: string;
  readonly evidence: string;
  readonly cause: string;
  /** What to do, when it is not what the identifier's other cases want, nor a line to change. */
  readonly advice?: string;
  /** The number that gave it away and its limit, where there is one. */
  readonly value?: number;
  readonly threshold?: number;
}

export class Chain {
  readonly links: Link[] = [];
  readonly discoveries: Discovery[] = [];
  readonly notes: string[] = [];
  /** How many quantities differ in a way that may come from what the dump does not hold. */
  doubts = 0;

  link(name: string, verdict: Verdict): void {
    const index = this.links.findIndex((link) => link.name === name);
    if (index < 0) this.links.push({ name, verdict });
    else if (this.links[index].verdict !== "wrong") this.links[index] = { name, verdict };
  }

  discover(discovery: Discovery): void {
    const { id, at } = discovery;
    if (this.has(id, at)) return;
    this.discoveries.push(discovery);
  }

  has(id: DiagnosisId, at?: string): boolean {
    return this.discoveries.some(
      (other) => other.id === id && (at === undefined || other.at === at),
    );
  }

  /** Takes a discovery back: something that came later makes it right. */
  forget(id: DiagnosisId, at: string): void {
    const index = this.discoveries.findIndex((other) => other.id === id && other.at === at);
    if (index < 0) return;
    this.discoveries.splice(index, 1);
    if (this.discoveries.some((other) => other.at === at)) return;
    const link = this.links.findIndex(({ name }) => name === at);
    if (link >= 0) this.links[link] = { name: at, verdict: "right" };
  }

  /** A quantity differs, and perhaps only because another one is not in the dump. */
  doubt(name: string, missing: string): void {
    this.link(name, "unjudged");
    this.doubts++;
    this.note(
      `${name} does not follow from what the dump holds; ${missing} is not in it, and may hold dropout or the like`,
    );
  }

  /** A quantity differs, and perhaps only because it is kept in 16 bits. */
  coarse(name: string): void {
    this.link(name, "unjudged");
    this.doubts++;
    this.note("numbers of 16 bits are too coarse to judge some of it; dump float32 or float64");
  }

  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  /**
   * Compares a quantity with its hypotheses, the first of which is the textbook's, and writes down what
   * came of it. Undefined when nothing reproduces it: that is a finding if all of `from`, what it is computed
   * from, is in the dump, and otherwise nobody can tell.
   */
  judge<H extends Hypothesis>(
    values: Quantity,
    hypotheses: readonly H[],
    options: ExplainOptions & { readonly name?: string; readonly from: readonly Quantity[] },
  ): Explanation<H> | undefined {
    const name = options.name ?? values.name;
    const whole = hypotheses[0].compute();
    const isWhole = isFiniteArray(values.matrix.data) && isFiniteArray(whole.matrix.data);
    const isKnown = options.from.every(({ origin }) => origin === "dumped");
    if (isKnown && isFiniteArray(whole.matrix.data)) this.#reportNonFinite(values, name, whole);
    const rows = isWhole ? undefined : finiteRows(values.matrix, whole.matrix);
    if (rows && rows.length < LEAST_ROWS) {
      this.link(name, "unjudged");
      return undefined;
    }
    if (rows) {
      return this.judge(
        atRows(values, rows),
        hypotheses.map((hypothesis) => ({
          ...hypothesis,
          compute: () => referenceAtRows(hypothesis.compute(), rows),
        })),
        options,
      );
    }
    const textbook = whole;
    const first = { ...hypotheses[0], compute: () => textbook };
    const explanation = explain(values, [first, ...hypotheses.slice(1)], options);
    const expected = expectedFactor(options.factors, explanation?.reason);
    const unexplained: Mistake[] = explanation
      ? explanation.reason
        ? []
        : [
            {
              id: "unexplained",
              cause: `it is ${show(explanation.factor)} times what it should be`,
            },
          ]
      : [{ id: "unexplained", cause: "no mistake that is known reproduces it" }];
    const missing = options.from.filter(({ origin }) => origin === "computed");
    const isCoarse = Math.max(values.roundoff, options.roundoff) >= HALF;
    if (unexplained.length > 0 && (missing.length > 0 || isCoarse)) {
      if (isCoarse) this.coarse(name);
      else this.doubt(name, missing[0].name);
      return explanation?.mistakes.length ? explanation : undefined;
    }
    const mistakes = [...(explanation?.mistakes ?? []), ...unexplained];
    if (explanation?.hypothesis.note) this.note(explanation.hypothesis.note);
    this.link(name, mistakes.length === 0 ? "right" : "wrong");
    if (mistakes.length === 0) return explanation;
    const evidence = evidenceOf(values, name, textbook.matrix.data, expected, explanation);
    for (const mistake of mistakes) this.discover({ at: name, evidence, ...mistake });
    return explanation;
  }

  /** NaN or infinity where all that it is computed from is finite, and so is what the textbook makes of it. */
  #reportNonFinite({ matrix, locate }: Quantity, name: string, textbook: Reference): void {
    const { data, columns } = matrix;
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at < 0 || data.length !== textbook.matrix.data.length) return;
    const count = data.reduce((sum, value) => sum + Number(!Number.isFinite(value)), 0);
    const place = locate(Math.floor(at / columns), at % columns);
    this.link(name, "wrong");
    this.discover({
      id: "unexplained",
      at: name,
      evidence: `${name}${place} is ${data[at]}, expected ${show(textbook.matrix.data[at])}; ${count} of ${data.length} entries are not finite`,
      cause: "all that it is computed from is finite: something is divided by 0 or overflows here",
    });
  }
}

/** Fewer rows than these that are finite say nothing. */
const LEAST_ROWS = 2;

/** Rows of which no entry is NaN or infinite in either matrix: an overflow spoils samples one by one. */
function finiteRows(a: Matrix, b: Matrix): number[] {
  if (a.rows !== b.rows || a.columns !== b.columns) return [];
  const isFiniteRow = ({ data, columns }: Matrix, row: number) =>
    isFiniteArray(data.subarray(row * columns, (row + 1) * columns));
  return Array.from({ length: a.rows }, (_, row) => row).filter(
    (row) => isFiniteRow(a, row) && isFiniteRow(b, row),
  );
}

function matrixAtRows({ columns, data }: Matrix, rows: readonly number[]): Matrix {
  const result = new Matrix(rows.length, columns);
  rows.forEach((row, index) => {
    result.data.set(data.subarray(row * columns, (row + 1) * columns), index * columns);
  });
  return result;
}

function atRows(values: Quantity, rows: readonly number[]): Quantity {
  return {
    ...values,
    matrix: matrixAtRows(values.matrix, rows),
    locate: (row, column) => values.locate(rows[row], column),
  };
}

function referenceAtRows({ matrix }: Reference, rows: readonly number[]): Reference {
  const result = matrixAtRows(matrix, rows);
  // The sensitivity of the whole is not finite.
  return { matrix: result, sensitivity: 16 * norm(result.data) };
}

/** The entry that is furthest off, and the factor when that is all. */
function evidenceOf(
  { matrix, locate }: Quantity,
  name: string,
  textbook: Float64Array,
  expected: number,
  explanation: Explanation | undefined,
): string {
  const { data, columns } = matrix;
  if (textbook.length !== data.length) {
    return `${name} has ${data.length} numbers, ${textbook.length} were expected`;
  }
  let worst = 0;
  for (let index = 0; index < data.length; index++) {
    const difference = (at: number) => Math.abs(data[at] - expected * textbook[at]);
    if (difference(index) > difference(worst)) worst = index;
  }
  const place = locate(Math.floor(worst / columns), worst % columns);
  const found = `${name}${place} is ${show(data[worst])}, expected ${show(expected * textbook[worst])}`;
  if (!explanation || explanation.hypothesis.mistakes.length > 0) return found;
  const origin = explanation.reason?.origin;
  const times = show(explanation.factor / expected) + (origin ? ` = ${origin}` : "");
  return `${found}; all of it is ${times} times what it should be`;
}

/** A number with as many digits as tell it apart. */
export function show(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3);
  return String(Number(value.toPrecision(5)));
}

/** The right factor that a quantity is held against: its own if that is right or but for the sign, else the first. */
function expectedFactor(factors: readonly Factor[], found: Factor | undefined): number {
  const size = Math.abs(found?.value ?? Number.NaN);
  const own = factors.find(
    ({ value, mistakes }) => mistakes.length === 0 && Math.abs(value / size - 1) < 1e-9,
  );
  return (own ?? factors[0]).value;
}
