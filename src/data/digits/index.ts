/**
 * Built-in digits: images in the style of MNIST for when MNIST itself is out of reach, drawn from
 * descriptions of the strokes of which people make the ten digits. Nothing in them is taken from
 * MNIST's images.
 *
 * Same seed, same bytes on every JavaScript engine: no file in this folder computes with more than
 * + − × ÷, square roots, rounding and whole numbers, all of which the language fixes to the bit.
 */
import { checkOptions, checkWhole } from "../../arguments.js";
import { runInSlices } from "../../tasks/slices.js";
import { createDataset, type Dataset } from "../dataset.js";
import { trace } from "./curve.js";
import { distortion, unsteady } from "./distort.js";
import { FORMS } from "./forms/index.js";
import { draw } from "./pen.js";
import { IMAGE_SIDE, prepare } from "./prepare.js";
import { Random } from "./random.js";

const PIXELS = IMAGE_SIDE * IMAGE_SIDE;

/** Their 3.9 GB of pixels leave little of the 4 GB of linear memory. */
const MAXIMUM_SAMPLES = 5_000_000;
const MAXIMUM_SEED = 0xffff_ffff;

/** How many digits, and which. */
export interface DigitsOptions {
  /** How many images, 1 … 5 000 000. */
  readonly samples: number;
  /** Chooses the images, 0 … 2³²−1; default 0. */
  readonly seed?: number;
  /** The data set's name; default "built-in digits". */
  readonly name?: string;
}

/** What may end the drawing. */
export interface DrawDigitsOptions extends DigitsOptions {
  /** Ends the drawing; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const OPTIONS = {
  samples: "checked",
  seed: "checked",
  name: "string",
} as const satisfies Record<keyof DigitsOptions, string>;

/**
 * A data set of drawn digits: bytes `[samples, 784]`, each sample an image of 28 × 28. Sample i shows
 * the digit i mod 10 and depends on the seed and on i alone, not on the number of samples. Two seeds
 * make two independent sets, for instance one to train on and one to test with.
 *
 * It keeps its thread busy, for about a second for 10 000 digits: a page calls `drawDigits`.
 *
 * @throws OptionError when `samples` or `seed` is out of range.
 */
export function digits(options: DigitsOptions): Dataset {
  checkOptions("digits", options, OPTIONS);
  const drawing = begin(options);
  drawing.draw(0, drawing.samples);
  return drawing.finish();
}

/**
 * The same data set, drawn in slices of 16 ms between which the page, timers and signals have their turn.
 *
 * @throws OptionError as `digits`.
 * @throws the signal's reason when `options.signal` aborts.
 */
export async function drawDigits(options: DrawDigitsOptions): Promise<Dataset> {
  checkOptions("drawDigits", options, { ...OPTIONS, signal: "signal" });
  const drawing = begin(options);
  await runInSlices(drawing.samples, options.signal, drawing.draw);
  return drawing.finish();
}

interface Drawing {
  readonly samples: number;
  /** Draws `count` samples from the one with the number `first`. */
  readonly draw: (first: number, count: number) => void;
  /** The data set, when all are drawn. */
  readonly finish: () => Dataset;
}

function begin(options: DigitsOptions): Drawing {
  const { samples, seed = 0, name = "built-in digits" } = options;
  checkWhole("samples", samples, 1, MAXIMUM_SAMPLES);
  checkWhole("seed", seed, 0, MAXIMUM_SEED);
  const inputs = new Uint8Array(samples * PIXELS);
  const labels = new Uint8Array(samples);
  return {
    samples,
    draw(first, count) {
      for (let sample = first; sample < first + count; sample++) {
        labels[sample] = sample % FORMS.length;
        inputs.set(drawDigit(labels[sample], new Random(seed, sample)), sample * PIXELS);
      }
    },
    finish: () =>
      createDataset({
        name,
        inputs,
        targets: { kind: "classes", labels, names: FORMS.map((_, digit) => String(digit)) },
        features: PIXELS,
        image: { width: IMAGE_SIDE, height: IMAGE_SIDE },
      }),
  };
}

/** One specimen of a digit, 0 … 9: bytes `[28, 28]`, white on black. */
function drawDigit(digit: number, random: Random): Uint8Array {
  const strokes = random.pick(FORMS[digit]).write(random);
  const distort = distortion(random, strokes);
  const lines = strokes.map((stroke) => trace(unsteady(random, stroke)).map(distort));
  const picture = draw(lines, penWidth(random));
  // MNIST's centre is 14.5. Up to a pixel beside it, a network learns not to rely on the place.
  const centre = { x: random.between(13.5, 15.5), y: random.between(13.5, 15.5) };
  return prepare(picture, centre);
}

/** As a fraction of the digit's longer side: mostly 2 to 3 of the 20 pixels, at times 4 and more. */
function penWidth(random: Random): number {
  const deviation = random.normal(0, 1);
  return Math.max(0.065, 0.122 + 0.038 * deviation + 0.004 * deviation * deviation);
}
