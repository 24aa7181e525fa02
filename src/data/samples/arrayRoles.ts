/** What arrays and files are for, by the names that people give them: "x_train", "train-labels-idx1-ubyte.gz" … */

/** What a name says. */
export interface ArrayRole {
  /** Inputs of samples, or what is to be predicted of them; undefined where the name says neither. */
  readonly role: "inputs" | "targets" | undefined;
  readonly part: "train" | "validation" | "test" | undefined;
  /** Its other words: arrays that belong together share them. */
  readonly rest: string;
}

const INPUTS = ["x", "input", "data", "feature", "image", "img", "sample", "pixel"];
const TARGETS = ["y", "target", "label", "class", "classes"];
const PARTS = {
  train: ["train", "training"],
  validation: ["val", "valid", "validation", "dev"],
  test: ["test", "testing", "t10k"],
} as const;
/** Words of IDX files' names that say nothing of what is in them. */
const PASSED_OVER = /^(?:idx\d?|ubyte)$/;
/** Between words, and before a capital within one. */
const BETWEEN_WORDS = /[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u;

export function roleOf(name: string): ArrayRole {
  const words = name
    .split(BETWEEN_WORDS)
    .map((word) => word.toLowerCase())
    .filter((word) => word !== "" && !PASSED_OVER.test(word));
  const isInput = (word: string) => isOneOf(word, INPUTS);
  const isTarget = (word: string) => isOneOf(word, TARGETS);
  const part = words.map(partOf).find((found) => found !== undefined);
  const rest = words.filter((word) => !isInput(word) && !isTarget(word) && !partOf(word));
  // "label_data" are labels.
  const role = words.some(isTarget) ? "targets" : words.some(isInput) ? "inputs" : undefined;
  return { role, part, rest: rest.join(" ") };
}

/** Whether two names differ in their role only, as "x_train" and "y_train" do. */
export function belongTogether(a: ArrayRole, b: ArrayRole): boolean {
  return a.part === b.part && a.rest === b.rest;
}

function isOneOf(word: string, words: readonly string[]): boolean {
  return words.includes(word) || (word.endsWith("s") && words.includes(word.slice(0, -1)));
}

function partOf(word: string): ArrayRole["part"] {
  const all = Object.entries(PARTS) as [keyof typeof PARTS, readonly string[]][];
  return all.find(([, words]) => words.includes(word))?.[0];
}
