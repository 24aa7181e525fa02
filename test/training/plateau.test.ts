import { expect, test } from "vitest";
import { Plateau } from "../../src/training/plateau.js";

const OPTIONS = { factor: 0.5, patience: 2, threshold: 0.1 };

test("the rate falls after more epochs without improvement than are let pass", () => {
  const plateau = new Plateau(OPTIONS);
  const fractions = [1, 0.5, 0.49, 0.48, 0.47, 0.46, 0.1].map((loss) => {
    plateau.observe(loss);
    return plateau.state.fraction;
  });
  // 0.49 is less than a tenth better than 0.5.
  expect(fractions).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5]);
});

test("its state is all that it knows", () => {
  const whole = new Plateau(OPTIONS);
  for (const loss of [1, 1, 1]) whole.observe(loss);
  const resumed = new Plateau(OPTIONS, JSON.parse(JSON.stringify(whole.state)));
  for (const loss of [1, 0.5, 1, 1, 1]) {
    whole.observe(loss);
    resumed.observe(loss);
    expect(resumed.state).toEqual(whole.state);
  }
});
