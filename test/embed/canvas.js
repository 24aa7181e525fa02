/** The page of canvas.slow.test.ts: draws ten digits on a canvas, and reads them as docs/embedding.md says. */
import { drawDigits, Mlp, perceptron } from "wasmlp";
import { readCanvas, readFile } from "./documented.js";

const post = (answer) => fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
/** Screen pixels for a pixel of a digit. */
const SCALE = 4;
const SIDE = 28 * SCALE;

/** Ten digits in two lines of five. */
function draw(canvas, { inputs }, { paper, ink }) {
  const context = canvas.getContext("2d");
  if (paper) {
    context.fillStyle = paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  for (let pixel = 0; pixel < 7840; pixel++) {
    const [digit, row, column] = [
      Math.floor(pixel / 784),
      Math.floor((pixel % 784) / 28),
      pixel % 28,
    ];
    context.fillStyle = ink;
    context.globalAlpha = inputs[pixel] / 255;
    const left = (digit % 5) * SIDE + column * SCALE;
    context.fillRect(left, Math.floor(digit / 5) * SIDE + row * SCALE, SCALE, SCALE);
  }
}

function newCanvas() {
  const canvas = document.createElement("canvas");
  canvas.width = 5 * SIDE;
  canvas.height = 2 * SIDE;
  return canvas;
}

try {
  const training = await drawDigits({ samples: 10_000, seed: 1 });
  const model = await Mlp.create({ architecture: perceptron(784, [64], 10, "relu"), seed: 1 });
  await model.fit(training, { epochs: 5, optimizer: "adam", learningRate: 0.003 });
  // Written clearly: how well the model reads others is not in question here.
  const sheet = await drawDigits({ samples: 10, seed: 14 });
  const answers = {};
  for (const [name, colours] of Object.entries({
    "black on white": { paper: "white", ink: "black" },
    "yellow on navy": { paper: "navy", ink: "yellow" },
    "black on nothing": { ink: "black" },
  })) {
    const canvas = newCanvas();
    draw(canvas, sheet, colours);
    answers[name] = readCanvas(canvas, model);
    const file = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    answers[`${name}, a file`] = await readFile(file, model);
  }
  await post(answers);
} catch (error) {
  await post({ failed: `${error.stack}` });
}
