/** Numbers that look random and are the same every time. */

export class Random {
  #state;

  /** @param {...(number | string)} seeds */
  constructor(...seeds) {
    let hash = 2166136261;
    for (const character of seeds.join("/")) {
      hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
    }
    this.#state = hash >>> 0;
  }

  /** Uniform in [0, 1): a Weyl sequence with a mixer (Steele et al., "Fast Splittable PRNGs", 2014). */
  next() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  }

  between(low, high) {
    return low + (high - low) * this.next();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Standard normal (Box and Muller, 1958). */
  normal() {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  chance(probability) {
    return this.next() < probability;
  }

  /** @template T @param {readonly T[]} choices @returns {T} */
  pick(choices) {
    return choices[this.whole(0, choices.length - 1)];
  }

  /** A shuffled copy (Fisher and Yates). @template T @param {readonly T[]} items @returns {T[]} */
  shuffle(items) {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.whole(0, last);
      [result[last], result[other]] = [result[other], result[last]];
    }
    return result;
  }
}
