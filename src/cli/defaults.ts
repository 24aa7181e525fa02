/** What the commands use where the user says nothing. */

/** Built-in digits: as many as are drawn within seconds; the test set from a seed of its own. */
export const BUILT_IN_DIGITS = {
  training: { samples: 20_000, seed: 1, name: "built-in digits (training)" },
  test: { samples: 4_000, seed: 2, name: "built-in digits (test)" },
} as const;
