import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.js";
import { perceptron } from "../../src/model/architecture.js";
import { enterInputs } from "../../src/model/enteredDataset.js";
import { Network } from "../../src/model/network.js";
import { Session } from "../../src/model/session.js";
import type { Density } from "../../src/model/sparseLayout.js";
import { ONE_THREAD } from "../support/execution.js";
import { countTurns } from "../support/turns.js";

afterEach(() => vi.restoreAllMocks());

const SAMPLES = 40;

/** Sample i has the values i, 0 and 0 or 1. */
function dataset(Values: typeof Uint8Array | typeof Float32Array): Dataset {
  const values = Array.from({ length: SAMPLES }, (_, sample) => [sample, 0, sample % 2]);
  const labels = new Uint8Array(SAMPLES);
  const targets = { kind: "classes", labels, names: ["a", "b"] } as const;
  return createDataset({ name: "d", inputs: Values.from(values.flat()), features: 3, targets });
}

async function createNetwork(): Promise<Network> {
  const network = await Network.create(perceptron(3, [2], 2, "tanh"), ONE_THREAD);
  onTestFinished(() => network.dispose());
  return network;
}

test.each([Uint8Array, Float32Array])(
  "%o is copied and counted, and others have their turn meanwhile",
  async (Values) => {
    const network = await createNetwork();
    const { memory } = network.engine;
    const data = dataset(Values);
    const target = memory.allocate(data.inputs.byteLength);
    // A sample takes as long as a slice.
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 16));
    let density: Density | undefined;
    const turns = await countTurns(async () => {
      density = await enterInputs(network, data, target);
    });
    expect(turns).toBeGreaterThanOrEqual(SAMPLES - 1);
    const bytes = memory.bytes(target, data.inputs.byteLength);
    expect(new Values(bytes.slice().buffer)).toEqual(data.inputs);
    expect(density).toEqual({ mean: (39 + 20) / 120, largestRow: 2 });
  },
);

test("labels are looked at once, not at each slice", async () => {
  const network = await createNetwork();
  const data = dataset(Uint8Array);
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 16));
  const looks = vi.spyOn(data.targets.labels, "findIndex");
  await enterInputs(network, data, network.engine.memory.allocate(data.inputs.byteLength));
  expect(looks).toHaveBeenCalledTimes(1);
});

test("what is no number any more is named by its sample in the data set", async () => {
  const network = await createNetwork();
  const data = dataset(Float32Array);
  data.inputs[3 * 33 + 1] = Number.NaN;
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 16));
  const entering = enterInputs(network, data, network.engine.memory.allocate(SAMPLES * 12));
  await expect(entering).rejects.toThrow(
    "d: feature 1 of sample 33 is NaN, expected a finite number",
  );
});

test("labels are copied before others have their turn, and such as are no classes by then are told", async () => {
  const network = await createNetwork();
  const { memory } = network.engine;
  const data = dataset(Uint8Array);
  const integers = vi.spyOn(memory, "integers");
  const creating = Session.create(network, data, { batchSize: 8, order: "stored" });
  expect(integers.mock.results.map(({ value }) => [...value])).toEqual([Array(SAMPLES).fill(0)]);
  data.targets.labels.fill(200);
  await expect(creating).rejects.toThrow("d: the label of sample 0 is 200, expected 0 to 1");
});

test("inputs that go to another thread meanwhile are told", async () => {
  const network = await createNetwork();
  const data = dataset(Float32Array);
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 16));
  const entering = enterInputs(network, data, network.engine.memory.allocate(SAMPLES * 12));
  structuredClone(data.inputs, { transfer: [data.inputs.buffer] });
  await expect(entering).rejects.toThrow("d: has 0 input values, expected 120");
});
