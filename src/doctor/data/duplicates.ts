/** Samples of the test set that are in the training set too. */
import type { Dataset } from "../../data/dataset.js";
import type { Examination } from "./examination.js";

/** Of test samples seen in training this part makes the accuracy better than it is by as much at most. */
const MOST = 0.01;

export function examineDuplicates(training: Dataset, test: Dataset): Examination {
  const seen = new Map<number, number[]>();
  for (let sample = 0; sample < training.samples; sample++) {
    const hash = hashOf(training, sample);
    const others = seen.get(hash);
    if (others) others.push(sample);
    else seen.set(hash, [sample]);
  }
  let count = 0;
  for (let sample = 0; sample < test.samples; sample++) {
    const others = seen.get(hashOf(test, sample)) ?? [];
    if (others.some((other) => isSame(training, other, test, sample))) count++;
  }
  const share = count / test.samples;
  const evidence = `${count} of ${test.samples} test samples are in the training set`;
  if (share <= MOST) return { findings: [], facts: [evidence] };
  return {
    findings: [
      {
        id: "duplicates-across-splits",
        at: "test set",
        evidence,
        cause: "the accuracy on them says what was learnt by heart, not what was understood",
        advice: "split before samples are repeated or distorted, and leave duplicates out",
        value: share,
        threshold: MOST,
      },
    ],
    facts: [],
  };
}

/** FNV-1a over a sample's inputs (Fowler, Noll and Vo), whole floats or bytes at a time. */
function hashOf({ inputs, features }: Dataset, sample: number): number {
  const words =
    inputs instanceof Float32Array
      ? new Uint32Array(inputs.buffer, inputs.byteOffset, inputs.length)
      : inputs;
  let hash = 0x811c9dc5;
  for (let index = sample * features; index < (sample + 1) * features; index++) {
    hash = Math.imul(hash ^ words[index], 0x01000193);
  }
  return hash;
}

function isSame(a: Dataset, sampleA: number, b: Dataset, sampleB: number): boolean {
  if (a.features !== b.features) return false;
  for (let feature = 0; feature < a.features; feature++) {
    const [x, y] = [
      a.inputs[sampleA * a.features + feature],
      b.inputs[sampleB * b.features + feature],
    ];
    if (x !== y) return false;
  }
  return true;
}
