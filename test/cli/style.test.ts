import { afterEach, expect, test, vi } from "vitest";
import { styleFor } from "../../src/cli/style.js";
import { PLAIN_STYLE } from "../../src/report/style.js";

afterEach(() => vi.unstubAllEnvs());

/** The style for a pipe. */
function styleUnder(environment: Readonly<Record<string, string | undefined>>) {
  const variables = { NO_COLOR: undefined, FORCE_COLOR: undefined, ...environment };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const { stdout } = process;
  const pipe = Object.create(stdout, { isTTY: { value: false } });
  return styleFor(pipe);
}

test("a pipe gets no colours", () => {
  expect(styleUnder({})).toBe(PLAIN_STYLE);
  expect(styleUnder({ NO_COLOR: "1" })).toBe(PLAIN_STYLE);
});

test("FORCE_COLOR gives them, and greys where it promises the 256-colour palette", () => {
  const few = styleUnder({ FORCE_COLOR: "1" });
  expect(few.heading("97 %")).toBe("\x1b[1m97 %\x1b[22m");
  expect(few.images).toBe("characters");
  expect(styleUnder({ FORCE_COLOR: "2" }).images).toBe("colours");
  expect(styleUnder({ FORCE_COLOR: "3" }).images).toBe("colours");
});
