/** `wasmlp doctor dump DUMP`: what is wrong with somebody's training program. */
import { type Command, Option } from "commander";
import { diagnose, isDumpName } from "../../doctor/index.js";
import { LANGUAGES, type Language } from "../../index.js";
import { readArrays } from "../../node/index.js";
import { diagnosisReport } from "../../report/diagnosis.js";
import { Findings } from "../findings.js";
import type { Terminal } from "../terminal.js";

interface DumpFlags {
  readonly activation?: string;
  readonly loss?: string;
  readonly lang?: Language;
  readonly json?: true;
}

const EXPLANATION = `
DUMP is a .npz or .safetensors file or a folder of .npy files, with the arrays of
one step of gradient descent, as many of them as you have; X, Y and the weights
are needed:

  X, Y                 samples and targets (one-hot rows or labels)
  W1 b1 … WL bL        parameters before the step
  Z1 A1 … ZL AL        weighted sums and activations
  loss, accuracy, lr   numbers
  dZ1 … dW1 … db1 …    gradients
  W1_new b1_new …      parameters after the step

"wasmlp doctor snippet" prints the lines that write them. Samples may lie in rows
or in columns, weights either way; it is found out. Exit code 3 when something
is wrong.

Examples:
  $ wasmlp doctor dump step.npz
  $ wasmlp doctor dump step.npz --activation tanh,softmax --lang numpy
  $ wasmlp doctor dump step/ --json | jq '.findings[].id'
`;

export function defineDump(command: Command, terminal: Terminal): void {
  command
    .argument("DUMP", "arrays of one training step")
    .option(
      "--activation <names>",
      "what each layer applies, such as tanh,softmax (default: found out)",
    )
    .option(
      "--loss <name>",
      "cross-entropy, binary-cross-entropy or mean-squared-error (default: found out)",
    )
    .addOption(
      new Option("--lang <language>", "show the right lines in this language only").choices(
        LANGUAGES,
      ),
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", EXPLANATION)
    .action((path: string, flags: DumpFlags) => dump(path, flags, terminal));
}

async function dump(path: string, flags: DumpFlags, terminal: Terminal): Promise<void> {
  const { activation, loss, lang, json } = flags;
  const unreadable: string[] = [];
  const arrays = await readArrays(path, {
    onUnreadable: (name, reason) => {
      if (isDumpName(name)) throw reason;
      unreadable.push(name);
    },
  });
  const found = diagnose(arrays, {
    activation: activation?.split(",").map((name) => name.trim()),
    loss,
  });
  const diagnosis = { ...found, ignored: [...found.ignored, ...unreadable] };
  if (json) terminal.print(JSON.stringify(diagnosis));
  else {
    terminal.print(diagnosisReport(diagnosis, terminal.layout, { languages: lang && [lang] }));
  }
  if (diagnosis.findings.length > 0) throw new Findings();
}
