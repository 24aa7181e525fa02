/** Recipes: settings that come with the package, with what they were measured to give. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { parse } from "yaml";
import { OptionError } from "../index.js";
import { duration } from "../report/numbers.js";
import { table } from "../report/table.js";
import { sourceOf } from "./config.js";
import type { Terminal } from "./terminal.js";
import type { SettingSource } from "./trainSettings.js";

/** What a run of the recipe gave, on MNIST's test set. */
export interface Measurement {
  /** Percent, mean and standard deviation over the seeds. */
  readonly accuracy: number;
  readonly deviation: number;
  readonly seeds: number;
  /** Of the whole command. */
  readonly seconds: number;
}

export interface Recipe {
  readonly name: string;
  readonly description: string;
  readonly measured: Measurement;
  readonly settings: SettingSource;
}

const DIRECTORY = new URL("../../recipes/", import.meta.url);
const EXTENSION = ".yaml";

/** By name. */
export function recipeNames(): string[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}

/** @throws OptionError when there is no such recipe. */
export function readRecipe(name: string): Recipe {
  const names = recipeNames();
  if (!names.includes(name)) {
    throw new OptionError(`--recipe is "${name}", expected ${names.join(", ")}`);
  }
  const file = new URL(`${name}${EXTENSION}`, DIRECTORY);
  const { description, measured, settings } = parse(readFileSync(file, "utf8")) as {
    description: string;
    measured: Measurement;
    settings: unknown;
  };
  return { name, description, measured, settings: sourceOf(fileURLToPath(file), settings) };
}

/** A single seed has no deviation. */
function accuracyOf({ accuracy, deviation, seeds }: Measurement): string {
  const spread = seeds > 1 ? ` ± ${deviation.toFixed(2)}` : "";
  return `${accuracy.toFixed(2)}${spread} %`;
}

const EXAMPLES = `
Accuracy on MNIST's test set, mean ± standard deviation over seeds; time of the
whole command on two cores.

Examples:
  $ wasmlp recipes
  $ wasmlp train --recipe fast
  $ wasmlp train --recipe simard --epochs 20 --out model.safetensors
`;

export function defineRecipes(command: Command, terminal: Terminal): void {
  command
    .option("--json", "print one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action(({ json }: { json?: true }) => list(terminal, json ? "json" : "table"));
}

function list(terminal: Terminal, format: "json" | "table"): void {
  const recipes = recipeNames().map(readRecipe);
  if (format === "json") {
    for (const { name, description, measured, settings } of recipes) {
      terminal.print(JSON.stringify({ name, description, measured, settings: settings.texts }));
    }
    return;
  }
  const columns = [
    { title: "recipe", align: "left" },
    { title: "accuracy", align: "right" },
    { title: "time", align: "right" },
    { title: "what it is", align: "left", optional: true },
  ] as const;
  const rows = recipes.map(({ name, description, measured }) => [
    name,
    accuracyOf(measured),
    duration(measured.seconds),
    description,
  ]);
  terminal.print(table(columns, rows, terminal.layout));
}
