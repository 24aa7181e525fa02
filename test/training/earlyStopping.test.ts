import { expect, test } from "vitest";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { noise } from "../support/datasets.js";

const CREATE = { architecture: perceptron(15, [30], 4, "relu"), seed: 4 } as const;

test.each(["loss", "accuracy"] as const)("the best epoch by %s is restored", async (monitor) => {
  // Noise cannot be learned: soon the validation loss rises.
  const [training, validation] = [noise(60), noise(40, 5, 2)];
  using model = await Mlp.create(CREATE);
  const { epochs, restoredEpoch } = await model.fit(training, {
    epochs: 200,
    batchSize: 5,
    learningRate: 0.3,
    validation,
    earlyStopping: { patience: 4, monitor },
  });
  expect(epochs.length).toBeLessThan(200);
  const values = epochs.map(({ validationLoss = 0, validationAccuracy = 0 }) =>
    monitor === "loss" ? validationLoss : -validationAccuracy,
  );
  const best = values.indexOf(Math.min(...values)) + 1;
  expect(restoredEpoch).toBe(best);
  expect(epochs).toHaveLength(best + 5);
  const { loss, accuracy } = await model.evaluate(validation);
  expect(monitor === "loss" ? loss : -accuracy).toBe(values[best - 1]);
});
