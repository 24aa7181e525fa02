import { expect, test } from "vitest";
import { findRepeatedKey } from "../../../src/data/arrays/jsonKeys.js";

test.each([
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
  ['{"a":"a","b":"{\\"a\\":1,\\"a\\":2}","c\\\\":":","d":"a:a"}', undefined],
  ['["a","a"]', undefined],
  ['{"a":1, "a" : 1}', "a"],
  ['{"x":[{"é":1,"\\u00e9":2}]}', "é"],
  ['{"x":{"b":1},"y":2,"x":3}', "x"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['{"":1,"":2}', ""],
])("%s: %s", (text, key) => {
  JSON.parse(text);
  expect(findRepeatedKey(text)).toBe(key);
});

test("nesting may be deep", () => {
  const depth = 200_000;
  expect(findRepeatedKey(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`)).toBeUndefined();
});

test.each(["a", "\\n"])("a string of many %j may be long", (unit) => {
  expect(findRepeatedKey(`{"a":"${unit.repeat(5_000_000)}","a":1}`)).toBe("a");
});
