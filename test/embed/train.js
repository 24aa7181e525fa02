/** A short training run that ends with the same bits everywhere, in Node and on pages. */
import { digits, Mlp, perceptron } from "wasmlp";

const architecture = perceptron(784, [1024], 10, "tanh");
const model = await Mlp.create({ architecture, seed: 1 });
const dataset = digits({ samples: 8000, seed: 1 });

/** Turns of the event loop while the model is trained: none but those that training leaves to others. */
let turns = 0;
const timer = setInterval(() => {
  turns++;
}, 5);
await model.fit(dataset, { epochs: 2, learningRate: 0.2, seed: 1 });
clearInterval(timer);

const hash = await crypto.subtle.digest("SHA-256", model.save());
const bytes = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));

export const result = { sha256: bytes.join(""), threads: model.execution.threads, turns };
model.dispose();
