/** Numbers that tell rows apart, as the index that pandas writes of a shuffled data frame. */

/** Rows that are compared with each other: so many different numbers are no accident. */
const COMPARED = 2 ** 20;

/** Whether the cells of a column are whole numbers of which none comes twice. */
export class RowLabels {
  #seen: Set<number> | undefined = new Set();

  get areDifferent(): boolean {
    return this.#seen !== undefined;
  }

  /** Takes the next cell, without spaces around it. */
  push(text: string): void {
    const seen = this.#seen;
    if (!seen) return;
    const number = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    if (number === undefined || seen.has(number)) this.#seen = undefined;
    else if (seen.size < COMPARED) seen.add(number);
  }
}
