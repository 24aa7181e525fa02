/** How sessions learn in the tests that are about something else. */
import type { Learning } from "../../src/model/learning.js";
import type { Session } from "../../src/model/session.js";

/** Plain gradient descent. */
export const PLAIN_LEARNING: Learning = {
  optimizer: "sgd",
  labelSmoothing: 0,
  dropout: { input: 0, hidden: 0 },
  clipNorm: 0,
  maxNorm: 0,
  averages: false,
  augmentation: undefined,
};

/** Tells every step of the next run to learn at this rate. */
export function setLearningRate(session: Session, learningRate: number): void {
  for (let step = 0; step < session.steps; step++) {
    session.writeSettings(step, {
      learningRate,
      retained: 1,
      momentum: 0,
      secondMomentum: 0,
      epsilon: 1,
      firstCorrection: 1,
      secondCorrection: 1,
      averaging: 0,
    });
  }
}
