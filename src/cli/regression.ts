/** Ends a profile that found kernels slower than in the baseline. */
export class Regression extends Error {
  readonly exitCode = 4;
}
