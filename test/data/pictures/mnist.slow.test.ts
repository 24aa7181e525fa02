/** What MNIST's preparation is worth on MNIST: its test images as pictures, larger and in both polarities. */
import { expect, test } from "vitest";
import { digitsOf, Mlp, perceptron } from "../../../src/index.js";
import { decodePicture, findMnist, loadMnist } from "../../../src/node/index.js";
import { enlarge, onPaper, png } from "../../support/pictures.js";

/** Every tenth image of the test set. */
const SAMPLES = 1000;
const PIXELS = 784;
const SIDE = 28;

test("pictures of MNIST's digits are read nearly as well as MNIST itself", async ({ skip }) => {
  if (!(await findMnist())) return skip("MNIST is not here");
  const { train, test: held } = await loadMnist();
  const architecture = perceptron(PIXELS, [64], 10, "relu");
  using model = await Mlp.create({ architecture, seed: 1, simd: "plain" });
  await model.fit(train, { epochs: 5, batchSize: 64, seed: 1 });
  const isRead = (pixels: Uint8Array, label: number) => {
    const outputs = model.predict(pixels);
    return outputs.indexOf(Math.max(...outputs)) === label;
  };
  let whole = 0;
  const read = { "light, one": 0, "dark, one": 0, "light, cut": 0, "dark, cut": 0 };
  for (let index = 0; index < SAMPLES; index++) {
    const sample = index * 10;
    const label = held.targets.labels[sample];
    const pixels = Uint8Array.from(held.inputs.subarray(sample * PIXELS, (sample + 1) * PIXELS));
    if (isRead(pixels, label)) whole++;
    const factor = 3 + (index % 8);
    const light = enlarge({ width: SIDE, height: SIDE, pixels }, factor, 2 * factor);
    for (const [polarity, picture] of [
      ["light", light],
      ["dark", onPaper(light)],
    ] as const) {
      const decoded = await decodePicture(png(picture), "picture");
      const [one] = digitsOf(decoded, { holds: "one" });
      if (isRead(one.pixels, label)) read[`${polarity}, one`]++;
      const found = digitsOf(decoded);
      if (found.length === 1 && isRead(found[0].pixels, label)) read[`${polarity}, cut`]++;
    }
  }
  console.log(`of ${SAMPLES} images of MNIST's test set, 3 to 10 times as large:`, {
    whole,
    ...read,
  });
  for (const count of Object.values(read)) expect(count).toBeGreaterThan(whole - SAMPLES / 100);
});
