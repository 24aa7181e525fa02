import { expect, test } from "vitest";
import * as errors from "../src/errors.js";

const { WasmlpError, EngineError } = errors;
/** Every class but the base, with the code that it always has. */
const CODES = {
  OptionError: "invalid-option",
  DataError: "invalid-data",
  ModelError: "invalid-model",
  FileError: "file-access",
  DownloadError: "download-failed",
  TrainingError: "diverged",
} as const;

test("every class is named here", () => {
  const names = Object.keys(errors).sort();
  expect(names).toEqual([...Object.keys(CODES), "EngineError", "WasmlpError"].sort());
});

test.each(Object.entries(CODES))("%s has the code %s, its name and its cause", (name, code) => {
  const cause = new Error("cause");
  const error = new errors[name as keyof typeof CODES]("what was found", { cause });
  expect(error).toBeInstanceOf(WasmlpError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name, code, message: "what was found", cause });
  expect(error.stack).toMatch(new RegExp(`^${name}: what was found\n`));
});

test.each(["unsupported-host", "disposed"] as const)("EngineError has the code %s", (code) => {
  const error = new EngineError(code, "what was found");
  expect(error).toBeInstanceOf(WasmlpError);
  expect(error).toMatchObject({ name: "EngineError", code });
});
