import { expect, test } from "vitest";
import { belongTogether, roleOf } from "../../../src/data/samples/arrayRoles.js";

test.each([
  ["X", "inputs", undefined, ""],
  ["y", "targets", undefined, ""],
  ["x_train", "inputs", "train", ""],
  ["y_test", "targets", "test", ""],
  ["train-images-idx3-ubyte", "inputs", "train", ""],
  ["t10k-labels.idx1-ubyte", "targets", "test", ""],
  ["val_images", "inputs", "validation", ""],
  ["kmnist-train-imgs", "inputs", "train", "kmnist"],
  ["iris_target", "targets", undefined, "iris"],
  ["trainLabels", "targets", "train", ""],
  ["label_data", "targets", undefined, ""],
  ["weights", undefined, undefined, "weights"],
] as const)("%s", (name, role, part, rest) => {
  expect(roleOf(name)).toEqual({ role, part, rest });
});

test("what differs in its role only belongs together", () => {
  expect(belongTogether(roleOf("a_x_train"), roleOf("a_y_train"))).toBe(true);
  expect(belongTogether(roleOf("a_x_train"), roleOf("b_y_train"))).toBe(false);
  expect(belongTogether(roleOf("x_train"), roleOf("y"))).toBe(false);
});
