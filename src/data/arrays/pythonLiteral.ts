/**
 * Python's literals, as far as the headers of .npy files have them: strings without escapes, whole
 * numbers, True and False, tuples, lists, and dictionaries whose keys are strings.
 */
import { DataError } from "../../errors.js";

export type PythonValue =
  | string
  | number
  | boolean
  | PythonSequence
  | ReadonlyMap<string, PythonValue>;

export interface PythonSequence {
  readonly kind: "tuple" | "list";
  readonly items: readonly PythonValue[];
}

/** No dtype is nested deeper; the parser calls itself once for each level. */
const MAXIMUM_DEPTH = 32;

/**
 * @param place what the text is called in messages
 * @throws DataError when the text is anything else, or goes on after the literal.
 */
export function parsePythonLiteral(text: string, place: string): PythonValue {
  let position = 0;

  /** The sticky expression's match here, after white space; moves behind it. */
  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    position = pattern.lastIndex;
    return found[1];
  }

  function refuse(expected: string): DataError {
    take(/([ \t\n\r]*)/y);
    const found = position < text.length ? JSON.stringify(text[position]) : "its end";
    return new DataError(
      `${place} has ${found} at character ${position + 1}, expected ${expected}`,
    );
  }

  function parseValue(depth: number): PythonValue {
    if (depth > MAXIMUM_DEPTH) throw refuse(`at most ${MAXIMUM_DEPTH} levels of brackets`);
    const text = parseString();
    if (text !== undefined) return text;
    // Python 2 wrote long integers with an L; whole numbers have no −0.
    const number = take(/[ \t\n\r]*(-?(?:0|[1-9][0-9]*))L?(?![0-9A-Za-z_.])/y);
    if (number !== undefined) return Number(number) + 0;
    const truth = take(/[ \t\n\r]*(True|False)(?![0-9A-Za-z_])/y);
    if (truth !== undefined) return truth === "True";
    switch (take(/[ \t\n\r]*([([{])/y)) {
      case "(":
        return parseTuple(depth);
      case "[":
        return { kind: "list", items: parseItems("]", depth).items };
      case "{":
        return parseDictionary(depth);
      default:
        throw refuse("a Python literal");
    }
  }

  function parseString(): string | undefined {
    return take(/[ \t\n\r]*'([^'\\\n]*)'/y) ?? take(/[ \t\n\r]*"([^"\\\n]*)"/y);
  }

  /** What parentheses surround is a tuple only with a comma, or with nothing. */
  function parseTuple(depth: number): PythonValue {
    const { items, commas } = parseItems(")", depth);
    return items.length === 1 && commas === 0 ? items[0] : { kind: "tuple", items };
  }

  function parseItems(closing: ")" | "]", depth: number): { items: PythonValue[]; commas: number } {
    const end = closing === ")" ? /[ \t\n\r]*(\))/y : /[ \t\n\r]*(\])/y;
    const items: PythonValue[] = [];
    let commas = 0;
    while (take(end) === undefined) {
      if (commas < items.length) throw refuse(`"," or "${closing}"`);
      items.push(parseValue(depth + 1));
      if (take(/[ \t\n\r]*(,)/y)) commas++;
    }
    return { items, commas };
  }

  function parseDictionary(depth: number): ReadonlyMap<string, PythonValue> {
    const entries = new Map<string, PythonValue>();
    let commas = 0;
    while (take(/[ \t\n\r]*(\})/y) === undefined) {
      if (commas < entries.size) throw refuse('"," or "}"');
      const key = parseString();
      if (key === undefined) throw refuse("a string as a key");
      if (entries.has(key)) throw refuse(`the key ${JSON.stringify(key)} only once`);
      if (take(/[ \t\n\r]*(:)/y) === undefined) throw refuse('":"');
      entries.set(key, parseValue(depth + 1));
      if (take(/[ \t\n\r]*(,)/y)) commas++;
    }
    return entries;
  }

  const value = parseValue(0);
  take(/([ \t\n\r]*)/y);
  if (position < text.length) throw refuse("nothing more");
  return value;
}
