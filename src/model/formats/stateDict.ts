/**
 * Networks of other programs: tensors alone, as `safetensors.torch.save_file(net.state_dict(), …)` writes them.
 * The layers are the tensors "….weight" `[units, inputs]` in the order of their names, numbers by their value,
 * whatever stands between them ("0.weight", "3.weight" has a ReLU and a Dropout there); "….bias" `[units]`
 * may be absent, as with `bias=False`. Activations leave no tensors, and have to be asked for.
 */
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { show } from "../../data/arrays/show.js";
import { ModelError, OptionError, WasmlpError } from "../../errors.js";
import {
  type Architecture,
  checkArchitecture,
  HIDDEN_ACTIVATIONS,
  type HiddenActivation,
  type OutputActivation,
} from "../architecture.js";
import type { LayerSnapshot, ModelSnapshot } from "./snapshot.js";
import { floatsOf } from "./tensors.js";

/** What a file of tensors alone does not say. */
export interface MissingActivations {
  /** Of the hidden layers; wanted where there are any. */
  readonly activation?: HiddenActivation | undefined;
  /** Of the last layer; wanted where it has a single unit. Default: "softmax". */
  readonly outputActivation?: OutputActivation | undefined;
}

/** Their names, for whoever takes them. */
export const ACTIVATION_OPTIONS = {
  activation: "checked",
  outputActivation: "checked",
} as const satisfies Record<keyof MissingActivations, string>;

const OUTPUT_ACTIVATIONS: readonly string[] = ["softmax", ...HIDDEN_ACTIVATIONS];

/**
 * @param place what the file is called in messages
 * @throws ModelError when the tensors are not those of Linear layers in sequence, or activations are unknown.
 * @throws OptionError when an activation is none.
 */
export function inferModel(
  arrays: readonly NumericArray[],
  missing: MissingActivations,
  place: string,
): ModelSnapshot {
  checkActivations(missing);
  const linears = findLinears(arrays, place);
  const architecture = inferArchitecture(linears, missing, place);
  const classes = linears[linears.length - 1].units;
  const names = classes === 1 && missing.outputActivation === "sigmoid" ? 2 : classes;
  return {
    architecture,
    classNames: Array.from({ length: names }, (_, index) => String(index)),
    layers: linears.map(({ weights, biases }) => ({ weights, biases })),
  };
}

/**
 * Whether what is asked for contradicts what a file says of itself.
 *
 * @throws OptionError when it does.
 */
export function checkAgreement(
  { layers }: Architecture,
  { activation, outputActivation }: MissingActivations,
  place: string,
): void {
  const last = layers[layers.length - 1];
  const other = layers.slice(0, -1).find((layer) => layer.activation !== activation);
  if (activation !== undefined && other) {
    throw new OptionError(
      `${place}: says that the activation of its hidden layers is "${other.activation}", expected no other to be asked for, "${activation}"`,
    );
  }
  if (outputActivation !== undefined && last.activation !== outputActivation) {
    throw new OptionError(
      `${place}: says that the activation of its last layer is "${last.activation}", expected no other to be asked for, "${outputActivation}"`,
    );
  }
}

function checkActivations({ activation, outputActivation }: MissingActivations): void {
  const hidden: readonly string[] = HIDDEN_ACTIVATIONS;
  if (activation !== undefined && !hidden.includes(activation)) {
    throw new OptionError(`activation is "${activation}", expected ${hidden.join(", ")}`);
  }
  if (outputActivation !== undefined && !OUTPUT_ACTIVATIONS.includes(outputActivation)) {
    throw new OptionError(
      `outputActivation is "${outputActivation}", expected ${OUTPUT_ACTIVATIONS.join(", ")}`,
    );
  }
}

interface Linear extends LayerSnapshot {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
}

function findLinears(arrays: readonly NumericArray[], place: string): Linear[] {
  const weights = new Map<string, NumericArray>();
  const biases = new Map<string, NumericArray>();
  for (const array of arrays) {
    const [, module = "", kind] = /^(?:(.+)\.)?(weight|bias)$/s.exec(array.name) ?? [];
    const dimensions = array.shape.length;
    if (kind === "weight" && dimensions === 2) weights.set(module, array);
    else if (kind === "bias" && dimensions === 1) biases.set(module, array);
    else {
      throw new ModelError(
        `${place}: holds a tensor ${show(array.name)} of shape ${show(array.shape)}, expected those of Linear layers only, "….weight" [units, inputs] and "….bias" [units]`,
      );
    }
  }
  const modules = [...weights.keys()].sort(compareNames);
  if (modules.length === 0) {
    throw new ModelError(`${place}: holds no weights, expected those of Linear layers`);
  }
  const stray = [...biases.keys()].find((module) => !weights.has(module));
  if (stray !== undefined) {
    throw new ModelError(
      `${place}: holds a tensor ${show(biases.get(stray)?.name)}, expected a weight beside it`,
    );
  }
  const linears = modules.map((module): Linear => {
    const weight = weights.get(module) as NumericArray;
    const [units, inputs] = weight.shape;
    const bias = biases.get(module);
    if (bias && bias.shape[0] !== units) {
      throw new ModelError(
        `${place}: tensor ${show(bias.name)} has shape ${show(bias.shape)}, expected [${units}]`,
      );
    }
    return {
      name: weight.name,
      inputs,
      units,
      weights: floatsOf(weight, place),
      biases: bias ? floatsOf(bias, place) : new Float32Array(units),
    };
  });
  linears.slice(1).forEach(({ name, inputs }, index) => {
    const before = linears[index];
    if (inputs === before.units) return;
    throw new ModelError(
      `${place}: tensor ${show(name)} takes ${inputs} inputs, expected ${before.units} as ${show(before.name)} before it has units`,
    );
  });
  return linears;
}

function inferArchitecture(
  linears: readonly Linear[],
  { activation, outputActivation }: MissingActivations,
  place: string,
): Architecture {
  const last = linears.length - 1;
  const { units } = linears[last];
  if (last > 0 && activation === undefined) {
    throw new ModelError(
      `${place}: its tensors do not say which activation its hidden layers have, expected the option activation (--activation) to be one of ${HIDDEN_ACTIVATIONS.join(", ")}`,
    );
  }
  if (units === 1 && outputActivation === undefined) {
    throw new ModelError(
      `${place}: its tensors do not say which activation its single output has, expected the option outputActivation (--output-activation), identity to predict a value or sigmoid to tell two classes apart`,
    );
  }
  const architecture = {
    inputs: linears[0].inputs,
    layers: linears.map((linear, index) => ({
      units: linear.units,
      activation: index < last ? (activation ?? "identity") : (outputActivation ?? "softmax"),
    })),
  };
  try {
    checkArchitecture(architecture);
  } catch (cause) {
    if (!(cause instanceof WasmlpError)) throw cause;
    throw new ModelError(`${place}: ${cause.message}`, { cause });
  }
  return architecture;
}

/** "2.weight" before "10.weight", "fc1" before "fc2". */
function compareNames(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const isNumber = index % 2 === 1;
    const difference = isNumber ? Number(left[index]) - Number(right[index]) : 0;
    if (difference !== 0) return difference;
    if (left[index] !== right[index]) return left[index] < right[index] ? -1 : 1;
  }
  return left.length - right.length;
}
