/**
 * What the question "a neural network for MNIST digits is not learning at all" and its answers
 * publish: three programs, each a 784 → hidden → 10 perceptron with tanh and softmax, weights from
 * N(0, 0.01²), full-batch gradient descent on the 10 000 MNIST test images, accuracy on the same
 * images before each epoch's update.
 */

/**
 * - `question`: the asker's program, with all its mistakes
 * - `small-learning-rate`: an answer's; the same gradients, the counter repaired
 * - `repaired`: another answer's; axes, mean and bias gradients repaired
 */
export type ProgramName = "question" | "small-learning-rate" | "repaired";

export interface Program {
  readonly name: ProgramName;
  readonly hidden: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** The accuracies that the document gives, by epoch. */
  readonly published: readonly { readonly epoch: number; readonly accuracy: string }[];
}

export const PROGRAMS: readonly Program[] = [
  {
    name: "question",
    hidden: 60,
    epochs: 100,
    learningRate: 0.3,
    published: [{ epoch: 100, accuracy: "1–2 %" }],
  },
  {
    name: "small-learning-rate",
    hidden: 60,
    epochs: 50,
    learningRate: 0.003,
    published: [{ epoch: 50, accuracy: "about 50 %" }],
  },
  {
    name: "repaired",
    hidden: 64,
    epochs: 100,
    learningRate: 0.3,
    published: [
      { epoch: 1, accuracy: "14.93 %" },
      { epoch: 2, accuracy: "34.70 %" },
      { epoch: 3, accuracy: "47.41 %" },
      { epoch: 98, accuracy: "89.29 %" },
      { epoch: 99, accuracy: "89.33 %" },
      { epoch: 100, accuracy: "89.37 %" },
    ],
  },
];
