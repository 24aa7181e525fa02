/** What a program may compute, where neither its dump nor a person says it. */
import { OptionError } from "../../errors.js";
import {
  ACTIVATIONS,
  type ActivationFunction,
  activationNamed,
  KNOWN_ACTIVATIONS,
} from "./activations.js";
import { LOSSES, type LossName, lossesFor } from "./losses.js";
import type { Dump, LayerDump } from "./orientation.js";
import type { Misuse, OutputFunction } from "./passes.js";
import type { Targets } from "./targets.js";

/** One reading of a dump. */
export interface Assumption {
  readonly hidden: ActivationFunction;
  readonly output: OutputFunction;
  readonly loss: LossName;
  /** What the loss takes its softmax of or over, if that is a mistake. */
  readonly misuse: Misuse | undefined;
}

/** What a person said. */
export interface Declared {
  readonly activation: readonly string[] | undefined;
  readonly loss: LossName | undefined;
}

const MISUSES: readonly Misuse[] = [
  "softmax",
  "samples",
  "sigmoid",
  "relu",
  "tanh",
  "softmax-over-samples",
];

/** Every reading that is possible, the usual ones first. */
export function assumptions(
  { layers, outputs }: Dump,
  { kind }: Targets,
  declared: Declared,
): Assumption[] {
  const isOpen = layers.slice(0, -1).some(isAmbiguous);
  const hiddens = isOpen && !declared.activation ? ACTIVATIONS : ACTIVATIONS.slice(0, 1);
  const last = declared.activation?.at(-1);
  const usual =
    kind === "values"
      ? ["identity", "sigmoid", "tanh", "relu", "softmax"]
      : outputs > 1
        ? ["softmax", "sigmoid", "identity", "tanh"]
        : ["sigmoid", "identity", "tanh"];
  const names = last === undefined ? usual : [last];
  const readings = names.flatMap((name) => {
    const output: OutputFunction | undefined =
      name === "softmax" ? "softmax" : activationNamed(name);
    if (!output) return [];
    const possible = lossesFor(name);
    const losses = declared.loss ? [declared.loss] : possible;
    const fits = losses.filter((loss) => possible.includes(loss) || last !== undefined);
    return fits.map((loss) => ({ output, loss, misuse: undefined }));
  });
  const all = hiddens.flatMap((hidden) => readings.map((reading) => ({ hidden, ...reading })));
  // What is usual of both goes first, and a mistake last.
  const usualFirst = all.toSorted((a, b) => lossRank(a) - lossRank(b));
  // What the dump holds of the last activations says whether they add up to 1 over the samples, and without them and
  // z nobody can tell what the loss is taken of.
  const { A, Z } = layers[layers.length - 1];
  const unlessShown = MISUSES.filter((misuse) => !misuse.endsWith("samples"));
  const misuses = A
    ? unlessShown
    : Z
      ? MISUSES
      : MISUSES.filter((misuse) => misuse.startsWith("softmax"));
  const misused = usualFirst
    .filter(({ output, loss }) => output === "softmax" && loss === "cross-entropy")
    .flatMap((assumption) => misuses.map((misuse) => ({ ...assumption, misuse })));
  return [...usualFirst, ...misused];
}

/** Of zeros alone nobody can tell what was applied to them. */
export function isAmbiguous({ A, Z }: LayerDump): boolean {
  return A === undefined || (Z?.matrix.data.every((value) => value === 0) ?? false);
}

function lossRank({ output, loss }: Assumption): number {
  return lossesFor(output === "softmax" ? "softmax" : output.name).indexOf(loss);
}

interface Said {
  readonly activation?: readonly string[] | undefined;
  readonly loss?: string | undefined;
}

/** @throws OptionError when a name is unknown, or there are not as many activations as layers. */
export function checkDeclared({ activation, loss }: Said, layers: number): Declared {
  if (activation && activation.length !== layers) {
    throw new OptionError(
      `activation has ${activation.length} names, expected ${layers} as there are layers`,
    );
  }
  for (const [index, name] of (activation ?? []).entries()) {
    if (activationNamed(name) || (name === "softmax" && index === layers - 1)) continue;
    const names = KNOWN_ACTIVATIONS.map((known) => known.name).join(", ");
    throw new OptionError(
      `activation of layer ${index + 1} is "${name}", expected one of ${names}${index === layers - 1 ? ", softmax" : ""}`,
    );
  }
  const known = LOSSES.find((name) => name === loss);
  if (loss !== undefined && !known) {
    throw new OptionError(`loss is "${loss}", expected one of ${LOSSES.join(", ")}`);
  }
  return { activation, loss: known };
}
