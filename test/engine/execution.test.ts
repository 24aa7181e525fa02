import { describe, expect, test } from "vitest";
import {
  chooseExecution,
  type Execution,
  type ExecutionOptions,
} from "../../src/engine/execution.js";
import type { Features } from "../../src/engine/features.js";
import { OptionError } from "../../src/errors.js";

const HOST: Features = { sharedMemory: true, relaxedSimd: true, cores: 4 };
const PLAIN_HOST: Features = { ...HOST, relaxedSimd: false };
const PRIVATE_HOST: Features = { ...HOST, sharedMemory: false };

interface Case {
  readonly options: ExecutionOptions;
  readonly reproducible?: boolean;
  readonly host?: Features;
  readonly expected: Partial<Execution>;
}

function choose({ options, reproducible = false, host = HOST }: Case): Execution {
  return chooseExecution(options, reproducible, host);
}

describe("threads", () => {
  test.each<Case>([
    { options: {}, expected: { threads: 4 } },
    { options: { threads: "auto" }, expected: { threads: 4 } },
    { options: {}, host: { ...HOST, cores: 1 }, expected: { threads: 1 } },
    { options: {}, host: { ...HOST, cores: 1000 }, expected: { threads: 256 } },
    { options: {}, host: PRIVATE_HOST, expected: { threads: 1 } },
    { options: { threads: 1 }, expected: { threads: 1 } },
    { options: { threads: 1 }, host: PRIVATE_HOST, expected: { threads: 1 } },
    // More than there are cores, when somebody asks for it.
    { options: { threads: 256 }, expected: { threads: 256 } },
  ])("$options on $host: $expected", (setting) => {
    expect(choose(setting)).toMatchObject(setting.expected);
  });

  test.each([0, -1, 1.5, 257, Number.NaN, Number.POSITIVE_INFINITY])(
    "%d are refused",
    (threads) => {
      expect(() => chooseExecution({ threads }, false, HOST)).toThrow(
        new OptionError(`threads is ${threads}, expected "auto" or a whole number from 1 to 256`),
      );
    },
  );

  test("more than one are refused where memory is not shared", () => {
    expect(() => chooseExecution({ threads: 2 }, false, PRIVATE_HOST)).toThrow(
      new OptionError(
        "threads is 2, expected 1 on a host that does not share memory between threads",
      ),
    );
  });
});

describe("SIMD", () => {
  test.each<Case>([
    { options: {}, expected: { simd: "relaxed" } },
    { options: { simd: "auto" }, expected: { simd: "relaxed" } },
    { options: {}, reproducible: true, expected: { simd: "plain" } },
    { options: {}, host: PLAIN_HOST, expected: { simd: "plain" } },
    { options: {}, host: PLAIN_HOST, reproducible: true, expected: { simd: "plain" } },
    { options: { simd: "plain" }, expected: { simd: "plain" } },
    { options: { simd: "relaxed" }, expected: { simd: "relaxed" } },
    // Who says so gets it, seed or not.
    { options: { simd: "relaxed" }, reproducible: true, expected: { simd: "relaxed" } },
  ])("$options, reproducible $reproducible, on $host: $expected", (setting) => {
    expect(choose(setting)).toMatchObject(setting.expected);
  });

  test("relaxed is refused where there is none", () => {
    expect(() => chooseExecution({ simd: "relaxed" }, false, PLAIN_HOST)).toThrow(
      new OptionError('simd is "relaxed", expected "plain" on a host without relaxed SIMD'),
    );
  });

  test("anything else is refused", () => {
    // As from a program without types.
    const options = JSON.parse('{ "simd": "fast" }');
    expect(() => chooseExecution(options, false, HOST)).toThrow(
      new OptionError('simd is "fast", expected auto, plain or relaxed'),
    );
  });
});

test("memory is shared where the host shares it, on one thread too", () => {
  expect(chooseExecution({ threads: 1 }, true, HOST).memory).toBe("shared");
  expect(chooseExecution({}, false, PRIVATE_HOST).memory).toBe("private");
});

test.each<{ setting: Omit<Case, "expected">; reasons: Partial<Execution["reasons"]> }>([
  {
    setting: { options: {} },
    reasons: {
      threads: "the host has 4 cores",
      simd: "the host has relaxed SIMD",
      memory: "the host shares memory between threads",
    },
  },
  {
    setting: { options: {}, reproducible: true, host: { ...HOST, cores: 1 } },
    reasons: { threads: "the host has 1 core", simd: "a seed asks for reproducible results" },
  },
  {
    setting: { options: { threads: 2, simd: "relaxed" } },
    reasons: { threads: "asked for", simd: "asked for" },
  },
  {
    setting: { options: { simd: "plain" }, host: PRIVATE_HOST },
    reasons: {
      threads: "memory is not shared",
      simd: "asked for",
      memory:
        "the host does not share memory between threads (a page must be cross-origin isolated)",
    },
  },
  {
    setting: { options: {}, host: { ...PLAIN_HOST, cores: 300 } },
    reasons: {
      threads: "the host has 300 cores, of which at most 256 are used",
      simd: "the host has no relaxed SIMD",
    },
  },
])("each choice says why: $reasons", ({ setting, reasons }) => {
  expect(choose({ ...setting, expected: {} }).reasons).toMatchObject(reasons);
});

test("without further ado it is this host that is asked", () => {
  expect(chooseExecution({}, true)).toMatchObject({ memory: "shared", simd: "plain" });
});
