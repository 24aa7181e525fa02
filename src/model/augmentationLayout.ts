/** Lays out the struct that tells the kernels how to distort images. */
import type { Dataset, Targets } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Pointer } from "../engine/kernels.js";
import { AUGMENTATION_BYTES, writeAugmentation } from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";
import { OptionError } from "../errors.js";
import type { Augmentation } from "./learning.js";

/**
 * Returns 0 where nothing is asked for.
 *
 * @throws OptionError when the data set does not hold images of bytes.
 */
export function layOutAugmentation(
  engine: Engine,
  regions: Regions,
  dataset: Dataset<Targets>,
  augmentation: Augmentation | undefined,
): Pointer {
  if (!augmentation) return 0;
  const { name, image, inputs } = dataset;
  if (!image) {
    throw new OptionError(`${name}: holds no images, expected some for augmentation to distort`);
  }
  if (!(inputs instanceof Uint8Array)) {
    throw new OptionError(`${name}: its pixels are float32, expected bytes for augmentation`);
  }
  const { width, height } = image;
  const { shift, rotation, scale, shear, elastic, smoothness } = augmentation;
  const { kernels } = engine;
  const filter = (size: number) => {
    if (elastic === 0) return 0;
    const place = regions.allocateBytes(kernels.filterBytes(size));
    kernels.prepareFilter(place, size, smoothness);
    return place;
  };
  const fields = {
    width,
    height,
    shift,
    rotation: (rotation * Math.PI) / 180,
    scale,
    shear,
    elastic,
    columnFilter: filter(height),
    rowFilter: filter(width),
  };
  const place = regions.allocateBytes(AUGMENTATION_BYTES);
  writeAugmentation(engine, place, fields);
  return place;
}
