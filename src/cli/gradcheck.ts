/** `wasmlp gradcheck`: the gradients of a network against central differences. */
import type { Command } from "commander";
import { checkNetwork, type GradientCheck } from "../index.js";
import { gradientReport } from "../report/gradientReport.js";
import { Findings } from "./findings.js";
import { hiddenLayers, wholeNumber } from "./optionValues.js";
import type { Terminal } from "./terminal.js";
import { flagOf, resolveSettings, SETTINGS, type SettingTexts } from "./trainSettings.js";

interface GradcheckFlags extends Omit<SettingTexts, "inputs"> {
  readonly inputs: number;
  readonly outputs: number;
  readonly samples: number;
  readonly json?: true;
}

const EXPLANATION = `
The loss is a function of the weights; its slope along each of them is measured
by moving it a little up and down, in float64. Both backward passes must agree:
that of the reference in float64, and that of the kernels in float32. Where a
ReLU is at its kink there is no slope, and none is missed.

Exit code 3 when a gradient is wrong.

Examples:
  $ wasmlp gradcheck
  $ wasmlp gradcheck --hidden 5,4 --activation gelu
  $ wasmlp gradcheck --hidden 9 --output-activation sigmoid --outputs 3 --json
`;

/** Every parameter costs four passes of the whole network. */
const MOST = { units: 200, samples: 1000 };
const SHARED = ["activation", "outputActivation", "loss", "init", "seed"] as const;

export function defineGradcheck(command: Command, terminal: Terminal): void {
  const units = (flag: string) => wholeNumber(flag, { minimum: 1, maximum: MOST.units });
  command
    .option("--inputs <n>", "features of a sample", units("--inputs"), 6)
    .option("--hidden <units>", "units of each hidden layer (default: 5,4)")
    .option("--outputs <n>", "units of the last layer", units("--outputs"), 3)
    .option(
      "--samples <n>",
      "random samples that the loss is taken over",
      wholeNumber("--samples", { minimum: 1, maximum: MOST.samples }),
      10,
    );
  for (const name of SHARED) {
    const { value, help } = SETTINGS[name];
    command.option(`${flagOf(name)} <${value}>`, help);
  }
  command
    .option("--json", "print one JSON object")
    .addHelpText("after", EXPLANATION)
    .action((flags: GradcheckFlags) => gradcheck(flags, terminal));
}

async function gradcheck(flags: GradcheckFlags, terminal: Terminal): Promise<void> {
  const { inputs, outputs, samples, hidden = "5,4", json } = flags;
  const texts = Object.fromEntries(
    SHARED.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
  const { settings } = resolveSettings([
    { texts: { activation: "tanh", init: "glorot", ...texts }, place: flagOf },
  ]);
  const { activation, outputActivation = "softmax", loss, init, seed = 0 } = settings;
  const check = await checkNetwork({
    architecture: {
      inputs,
      layers: [
        ...hiddenLayers("--hidden", MOST.units)(hidden).map((units) => ({ units, activation })),
        { units: outputs, activation: outputActivation },
      ],
      ...(loss !== undefined && { loss }),
    },
    initialization: init,
    samples,
    seed,
  });
  const { reference, kernels, nameOf } = check;
  if (json) {
    const named = ({ worst, ...rest }: GradientCheck) => ({
      ...rest,
      worst: worst.map((entry) => ({ name: nameOf(entry.index), ...entry })),
    });
    terminal.print(JSON.stringify({ reference: named(reference), kernels: named(kernels) }));
  } else {
    terminal.print(gradientReport(check, terminal.layout));
  }
  if (reference.wrong + kernels.wrong > 0) throw new Findings();
}
