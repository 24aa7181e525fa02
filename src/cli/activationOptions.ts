/** The options that say what tensors of other programs do not: which activations their layers have. */
import type { Command } from "commander";
import { HIDDEN_ACTIVATIONS, type MissingActivations } from "../index.js";
import { oneOf } from "./optionValues.js";

const OUTPUT_ACTIVATIONS = ["softmax", ...HIDDEN_ACTIVATIONS] as const;

export type ActivationFlags = MissingActivations;

export function addActivationOptions(command: Command): Command {
  return command
    .option(
      "--activation <name>",
      "of the hidden layers, where MODEL does not say",
      oneOf("--activation", HIDDEN_ACTIVATIONS),
    )
    .option(
      "--output-activation <name>",
      "of the last layer, where MODEL does not say",
      oneOf("--output-activation", OUTPUT_ACTIVATIONS),
    );
}

/** What the library is to be told. */
export function missingActivations({
  activation,
  outputActivation,
}: ActivationFlags): MissingActivations {
  return { activation, outputActivation };
}
