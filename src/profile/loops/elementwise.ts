/** Activations, losses, updates and sums as plain loops; matrices are row-major. */

/** a `[rows, units]` = tanh(z + bias). */
export function activateTanh(
  a: Float32Array,
  z: Float32Array,
  bias: Float32Array,
  rows: number,
  units: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      a[row * units + unit] = Math.tanh(z[row * units + unit] + bias[unit]);
    }
  }
}

/** a `[rows, units]` = max(z + bias, 0). */
export function activateRelu(
  a: Float32Array,
  z: Float32Array,
  bias: Float32Array,
  rows: number,
  units: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      a[row * units + unit] = Math.max(z[row * units + unit] + bias[unit], 0);
    }
  }
}

/** gradient `[count]` *= 1 − a². */
export function differentiateTanh(gradient: Float32Array, a: Float32Array): void {
  for (let index = 0; index < gradient.length; index++) {
    gradient[index] *= 1 - a[index] * a[index];
  }
}

/** gradient `[rows, classes]` of the mean cross-entropy of the softmax of logits; losses `[rows]`. */
export function softmaxCrossEntropy(
  gradient: Float32Array,
  losses: Float32Array,
  predicted: Int32Array,
  logits: Float32Array,
  labels: Int32Array,
  rows: number,
  classes: number,
): void {
  for (let row = 0; row < rows; row++) {
    const first = row * classes;
    let best = 0;
    for (let index = 1; index < classes; index++) {
      if (logits[first + index] > logits[first + best]) best = index;
    }
    const largest = logits[first + best];
    let sum = 0;
    for (let index = 0; index < classes; index++) {
      const e = Math.exp(logits[first + index] - largest);
      gradient[first + index] = e;
      sum += e;
    }
    for (let index = 0; index < classes; index++) {
      const target = index === labels[row] ? 1 : 0;
      gradient[first + index] = (gradient[first + index] / sum - target) / rows;
    }
    losses[row] = Math.log(sum) - (logits[first + labels[row]] - largest);
    predicted[row] = best;
  }
}

/** w −= rate · g. */
export function sgd(w: Float32Array, g: Float32Array, rate: number): void {
  for (let index = 0; index < w.length; index++) w[index] -= rate * g[index];
}

/** v = µ·v + g; w −= rate · v. */
export function momentum(
  w: Float32Array,
  g: Float32Array,
  v: Float32Array,
  rate: number,
  mu: number,
): void {
  for (let index = 0; index < w.length; index++) {
    v[index] = mu * v[index] + g[index];
    w[index] -= rate * v[index];
  }
}

export interface AdamSettings {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Adam without correction of the bias; Kingma and Ba, ICLR 2015, algorithm 1. */
export function adam(
  w: Float32Array,
  g: Float32Array,
  m: Float32Array,
  v: Float32Array,
  { rate, beta1, beta2, epsilon }: AdamSettings,
): void {
  for (let index = 0; index < w.length; index++) {
    const x = g[index];
    m[index] = beta1 * m[index] + (1 - beta1) * x;
    v[index] = beta2 * v[index] + (1 - beta2) * (x * x);
    w[index] -= (rate * m[index]) / (Math.sqrt(v[index]) + epsilon);
  }
}

/** sums `[columns]` of matrix `[rows, columns]`. */
export function columnSums(
  sums: Float32Array,
  matrix: Float32Array,
  rows: number,
  columns: number,
): void {
  sums.fill(0);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      sums[column] += matrix[row * columns + column];
    }
  }
}

/** sum `[1]` = Σ values². */
export function sumOfSquares(sum: Float32Array, values: Float32Array): void {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index] * values[index];
  sum[0] = total;
}
