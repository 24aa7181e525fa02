/** `wasmlp doctor snippet`: the lines that dump a training step. */
import { type Command, Option } from "commander";
import { LANGUAGES, type Language, snippet } from "../../index.js";
import { wholeNumber } from "../optionValues.js";
import type { Terminal } from "../terminal.js";

interface SnippetFlags {
  readonly lang: Language;
  readonly layers: number;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ wasmlp doctor snippet
  $ wasmlp doctor snippet --lang pytorch
  $ wasmlp doctor snippet --lang javascript --layers 3
`;

const MOST_LAYERS = 100;

export function defineSnippet(command: Command, terminal: Terminal): void {
  command
    .addOption(
      new Option("--lang <language>", "the language of the program")
        .choices(LANGUAGES)
        .default("numpy"),
    )
    .option(
      "--layers <n>",
      "layers with weights",
      wholeNumber("--layers", { minimum: 1, maximum: MOST_LAYERS }),
      2,
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(({ lang, layers, json }: SnippetFlags) => {
      const text = snippet(lang, layers).trimEnd();
      terminal.print(json ? JSON.stringify({ language: lang, layers, text }) : text);
    });
}
