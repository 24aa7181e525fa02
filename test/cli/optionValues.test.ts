import { expect, test } from "vitest";
import {
  batchSize,
  fraction,
  hiddenLayers,
  number,
  oneOf,
  wholeNumber,
} from "../../src/cli/optionValues.js";
import { OptionError } from "../../src/errors.js";

/** The parser refuses each text, in a sentence that names the option and what was found. */
function refuses(parse: (text: string) => unknown, texts: readonly string[]): void {
  for (const text of texts) {
    expect(() => parse(text), text).toThrow(OptionError);
    expect(() => parse(text), text).toThrow(`--option is "${text}", expected `);
  }
}

test("whole numbers within their range", () => {
  const parse = wholeNumber("--option", { minimum: 1, maximum: 100 });
  expect(parse("1")).toBe(1);
  expect(parse("100")).toBe(100);
  refuses(parse, ["0", "101", "-1", "1.5", "1e1", "0x10", "ten", "", " ", "NaN"]);
});

test("numbers above zero", () => {
  const parse = number("--option", { above: 0 });
  expect(parse("0.1")).toBe(0.1);
  expect(parse("3e-4")).toBe(3e-4);
  refuses(parse, ["0", "-0.1", "NaN", "Infinity", "", " ", "fast", "0,1"]);
});

test("numbers from a bound on", () => {
  const parse = number("--option", { minimum: 0 });
  expect(parse("0")).toBe(0);
  refuses(parse, ["-0.1", "NaN", "Infinity", "", "much"]);
});

test("parts of a whole", () => {
  const parse = fraction("--option");
  expect([parse("0"), parse("0.99")]).toEqual([0, 0.99]);
  refuses(parse, ["1", "-0.1", "NaN", "", "half"]);
});

test("hidden layers, from the first to the last", () => {
  const parse = hiddenLayers("--option", 1000);
  expect(parse("64")).toEqual([64]);
  expect(parse("256, 128,1")).toEqual([256, 128, 1]);
  refuses(parse, ["0", "64,0", "64,", "", "1001", "-3", "1.5", "many"]);
});

test("batch sizes", () => {
  const parse = batchSize("--option", 1000);
  expect(parse("full")).toBe("full");
  expect(parse("32")).toBe(32);
  refuses(parse, ["0", "1001", "Full", "", "-1", "all"]);
});

test("one of several names", () => {
  const parse = oneOf("--option", ["tanh", "relu"]);
  expect(parse("relu")).toBe("relu");
  refuses(parse, ["", "Relu", "gelu"]);
  expect(() => parse("gelu")).toThrow('--option is "gelu", expected tanh, relu');
});
