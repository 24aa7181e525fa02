/** Reads the values of options: each function gives a parser that names its option when it refuses. */
import { type DecimalSeparator, OptionError } from "../index.js";

type Parser<Value> = (text: string) => Value;

const WHOLE_NUMBER = /^\d+$/;

export function wholeNumber(
  option: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): Parser<number> {
  return (text) => {
    const value = WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw refusal(option, text, `a whole number from ${minimum} to ${maximum}`);
  };
}

/** A finite number above or from some bound on. */
export function number(
  option: string,
  { above, minimum }: { readonly above?: number; readonly minimum?: number },
): Parser<number> {
  return (text) => {
    const value = parseNumber(text);
    const allowed = above === undefined ? value >= (minimum ?? 0) : value > above;
    if (allowed && Number.isFinite(value)) return value;
    const expected = above === undefined ? `of at least ${minimum ?? 0}` : `above ${above}`;
    throw refusal(option, text, `a number ${expected}`);
  };
}

/** A part of a whole: from 0 to below 1. */
export function fraction(option: string): Parser<number> {
  return (text) => {
    const value = parseNumber(text);
    if (value >= 0 && value < 1) return value;
    throw refusal(option, text, "a number from 0 to below 1");
  };
}

function parseNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** "64" → [64], "256,128" → [256, 128] */
export function hiddenLayers(option: string, largest: number): Parser<readonly number[]> {
  return (text) => {
    const sizes = text.split(",").map((part) => part.trim());
    if (sizes.every((size) => WHOLE_NUMBER.test(size) && +size >= 1 && +size <= largest)) {
      return sizes.map(Number);
    }
    const expected = `whole numbers from 1 to ${largest}, one for each hidden layer, such as 64 or 256,128`;
    throw refusal(option, text, expected);
  };
}

/** "full", or a number of samples. */
export function batchSize(option: string, largest: number): Parser<number | "full"> {
  return (text) => {
    const value = WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
    if (text === "full") return text;
    if (value >= 1 && value <= largest) return value;
    throw refusal(option, text, `full or a whole number from 1 to ${largest}`);
  };
}

export function oneOf<Value extends string>(
  option: string,
  values: readonly Value[],
): Parser<Value> {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw refusal(option, text, values.join(", "));
  };
}

export function decimalSeparator(option: string): Parser<DecimalSeparator> {
  return oneOf(option, ["point", "comma"]);
}

/** "a, b" → ["a", "b"] */
export function list(option: string): Parser<readonly string[]> {
  return (text) => {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.every((part) => part !== "")) return parts;
    throw refusal(option, text, "names or numbers with commas between them");
  };
}

export function yesOrNo(option: string): Parser<boolean> {
  return (text) => oneOf(option, ["yes", "no"] as const)(text) === "yes";
}

function refusal(option: string, text: string, expected: string): OptionError {
  return new OptionError(`${option} is ${JSON.stringify(text)}, expected ${expected}`);
}
