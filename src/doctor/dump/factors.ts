/** What it means when a gradient is a multiple of the right one. */
import type { Factor, Mistake } from "./explain.js";
import type { LossName } from "./losses.js";
import type { Dump, LayerDump } from "./orientation.js";

interface Sizes {
  readonly samples: number;
  readonly features: number;
  readonly outputs: number;
  /** Inputs and units of the layer that the quantity belongs to. */
  readonly inputs: number;
  readonly units: number;
}

const FLIPPED: Mistake = {
  id: "sign-flipped",
  cause: "the sign is the wrong way round, and a step along it climbs",
};

/**
 * Factors of something whose mean over the samples is taken in the right place, relative to that mean, the
 * right one first.
 */
export function meanFactors(sizes: Sizes): Factor[] {
  const { samples, features, outputs, inputs, units } = sizes;
  const count = (number: number, what: string) => `${number}, the number of ${what}`;
  const n = count(samples, "samples");
  const wrongCounts: [number, Mistake["id"], string][] = [
    [features, "mean-by-features", count(features, "features")],
    [outputs, "mean-by-classes", count(outputs, "classes")],
    [inputs, "mean-by-features", count(inputs, "inputs of the layer")],
    [units, "mean-by-features", count(units, "units of the layer")],
  ];
  const factors: Factor[] = [
    { value: 1, mistakes: [] },
    {
      value: samples,
      mistakes: [{ id: "missing-mean", cause: `the sum over the samples is not divided by ${n}` }],
    },
    {
      value: 1 / samples,
      origin: `1/${samples}`,
      mistakes: [{ id: "double-mean", cause: `it is divided twice by ${n}` }],
    },
    ...wrongCounts.map(([divisor, id, text]) => ({
      value: samples / divisor,
      origin: `${samples}/${divisor}`,
      mistakes: [{ id, cause: `the mean divides by ${text}, not by ${n}` }],
    })),
    ...wrongCounts.map(([divisor, id, text]) => ({
      value: 1 / divisor,
      mistakes: [{ id, cause: `it is divided by ${text}, beside the mean over the samples` }],
    })),
  ];
  return distinct([...factors, ...factors.map(flipped)]);
}

/** The same factor with the other sign. */
export function flipped({ value, origin, mistakes }: Factor): Factor {
  const turned = { value: -value, mistakes: [FLIPPED, ...mistakes] };
  return origin === undefined ? turned : { ...turned, origin: `−${origin}` };
}

/** Of factors that cannot be told apart the first. */
export function distinct(factors: readonly Factor[]): Factor[] {
  return factors.filter(
    ({ value }, index) =>
      !factors.slice(0, index).some((other) => Math.abs(other.value / value - 1) < 1e-9),
  );
}

export const ONE: readonly Factor[] = [{ value: 1, mistakes: [] }];

export function sizesOf({ samples, features, outputs }: Dump, { inputs, units }: LayerDump): Sizes {
  return { samples, features, outputs, inputs, units };
}

/** What A − Y may be multiplied by: a squared error may bring 2 and the outputs' number. */
export function scalesOf(loss: LossName, outputs: number): number[] {
  return loss === "cross-entropy" ? [1] : [1, 2, 1 / outputs, 2 / outputs];
}

/** A factor of a mean that is taken once more, over `samples`. */
export function dividedBy(factor: Factor, samples: number): Factor {
  const { origin, ...rest } = factor;
  const divided = { ...rest, value: factor.value / samples };
  // n/features over n is 1/features; of others the number says as much as where it is from.
  return origin?.startsWith(`${samples}/`)
    ? { ...divided, origin: origin.replace(`${samples}/`, "1/") }
    : divided;
}

/** Factors of A − Y: 1 and 1/n are both right, and so are their multiples. */
export function outputFactors(sizes: Sizes, loss: LossName, samples: number): Factor[] {
  const { outputs } = sizes;
  const scales = scalesOf(loss, outputs);
  const right: Factor[] = scales.flatMap((scale) => [
    { value: scale, mistakes: [] },
    { value: scale / samples, mistakes: [] },
  ]);
  const wrong = scales.flatMap((scale) =>
    meanFactors(sizes)
      .filter(({ value, mistakes }) => value > 0 && mistakes.length > 0)
      .map((factor) => {
        const divided = dividedBy(factor, samples);
        if (scale === 1) return divided;
        const { origin: _, ...rest } = divided;
        return { ...rest, value: divided.value * scale };
      }),
  );
  return distinct([...right, ...right.map(flipped), ...wrong, ...wrong.map(flipped)]);
}
