/** Matrices of float64, row-major, with the few operations that a perceptron needs. */

export class Matrix {
  readonly rows: number;
  readonly columns: number;
  /** `[rows, columns]`, row-major */
  readonly data: Float64Array;

  constructor(
    rows: number,
    columns: number,
    data: Float64Array = new Float64Array(rows * columns),
  ) {
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }

  at(row: number, column: number): number {
    return this.data[row * this.columns + column];
  }

  set(row: number, column: number, value: number): void {
    this.data[row * this.columns + column] = value;
  }
}

/** A matrix of zeros, or of `value(row, column)`. */
export function matrix(
  rows: number,
  columns: number,
  value: (row: number, column: number) => number = () => 0,
): Matrix {
  const result = new Matrix(rows, columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result.set(row, column, value(row, column));
  }
  return result;
}

/** A·B: `[n, k]` times `[k, m]` is `[n, m]`. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const c = new Matrix(a.rows, b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.at(row, k);
      for (let column = 0; column < b.columns; column++) {
        c.data[row * c.columns + column] += factor * b.at(k, column);
      }
    }
  }
  return c;
}

/** Aᵀ */
export function transpose(a: Matrix): Matrix {
  return matrix(a.columns, a.rows, (row, column) => a.at(column, row));
}

/** f of every element. */
export function map(a: Matrix, f: (value: number) => number): Matrix {
  return new Matrix(a.rows, a.columns, a.data.map(f));
}

/** Adds a row `[1, columns]` to every row. */
export function addRow(a: Matrix, row: Matrix): Matrix {
  return matrix(a.rows, a.columns, (r, column) => a.at(r, column) + row.at(0, column));
}

/** The sum of each column: `[1, columns]`. */
export function columnSums(a: Matrix): Matrix {
  const sums = new Matrix(1, a.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < a.columns; column++) sums.data[column] += a.at(row, column);
  }
  return sums;
}
