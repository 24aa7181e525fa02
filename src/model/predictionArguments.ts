/** What a prediction may be asked of a network, in one batch or many. */
import { wrongType } from "../arguments.js";
import { OptionError } from "../errors.js";
import type { Network } from "./network.js";

/** Who was asked, for messages. */
export type PredictionMethod = "predict" | "predictAll";

/** What a network is asked about, `[samples, features]`. Bytes stand for byte / 255; those of pictures are clamped. */
export type PredictionInputs = Uint8Array | Uint8ClampedArray | Float32Array;

/** @throws OptionError when inputs `[samples, features]` are neither bytes nor floats, or not whole samples. */
export function countSamples(
  method: PredictionMethod,
  { architecture }: Network,
  inputs: Uint8Array | Float32Array,
): number {
  if (!(inputs instanceof Uint8Array || inputs instanceof Float32Array)) {
    throw wrongType(`inputs of ${method}`, inputs, "a Uint8Array or a Float32Array");
  }
  const samples = inputs.length / architecture.inputs;
  if (Number.isInteger(samples) && samples > 0) return samples;
  throw new OptionError(
    `${method} was given ${inputs.length} input values, expected one or more samples of ${architecture.inputs} as the network has inputs`,
  );
}

/**
 * Room for outputs `[samples, outputs]`: what the caller gave, or new.
 *
 * @throws OptionError when the caller's is of another type or length.
 */
export function roomFor(
  method: PredictionMethod,
  { layers }: Network,
  samples: number,
  room?: Float32Array,
): Float32Array {
  const { units } = layers[layers.length - 1];
  if (room === undefined) return new Float32Array(samples * units);
  if (!(room instanceof Float32Array))
    throw wrongType(`outputs of ${method}`, room, "a Float32Array");
  if (room.length === samples * units) return room;
  throw new OptionError(
    `${method} was given room for ${room.length} outputs, expected ${samples * units} as ${samples} × ${units}`,
  );
}

/**
 * @param values `[samples, features]`, of which `first` is the first sample's number; one of them is not finite
 * @param inputs what was given of all samples; the values are the same, or these standardised
 * @throws OptionError naming the first value that is not finite.
 */
export function refuseStray(
  method: PredictionMethod,
  values: Float32Array,
  inputs: Uint8Array | Float32Array,
  first: number,
  features: number,
): never {
  const index = values.findIndex((value) => !Number.isFinite(value));
  const sample = first + Math.floor(index / features);
  const given = inputs[first * features + index];
  const standardized = Number.isFinite(given)
    ? `, which is ${values[index]} when standardised`
    : "";
  throw new OptionError(
    `${method} was given ${given} as feature ${index % features} of sample ${sample}${standardized}, expected a finite number`,
  );
}
