/**
 * What tensors cannot say of a model (activations, class names, image shape, preprocessing), as JSON that
 * stands beside them in every format.
 */

import { isRecord, wrongType } from "../../arguments.js";
import type { ImageShape } from "../../data/imageShape.js";
import { isImageOf } from "../../data/imageShape.js";
import {
  checkPreprocessing,
  isPreprocessing,
  type Preprocessing,
} from "../../data/preprocessing.js";
import { ModelError, WasmlpError } from "../../errors.js";
import {
  checkArchitecture,
  countClasses,
  fitsTargets,
  type Layer,
  type Loss,
} from "../architecture.js";
import type { ModelDescription, TrainingRecord } from "./snapshot.js";

/** What the description is called in a file. */
export const DESCRIPTION_KEY = "wasmlp";
const VERSION = 1;

/** @throws OptionError when the training record has more than strings, numbers and booleans. */
export function formatDescription({
  architecture: { inputs, layers, loss },
  classNames,
  image,
  preprocessing,
  training,
}: ModelDescription): string {
  if (training !== undefined && !isTrainingRecord(training)) {
    throw wrongType("training", training, "an object of strings, numbers and booleans");
  }
  return JSON.stringify({
    version: VERSION,
    inputs,
    layers,
    loss,
    classNames,
    image,
    preprocessing,
    training,
  });
}

/**
 * @param place what the file is called in messages
 * @throws ModelError when it is not what `formatDescription` could have written.
 */
export function parseDescription(text: string, place: string): ModelDescription {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(
      `${place}: the "${DESCRIPTION_KEY}" metadata is not JSON, expected it to be`,
      {
        cause,
      },
    );
  }
  if (!isDescription(value)) {
    throw new ModelError(
      `${place}: the "${DESCRIPTION_KEY}" metadata does not describe a network, expected version ${VERSION} with inputs, layers and classNames`,
    );
  }
  const { inputs, loss, classNames, image, preprocessing, training } = value;
  // Only what a layer is made of is taken over, whatever else the file says of it.
  const layers = value.layers.map(({ units, activation }) => ({ units, activation }));
  const architecture = { inputs, layers, ...(loss !== undefined && { loss }) };
  try {
    checkArchitecture(architecture);
    if (preprocessing) checkPreprocessing(preprocessing, inputs, classNames);
  } catch (cause) {
    if (!(cause instanceof WasmlpError)) throw cause;
    throw new ModelError(`${place}: ${cause.message}`, { cause });
  }
  if (!fitsTargets(architecture, classNames.length)) {
    throw new ModelError(
      `${place}: names ${classNames.length} classes, expected ${countClasses(architecture)} as the network tells apart`,
    );
  }
  if (image && !isImageOf(image, inputs)) {
    throw new ModelError(
      `${place}: says its images are ${image.width} × ${image.height}, expected ${inputs} pixels as there are inputs`,
    );
  }
  return {
    architecture,
    classNames,
    ...(image && { image: { width: image.width, height: image.height } }),
    ...(preprocessing && { preprocessing }),
    ...(training && { training }),
  };
}

interface StoredDescription {
  inputs: number;
  layers: Layer[];
  loss?: Loss;
  classNames: string[];
  image?: ImageShape;
  preprocessing?: Preprocessing;
  training?: TrainingRecord;
}

/** Types only; ranges are checked afterwards. */
function isDescription(value: unknown): value is StoredDescription {
  if (!isRecord(value) || value.version !== VERSION) return false;
  const { inputs, layers, loss, classNames, image, preprocessing, training } = value;
  return (
    typeof inputs === "number" &&
    (loss === undefined || typeof loss === "string") &&
    Array.isArray(layers) &&
    layers.every(
      (layer) =>
        isRecord(layer) && typeof layer.units === "number" && typeof layer.activation === "string",
    ) &&
    Array.isArray(classNames) &&
    classNames.every((className) => typeof className === "string") &&
    (preprocessing === undefined || isPreprocessing(preprocessing)) &&
    (training === undefined || isTrainingRecord(training)) &&
    (image === undefined ||
      (isRecord(image) && typeof image.width === "number" && typeof image.height === "number"))
  );
}

function isTrainingRecord(value: unknown): value is TrainingRecord {
  return (
    isRecord(value) &&
    Object.values(value).every((item) => ["string", "number", "boolean"].includes(typeof item))
  );
}
