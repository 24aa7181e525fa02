/** How the learning rate changes while a network trains. */
import { checkNames, isRecord, wrongType } from "../arguments.js";
import { show } from "../data/arrays/show.js";
import { OptionError } from "../errors.js";
import { cosine } from "./cosine.js";

/**
 * - `constant`
 * - `step`: times `factor` after every `every` epochs
 * - `cosine`: falls to `floor` times the rate along half a cosine; Loshchilov and Hutter, SGDR, ICLR
 *   2017, eq. 5, without restarts
 * - `one-cycle`: rises from `start` times the rate for the fraction `rise` of the run, then falls to
 *   `end` times the rate, both along half a cosine; Smith and Topin 2018, as PyTorch shapes it
 * - `plateau`: times `factor` when the loss has not improved by the fraction `threshold` for more than
 *   `patience` epochs; of the validation set where there is one
 */
export type Schedule =
  | {
      /** Which rule. */
      readonly kind: "constant";
    }
  | {
      /** Which rule. */
      readonly kind: "step";
      /** Whole epochs between two falls, 0 … 10⁹. */
      readonly every: number;
      /** What the rate is multiplied by, 0 … 1. */
      readonly factor: number;
    }
  | {
      /** Which rule. */
      readonly kind: "cosine";
      /** What is left of the rate in the end, 0 … 1. */
      readonly floor: number;
    }
  | {
      /** Which rule. */
      readonly kind: "one-cycle";
      /** Fraction of the run in which the rate rises, 0 … 1. */
      readonly rise: number;
      /** The first rate as a fraction of the highest, 0 … 1. */
      readonly start: number;
      /** The last rate as a fraction of the highest, 0 … 1. */
      readonly end: number;
    }
  | {
      /** Which rule. */
      readonly kind: "plateau";
      /** What the rate is multiplied by, 0 … 1. */
      readonly factor: number;
      /** Epochs without improvement that are let pass. */
      readonly patience: number;
      /** Fraction of the best loss that counts as an improvement, 0 … 1. */
      readonly threshold: number;
    };

/** Each kind's numbers in the order in which text has them, with the range and the default of each. */
const PARAMETERS = {
  constant: [],
  step: [
    { name: "every", default: 10, least: 1, most: 1e9, whole: true },
    { name: "factor", default: 0.5, least: 0, most: 1 },
  ],
  cosine: [{ name: "floor", default: 0, least: 0, most: 1 }],
  "one-cycle": [
    { name: "rise", default: 0.3, least: 0, most: 1 },
    { name: "start", default: 0.04, least: 0, most: 1 },
    { name: "end", default: 1e-4, least: 0, most: 1 },
  ],
  plateau: [
    { name: "factor", default: 0.5, least: 0, most: 1 },
    { name: "patience", default: 3, least: 0, most: 1e9, whole: true },
    { name: "threshold", default: 1e-4, least: 0, most: 1 },
  ],
} as const satisfies Record<Schedule["kind"], readonly Parameter[]>;

interface Parameter {
  readonly name: string;
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/** The names of all schedules. */
export const SCHEDULES = Object.keys(PARAMETERS) as Schedule["kind"][];

/**
 * Reads a schedule from text, its kind and then its numbers, each with a default: "cosine", "step:10:0.5",
 * "one-cycle:0.2", "plateau:0.5:3".
 *
 * @throws OptionError when it is none.
 */
export function parseSchedule(text: string): Schedule {
  const [kind = "", ...numbers] = text.split(":");
  if (!isKind(kind)) {
    throw new OptionError(
      `the schedule is ${show(text)}, expected ${SCHEDULES.join(", ")}, perhaps with numbers as in step:10:0.5`,
    );
  }
  const parameters: readonly Parameter[] = PARAMETERS[kind];
  if (numbers.length > parameters.length) {
    throw new OptionError(
      `the schedule ${show(text)} has ${numbers.length} numbers, expected at most ${parameters.length}: ${[kind, ...parameters.map(({ name }) => name)].join(":")}`,
    );
  }
  const fields = parameters.map(({ name, default: value }, index) => {
    const number = numbers[index];
    if (number === undefined) return [name, value];
    return [name, number.trim() === "" ? Number.NaN : Number(number)];
  });
  const schedule = { kind, ...Object.fromEntries(fields) } as Schedule;
  checkSchedule(schedule);
  return schedule;
}

/**
 * The text that `parseSchedule` reads as this schedule.
 *
 * @throws OptionError when it is none.
 */
export function formatSchedule(schedule: Schedule): string {
  checkSchedule(schedule);
  return [schedule.kind, ...numbersOf(schedule)].join(":");
}

/** @throws OptionError when one of its numbers is out of range. */
export function checkSchedule(schedule: Schedule): void {
  if (!isRecord(schedule)) {
    throw wrongType("schedule", schedule, "an object, which parseSchedule makes of text");
  }
  if (!isKind(schedule.kind)) {
    throw new OptionError(
      `the schedule's kind is "${String(schedule.kind)}", expected ${SCHEDULES.join(", ")}`,
    );
  }
  const parameters: readonly Parameter[] = PARAMETERS[schedule.kind];
  const names = ["kind", ...parameters.map(({ name }) => name)];
  checkNames(
    `the schedule "${schedule.kind}"`,
    schedule,
    Object.fromEntries(names.map((name) => [name, name])),
  );
  const numbers = numbersOf(schedule);
  parameters.forEach(({ name, least, most, whole }, index) => {
    const value = numbers[index];
    if (least <= value && value <= most && (!whole || Number.isInteger(value))) return;
    throw new OptionError(
      `${name} of the schedule "${schedule.kind}" is ${value}, expected a ${whole ? "whole " : ""}number from ${least} to ${most}`,
    );
  });
}

function numbersOf(schedule: Schedule): number[] {
  const parameters: readonly Parameter[] = PARAMETERS[schedule.kind];
  const fields: Readonly<Record<string, unknown>> = { ...schedule };
  return parameters.map(({ name }) => Number(fields[name]));
}

function isKind(text: string): text is Schedule["kind"] {
  return Object.hasOwn(PARAMETERS, text);
}

/** Where in a run an update stands. */
export interface Position {
  /** Updates before it, from 0. */
  readonly step: number;
  /** Updates in all. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Updates over which the rate rises linearly to what the schedule says. */
  readonly warmupSteps: number;
}

/**
 * The learning rate of an update. A plateau's is the base rate here: `Plateau` knows by how much it has
 * fallen.
 */
export function learningRateAt(schedule: Schedule, rate: number, position: Position): number {
  const { step, warmupSteps } = position;
  const scheduled = rate * fractionAt(schedule, position);
  return step < warmupSteps ? (scheduled * (step + 1)) / warmupSteps : scheduled;
}

function fractionAt(schedule: Schedule, { step, steps, stepsPerEpoch }: Position): number {
  const progress = steps > 1 ? step / (steps - 1) : 1;
  switch (schedule.kind) {
    case "constant":
    case "plateau":
      return 1;
    case "step": {
      let fraction = 1;
      const times = Math.floor(Math.floor(step / stepsPerEpoch) / schedule.every);
      for (let time = 0; time < times && fraction > 0; time++) fraction *= schedule.factor;
      return fraction;
    }
    case "cosine":
      return glide(1, schedule.floor, progress);
    case "one-cycle": {
      const { rise, start, end } = schedule;
      if (progress < rise) return glide(start, 1, progress / rise);
      return rise === 1 ? 1 : glide(1, end, (progress - rise) / (1 - rise));
    }
  }
}

/** From `from` to `to` along half a cosine, as `progress` goes from 0 to 1. */
function glide(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + cosine(Math.PI * Math.min(1, progress)))) / 2;
}
