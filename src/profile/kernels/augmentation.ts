/** Elastic distortion of images, `assembly/augment.ts`. */
import { AUGMENTATION_BYTES, writeAugmentation } from "../../engine/plan.js";
import { define, type ProfiledKernel } from "../kernel.js";
import { strokes } from "./sparse.js";

/** Of a pixel: two coordinates of two multiply-adds, clamped and rounded (12), three interpolations (9). */
const PIXEL_OPERATIONS = 21;
const SMOOTHNESS = 6;

/** Smoothed noise of both directions: along the columns, then along the rows, a product and a sum each. */
export function augmentationOperations(height: number, width: number): number {
  return height * width * (2 * 2 * (height + width) + PIXEL_OPERATIONS);
}

export const AUGMENTATION: readonly ProfiledKernel[] = [
  define<readonly [Uint8Array, Uint8Array]>({
    name: "augmentation",
    description:
      "images shifted, rotated and elastically distorted; noise smoothed in 16-bit integers",
    dimensions: ["samples", "height", "width"],
    // (width + 3)·(height + 2) has to be below 2²³.
    largest: [65_536, 1024, 1024],
    shapes: [[32, 28, 28]],
    sweep: [[32, 32, 32]],
    work: ([samples, height, width]) => ({
      operations: samples * augmentationOperations(height, width),
      bytesRead: samples * height * width,
      bytesWritten: samples * height * width,
    }),
    arrays: ([samples, height, width]) => [
      new Uint8Array(samples * height * width),
      strokes(samples, height * width),
    ],
    simd: ({ engine, regions, pointers: [target, inputs] }, [samples, height, width]) => {
      const { kernels } = engine;
      const filter = (size: number) => {
        const place = regions.allocateBytes(kernels.filterBytes(size));
        kernels.prepareFilter(place, size, SMOOTHNESS);
        return place;
      };
      const augmentation = regions.allocateBytes(AUGMENTATION_BYTES);
      writeAugmentation(engine, augmentation, {
        ...{ width, height, shift: 1, rotation: 0.2, scale: 0.1, shear: 0.1, elastic: 36 },
        ...{ columnFilter: filter(height), rowFilter: filter(width) },
      });
      const scratch = regions.allocateBytes(kernels.augmentationScratchBytes(width, height));
      return () => kernels.augmentRows(target, augmentation, inputs, 0, 0, samples, 1, 1, scratch);
    },
  }),
];
