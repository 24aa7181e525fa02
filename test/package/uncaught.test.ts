/** What Node prints of an error that nobody catches: the line that threw it, before the sentence. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const bundled = pathToFileURL(join(import.meta.dirname, "../../build/bundled/wasmlp.js")).href;

/** Begins a program with a model in it. */
const MODEL = `
  import { digits, Mlp, perceptron } from ${JSON.stringify(bundled)};
  const model = await Mlp.create({ architecture: perceptron(784, [4], 10, "tanh") });`;

test.each([
  {
    program: 'model.predict("pixels");',
    sentence:
      'OptionError: inputs of predict is the string "pixels", expected a Uint8Array or a Float32Array',
    frame: "at Mlp.predict (",
  },
  {
    program: "await model.fit(digits({ samples: 9, seed: 1 }), { epochs: 0 });",
    sentence: "OptionError: epochs is 0, expected a whole number from 1 to 1000000000",
    frame: "at checkWhole (",
  },
])("$sentence", ({ program, sentence, frame }) => {
  const run = ["--input-type=module", "--eval", `${MODEL}\n${program}`];
  const { status, stderr } = spawnSync(process.execPath, run, { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr.length).toBeLessThan(3000);
  expect(stderr).toContain(`\n${sentence}\n`);
  expect(stderr).toContain(frame);
});
