import { expect, test } from "vitest";
import { decodeMnist, decodeMnistPart, MNIST_FILES } from "../../src/data/mnist.js";
import { DataError } from "../../src/errors.js";
import { idx } from "../support/idx.js";

function files(images: readonly number[], labels: readonly number[], prefix = "") {
  return {
    images: { name: `${prefix}images`, bytes: idx({ dimensions: images }) },
    labels: { name: `${prefix}labels`, bytes: idx({ dimensions: [labels.length], data: labels }) },
  };
}

const NAMES = { train: "training", test: "testing" };

test("both parts are decoded, each under its name, with the digits as classes", () => {
  const { train, test: testSet } = decodeMnist(NAMES, {
    train: files([3, 2, 2], [7, 8, 9]),
    test: files([1, 2, 2], [0]),
  });
  expect(train).toMatchObject({ name: "training", samples: 3, features: 4 });
  expect(testSet).toMatchObject({ name: "testing", samples: 1, image: { width: 2, height: 2 } });
  expect(train.targets.labels).toEqual(Uint8Array.of(7, 8, 9));
  expect(train.targets.names).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

test("a label of 11 is refused with a sentence that names its file", () => {
  expect(() => decodeMnistPart("digits", files([2, 1, 1], [1, 11]))).toThrow(
    new DataError("labels: the label of sample 1 is 11, expected 0 to 9"),
  );
});

test("parts whose images differ in shape are refused, also when they have as many pixels", () => {
  const train = files([1, 2, 6], [0], "train-");
  expect(() => decodeMnist(NAMES, { train, test: files([1, 3, 4], [0], "test-") })).toThrow(
    new DataError("test-images: images of 4 × 3 pixels, expected 6 × 2 as in train-images"),
  );
});

test("the published lengths are those of the dimensions in the files' names", () => {
  expect(MNIST_FILES.train.images.bytes).toBe(47_040_016);
  expect(MNIST_FILES.train.labels.bytes).toBe(60_008);
  expect(MNIST_FILES.test.images.bytes).toBe(7_840_016);
  expect(MNIST_FILES.test.labels.bytes).toBe(10_008);
});
