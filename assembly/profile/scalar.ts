/**
 * The kernels as plain loops over 32-bit floats, the way they are written first: no SIMD, no blocking,
 * no packing. `src/profile/loops.ts` has the same loops in JavaScript. All matrices are row-major.
 */

function at(array: usize, index: i32): f32 {
  return load<f32>(array + ((<usize>index) << 2));
}

function put(array: usize, index: i32, value: f32): void {
  store<f32>(array + ((<usize>index) << 2), value);
}

function word(array: usize, index: i32): i32 {
  return load<i32>(array + ((<usize>index) << 2));
}

/** C `[rows, columns]` = A `[rows, depth]` · B `[depth, columns]`. */
export function gemmNN(c: usize, a: usize, b: usize, rows: i32, columns: i32, depth: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) put(c, i * columns + j, 0);
    for (let k = 0; k < depth; k++) {
      const x = at(a, i * depth + k);
      for (let j = 0; j < columns; j++) {
        put(c, i * columns + j, at(c, i * columns + j) + x * at(b, k * columns + j));
      }
    }
  }
}

/** The same of B stored `[columns, depth]`. */
export function gemmNT(c: usize, a: usize, b: usize, rows: i32, columns: i32, depth: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum: f32 = 0;
      for (let k = 0; k < depth; k++) sum += at(a, i * depth + k) * at(b, j * depth + k);
      put(c, i * columns + j, sum);
    }
  }
}

/** The same of A stored `[depth, rows]`. */
export function gemmTN(c: usize, a: usize, b: usize, rows: i32, columns: i32, depth: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) put(c, i * columns + j, 0);
    for (let k = 0; k < depth; k++) {
      const x = at(a, k * rows + i);
      for (let j = 0; j < columns; j++) {
        put(c, i * columns + j, at(c, i * columns + j) + x * at(b, k * columns + j));
      }
    }
  }
}

/** z `[rows, 32]` = X·W over the entries of X `[rows, features]`, by row. */
export function sparseForward(
  z: usize,
  weights: usize,
  starts: usize,
  features: usize,
  values: usize,
  rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < 32; unit++) put(z, row * 32 + unit, 0);
    for (let entry = word(starts, row); entry < word(starts, row + 1); entry++) {
      const feature = word(features, entry);
      const x = at(values, entry);
      for (let unit = 0; unit < 32; unit++) {
        const sum = at(z, row * 32 + unit) + x * at(weights, feature * 32 + unit);
        put(z, row * 32 + unit, sum);
      }
    }
  }
}

/** sums `[features, 32]` = Xᵀ·gradient `[rows, 32]` over the same entries. */
export function sparseGradient(
  sums: usize,
  gradient: usize,
  starts: usize,
  features: usize,
  values: usize,
  rows: i32,
  featureCount: i32,
): void {
  for (let index = 0; index < featureCount * 32; index++) put(sums, index, 0);
  for (let row = 0; row < rows; row++) {
    for (let entry = word(starts, row); entry < word(starts, row + 1); entry++) {
      const feature = word(features, entry);
      const x = at(values, entry);
      for (let unit = 0; unit < 32; unit++) {
        const sum = at(sums, feature * 32 + unit) + x * at(gradient, row * 32 + unit);
        put(sums, feature * 32 + unit, sum);
      }
    }
  }
}

/** A matrix in blocks of 32 columns, `[rows, columns]`, to its transpose in blocks of 32 rows. */
export function transpose(target: usize, source: usize, rows: i32, columns: i32): void {
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const value = at(source, ((column >> 5) * rows + row) * 32 + (column & 31));
      put(target, ((row >> 5) * columns + column) * 32 + (row & 31), value);
    }
  }
}

/** a `[rows, units]` = tanh(z + bias), by the exponential of `Mathf`. */
export function activateTanh(a: usize, z: usize, bias: usize, rows: i32, units: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const index = row * units + unit;
      put(a, index, 1 - 2 / (Mathf.exp(2 * (at(z, index) + at(bias, unit))) + 1));
    }
  }
}

/** a `[rows, units]` = max(z + bias, 0). */
export function activateRelu(a: usize, z: usize, bias: usize, rows: i32, units: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const index = row * units + unit;
      put(a, index, max<f32>(at(z, index) + at(bias, unit), 0));
    }
  }
}

/** gradient `[count]` *= 1 − a². */
export function differentiateTanh(gradient: usize, a: usize, count: i32): void {
  for (let index = 0; index < count; index++) {
    put(gradient, index, at(gradient, index) * (1 - at(a, index) * at(a, index)));
  }
}

/** The gradient of the mean cross-entropy, and the losses. */
export function softmaxCrossEntropy(
  gradient: usize,
  losses: usize,
  predicted: usize,
  logits: usize,
  labels: usize,
  rows: i32,
  classes: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const first = row * classes;
    let best = 0;
    for (let index = 1; index < classes; index++) {
      if (at(logits, first + index) > at(logits, first + best)) best = index;
    }
    const largest = at(logits, first + best);
    let sum: f32 = 0;
    for (let index = 0; index < classes; index++) {
      const e = Mathf.exp(at(logits, first + index) - largest);
      put(gradient, first + index, e);
      sum += e;
    }
    const label = word(labels, row);
    for (let index = 0; index < classes; index++) {
      const target: f32 = index == label ? 1 : 0;
      put(gradient, first + index, (at(gradient, first + index) / sum - target) / <f32>rows);
    }
    put(losses, row, Mathf.log(sum) - (at(logits, first + label) - largest));
    store<i32>(predicted + ((<usize>row) << 2), best);
  }
}

/** w −= rate · g. */
export function sgd(w: usize, g: usize, count: i32, rate: f32): void {
  for (let index = 0; index < count; index++) put(w, index, at(w, index) - rate * at(g, index));
}

/** v = µ·v + g; w −= rate · v. */
export function momentum(w: usize, g: usize, v: usize, count: i32, rate: f32, mu: f32): void {
  for (let index = 0; index < count; index++) {
    put(v, index, mu * at(v, index) + at(g, index));
    put(w, index, at(w, index) - rate * at(v, index));
  }
}

/** Adam without correction of the bias; Kingma and Ba, ICLR 2015, algorithm 1. */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): void {
  for (let index = 0; index < count; index++) {
    const x = at(g, index);
    put(m, index, beta1 * at(m, index) + (1 - beta1) * x);
    put(v, index, beta2 * at(v, index) + (1 - beta2) * (x * x));
    put(w, index, at(w, index) - (rate * at(m, index)) / (sqrt<f32>(at(v, index)) + epsilon));
  }
}

/** sums `[columns]` of matrix `[rows, columns]`. */
export function columnSums(sums: usize, matrix: usize, rows: i32, columns: i32): void {
  for (let column = 0; column < columns; column++) put(sums, column, 0);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      put(sums, column, at(sums, column) + at(matrix, row * columns + column));
    }
  }
}

/** sum `[1]` = Σ values², in float64. */
export function sumOfSquares(sum: usize, values: usize, count: i32): void {
  let total: f64 = 0;
  for (let index = 0; index < count; index++) {
    const value = <f64>at(values, index);
    total += value * value;
  }
  put(sum, 0, <f32>total);
}
