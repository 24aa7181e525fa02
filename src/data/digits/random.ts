/**
 * Random numbers of one sample. Counter-based, so that a sample is the same however many are drawn
 * before it, and in whole numbers, so that every JavaScript engine draws the same.
 */

/** Takes 32 bits to a fraction of 1. */
const TWO_TO_MINUS_32 = 1 / 0x1_0000_0000;

export class Random {
  readonly #seed: number;
  readonly #stream: number;
  #counter = 0;

  /** The sequence that `seed` and `stream` name, both 0 … 2³²−1. */
  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** Uniform on [low, high). */
  between(low: number, high: number): number {
    const [x] = pcg3d(this.#seed, this.#stream, this.#counter++);
    return low + (high - low) * (x * TWO_TO_MINUS_32);
  }

  /**
   * Bell-shaped: the sum of three uniform numbers (Irwin–Hall), with the given mean and standard
   * deviation. Never further than three deviations from the mean, so that no stroke runs away.
   */
  normal(mean: number, deviation: number): number {
    const [x, y, z] = pcg3d(this.#seed, this.#stream, this.#counter++);
    // A uniform number has the variance 1/12, three of them 1/4: doubled, the deviation is 1.
    return mean + deviation * 2 * ((x + y + z) * TWO_TO_MINUS_32 - 1.5);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  /** One of the choices, each with the probability weight / sum of all weights. */
  pick<Choice extends { readonly weight: number }>(
    choices: readonly [Choice, ...Choice[]],
  ): Choice {
    const total = choices.reduce((sum, { weight }) => sum + weight, 0);
    let rest = this.between(0, total);
    for (const choice of choices) {
      rest -= choice.weight;
      if (rest < 0) return choice;
    }
    return choices[0];
  }
}

/**
 * Hashes three 32-bit numbers into three: `pcg3d` of Jarzynski and Olano, "Hash functions for GPU
 * rendering", Journal of Computer Graphics Techniques 9(3), 2020, listing in section 4.
 */
function pcg3d(a: number, b: number, c: number): [number, number, number] {
  let x = (Math.imul(a, 1664525) + 1013904223) | 0;
  let y = (Math.imul(b, 1664525) + 1013904223) | 0;
  let z = (Math.imul(c, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  return [x >>> 0, y >>> 0, z >>> 0];
}
