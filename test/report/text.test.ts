import fc from "fast-check";
import { expect, test } from "vitest";
import { padEnd, padStart, printable, textWidth, truncate } from "../../src/report/text.js";

test("wide characters take up two columns, combining marks none", () => {
  expect(textWidth("seven")).toBe(5);
  expect(textWidth("七")).toBe(2);
  expect(textWidth("e\u0301")).toBe(1);
});

test("padding reaches the width in columns", () => {
  expect(padEnd("七", 4)).toBe("七  ");
  expect(padStart("七", 4)).toBe("  七");
  expect(padEnd("seven", 2)).toBe("seven");
});

test("truncated text is never wider than asked for", () => {
  expect(truncate("sandal", 4)).toBe("san…");
  expect(truncate("七八九", 4)).toBe("七…");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(12), (text, width) => {
      const shown = printable(text);
      expect(textWidth(truncate(shown, width))).toBeLessThanOrEqual(width);
      if (textWidth(shown) <= width) expect(truncate(shown, width)).toBe(shown);
    }),
  );
});

test("names from files cannot steer the terminal", () => {
  expect(printable("a\x1b[2Jb\nc\u202ed\u0007")).toBe("a�[2Jb c�d�");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
});
