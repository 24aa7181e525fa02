import fc from "fast-check";
import { expect, test } from "vitest";
import { type PythonValue, parsePythonLiteral } from "../../../src/data/arrays/pythonLiteral.js";
import { DataError } from "../../../src/errors.js";

const tuple = (...items: PythonValue[]) => ({ kind: "tuple" as const, items });
const list = (...items: PythonValue[]) => ({ kind: "list" as const, items });

test.each<[string, PythonValue]>([
  ["()", tuple()],
  ["(3,)", tuple(3)],
  ["(3)", 3],
  ["( 3 , 4 )", tuple(3, 4)],
  ["(3, 4,)", tuple(3, 4)],
  ["(10L, 4L)", tuple(10, 4)],
  ["[('x', '<f4'), ('y', '<i8', (2,))]", list(tuple("x", "<f4"), tuple("y", "<i8", tuple(2)))],
  ["[]", list()],
  ["[1]", list(1)],
  ['"it\'s"', "it's"],
  ["'say \"so\"'", 'say "so"'],
  ["''", ""],
  ["-12", -12],
  ["-0", 0],
  ["True", true],
  ["False", false],
  ["{}", new Map()],
  [
    " {'a' : True, \"b\":(1,), }  \n",
    new Map<string, PythonValue>([
      ["a", true],
      ["b", tuple(1)],
    ]),
  ],
])("%s", (text, value) => {
  expect(parsePythonLiteral(text, "text")).toEqual(value);
});

test.each([
  ["", "text has its end at character 1, expected a Python literal"],
  ["(1", 'text has its end at character 3, expected "," or ")"'],
  ["(,)", 'text has "," at character 2, expected a Python literal'],
  ["(1,,)", 'text has "," at character 4, expected a Python literal'],
  ["(1 2)", 'text has "2" at character 4, expected "," or ")"'],
  ["(1]", 'text has "]" at character 3, expected "," or ")"'],
  ["1.5", 'text has "1" at character 1, expected a Python literal'],
  ["007", 'text has "0" at character 1, expected a Python literal'],
  ["0x10", 'text has "0" at character 1, expected a Python literal'],
  ["Truest", 'text has "T" at character 1, expected a Python literal'],
  ["None", 'text has "N" at character 1, expected a Python literal'],
  ["'a", 'text has "\'" at character 1, expected a Python literal'],
  ["'a\\'b'", 'text has "\'" at character 1, expected a Python literal'],
  ["{1: 2}", 'text has "1" at character 2, expected a string as a key'],
  ["{'a' 2}", 'text has "2" at character 6, expected ":"'],
  ["{'a': 2 'b': 3}", 'text has "\'" at character 9, expected "," or "}"'],
  ["{'a': 2, 'a': 3}", 'text has ":" at character 13, expected the key "a" only once'],
  ["1 2", 'text has "2" at character 3, expected nothing more'],
  ["__import__('os')", 'text has "_" at character 1, expected a Python literal'],
])("%s is refused", (text, message) => {
  expect(() => parsePythonLiteral(text, "text")).toThrow(new DataError(message));
});

test("brackets a hundred thousand deep are refused", () => {
  for (const bracket of ["(", "[", "{'a':"]) {
    expect(() => parsePythonLiteral(bracket.repeat(100_000), "text")).toThrow(DataError);
  }
});

test("any text is refused or read", () => {
  const pieces = fc.constantFrom(..."()[]{}:,'\" 1L".split(""), "True", "'a'", "'a':");
  fc.assert(
    fc.property(fc.array(pieces), (text) => {
      try {
        parsePythonLiteral(text.join(""), "text");
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
    { numRuns: 2000 },
  );
});
