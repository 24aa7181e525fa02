import { expect, test } from "vitest";
import * as errors from "../src/errors.js";

const { WasmlpError, EngineError, ...others } = errors;
/** The code that each class but those two always has. */
const CODES: Readonly<Record<keyof typeof others, string>> = {
  OptionError: "invalid-option",
  DataError: "invalid-data",
  ModelError: "invalid-model",
  FileError: "file-access",
  DownloadError: "download-failed",
  TrainingError: "diverged",
};

test.each(Object.entries(others))("%s has its code, its name and its cause", (name, Refusal) => {
  const cause = new Error("cause");
  const error = new Refusal("what was found", { cause });
  expect(error).toBeInstanceOf(WasmlpError);
  expect(error).toBeInstanceOf(Error);
  const code = CODES[name as keyof typeof others];
  expect(error).toMatchObject({ name, code, message: "what was found", cause });
  expect(error.stack).toMatch(new RegExp(`^${name}: what was found\n`));
});

test.each(["unsupported-host", "disposed"] as const)("EngineError has the code %s", (code) => {
  const error = new EngineError(code, "what was found");
  expect(error).toBeInstanceOf(WasmlpError);
  expect(error).toMatchObject({ name: "EngineError", code });
});
