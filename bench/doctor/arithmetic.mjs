/**
 * Matrices as NumPy computes with them: elementary operations only, each rounded to the precision of
 * the array that receives it, products summed in one of several orders.
 */

/** @typedef {{ rows: number, columns: number, data: Float32Array | Float64Array }} Matrix row-major */

/** In which order a product's terms are added. */
export const ORDERS = ["forwards", "reversed", "blocked", "pairwise"];

/** Terms that are added one after the other before "blocked" and "pairwise" add sums. */
const BLOCK = { blocked: 32, pairwise: 8 };

/**
 * @param {Matrix} a @returns {string}
 */
const shapeOf = ({ rows, columns }) => `(${rows}, ${columns})`;

export class Arithmetic {
  #skipsZeros = true;

  /** @param {{ precision?: "float32" | "float64", order?: string }} [options] */
  constructor({ precision = "float64", order = "forwards" } = {}) {
    this.precision = precision;
    this.order = order;
    this.Numbers = precision === "float32" ? Float32Array : Float64Array;
  }

  /** Of zeros, or a copy of `values`. @returns {Matrix} */
  matrix(rows, columns, values) {
    const data = values ? this.Numbers.from(values) : new this.Numbers(rows * columns);
    return { rows, columns, data };
  }

  /** A copy in this precision. @param {Matrix} a */
  copy({ rows, columns, data }) {
    return this.matrix(rows, columns, data);
  }

  /** f of every element. @param {Matrix} a @param {(value: number) => number} f @returns {Matrix} */
  map({ rows, columns, data }, f) {
    const result = this.matrix(rows, columns);
    for (let index = 0; index < data.length; index++) result.data[index] = f(data[index]);
    return result;
  }

  /** f of every pair of elements, broadcast as NumPy does. @returns {Matrix} */
  combine(a, b, f) {
    const rows = broadcast(a.rows, b.rows);
    const columns = broadcast(a.columns, b.columns);
    if (rows === undefined || columns === undefined) {
      throw new RangeError(`shapes ${shapeOf(a)} and ${shapeOf(b)} do not broadcast`);
    }
    const result = this.matrix(rows, columns);
    const [aRow, aColumn] = [a.rows > 1 ? a.columns : 0, a.columns > 1 ? 1 : 0];
    const [bRow, bColumn] = [b.rows > 1 ? b.columns : 0, b.columns > 1 ? 1 : 0];
    for (let row = 0, index = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, index++) {
        result.data[index] = f(
          a.data[row * aRow + column * aColumn],
          b.data[row * bRow + column * bColumn],
        );
      }
    }
    return result;
  }

  add = (a, b) => this.combine(a, b, (x, y) => x + y);
  subtract = (a, b) => this.combine(a, b, (x, y) => x - y);
  times = (a, b) => this.combine(a, b, (x, y) => x * y);
  divide = (a, b) => this.combine(a, b, (x, y) => x / y);

  /** A number, rounded to this precision. */
  round(value) {
    return this.precision === "float32" ? Math.fround(value) : value;
  }

  /** s·A @param {Matrix} a @param {number} factor */
  scale(a, factor) {
    const rounded = this.round(factor);
    return this.map(a, (value) => value * rounded);
  }

  /** A / s @param {Matrix} a @param {number} divisor */
  over(a, divisor) {
    const rounded = this.round(divisor);
    return this.map(a, (value) => value / rounded);
  }

  /** Aᵀ @param {Matrix} a @returns {Matrix} */
  transpose({ rows, columns, data }) {
    const result = this.matrix(columns, rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result.data[column * rows + row] = data[row * columns + column];
      }
    }
    return result;
  }

  /**
   * A·B. Zeros of A are skipped, which makes products with images fast, unless B holds numbers of
   * which 0 times is not 0. @returns {Matrix}
   */
  multiply(a, b) {
    if (a.columns !== b.rows) {
      throw new RangeError(`shapes ${shapeOf(a)} and ${shapeOf(b)} do not multiply`);
    }
    const result = this.matrix(a.rows, b.columns);
    this.#skipsZeros = holdsFinite(b);
    for (let row = 0; row < a.rows; row++) {
      const target = result.data.subarray(row * b.columns, (row + 1) * b.columns);
      this.#accumulate(target, a, row, b, 0, a.columns, this.order);
    }
    return result;
  }

  /** Adds terms `from` … `to` of a row of A·B to `target`. */
  #accumulate(target, a, row, b, from, to, order) {
    const width = b.columns;
    const block = BLOCK[order];
    if (block !== undefined && to - from > block) {
      const parts = [];
      if (order === "pairwise") {
        const middle = (from + to) >> 1;
        parts.push([from, middle], [middle, to]);
      } else {
        for (let start = from; start < to; start += block) {
          parts.push([start, Math.min(start + block, to)]);
        }
      }
      for (const [start, end] of parts) {
        const sum = new this.Numbers(width);
        this.#accumulate(sum, a, row, b, start, end, order);
        for (let column = 0; column < width; column++) target[column] += sum[column];
      }
      return;
    }
    const addProduct = this.precision === "float32" ? addRounded : addScaled;
    const skipsZeros = this.#skipsZeros;
    const [numbers, others, offset] = [a.data, b.data, row * a.columns];
    for (let term = from; term < to; term++) {
      const k = order === "reversed" ? to - 1 - (term - from) : term;
      const factor = numbers[offset + k];
      if (factor !== 0 || !skipsZeros) addProduct(target, others, k * width, factor);
    }
  }

  /**
   * Sum over the rows (axis 0, giving `[1, columns]`), over the columns (axis 1, `[rows, 1]`), or
   * over everything (`[1, 1]`). @param {Matrix} a @param {0 | 1 | "all"} axis @returns {Matrix}
   */
  sum(a, axis) {
    if (axis === "all") return this.sum(this.sum(a, 0), 1);
    const ones = (rows, columns) =>
      this.matrix(rows, columns, new Float64Array(rows * columns).fill(1));
    return axis === 0
      ? this.multiply(ones(1, a.rows), a)
      : this.transpose(this.multiply(ones(1, a.columns), this.transpose(a)));
  }

  /** The largest along an axis, as `sum`. @param {Matrix} a @param {0 | 1} axis @returns {Matrix} */
  max(a, axis) {
    const result = axis === 0 ? this.matrix(1, a.columns) : this.matrix(a.rows, 1);
    result.data.fill(Number.NEGATIVE_INFINITY);
    for (let row = 0, index = 0; row < a.rows; row++) {
      for (let column = 0; column < a.columns; column++, index++) {
        const place = axis === 0 ? column : row;
        result.data[place] = Math.max(result.data[place], a.data[index]);
      }
    }
    return result;
  }
}

/** Adds a row, which begins at `offset`, times a factor. */
function addScaled(target, row, offset, factor) {
  for (let column = 0; column < target.length; column++) {
    target[column] += factor * row[offset + column];
  }
}

/** As `addScaled`, with the product rounded to float32 before it is added. */
function addRounded(target, row, offset, factor) {
  for (let column = 0; column < target.length; column++) {
    target[column] += Math.fround(factor * row[offset + column]);
  }
}

function holdsFinite({ data }) {
  for (let index = 0; index < data.length; index++) if (!Number.isFinite(data[index])) return false;
  return true;
}

/** @param {number} a @param {number} b */
function broadcast(a, b) {
  if (a === b || b === 1) return a;
  return a === 1 ? b : undefined;
}
