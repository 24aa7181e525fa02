import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { encodeNpy } from "../../src/data/arrays/npy.js";
import { writeZip } from "../../src/data/arrays/writeZip.js";
import {
  type ArraySamples,
  DataError,
  FileError,
  type NumericArray,
  OptionError,
} from "../../src/index.js";
import {
  holdsArrays,
  readSamples,
  readTestFiles,
  requireTargets,
  writeNpz,
} from "../../src/node/index.js";
import { idx } from "../support/idx.js";
import { numpyFile } from "../support/numpyFiles.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

function numbers(name: string, ...shape: number[]): NumericArray {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, dtype: "float32", values: new Float32Array(count).fill(1) };
}

async function npz(...arrays: NumericArray[]): Promise<string> {
  const path = join(await temporaryDirectory(), "a.npz");
  await writeNpz(path, arrays);
  return path;
}

const namesOf = ({ inputs, targets }: ArraySamples) => [inputs.name, targets?.name];

test("the layout of Keras: a part to train on, one to test on", async () => {
  const path = await npz(
    numbers("x_test", 2, 3),
    numbers("x_train", 4, 3),
    numbers("y_train", 4),
    numbers("y_test", 2),
  );
  const { training, test } = await readSamples(path);
  expect(namesOf(training)).toEqual(["x_train", "y_train"]);
  expect(test && namesOf(test)).toEqual(["x_test", "y_test"]);
  expect([training.place, test?.place]).toEqual([path, `${path} (x_test)`]);
});

test("arrays of any name, when it is told; the usual ones where they are there", async () => {
  const path = await npz(numbers("a", 4, 3), numbers("b", 4), numbers("X", 4, 3), numbers("y", 4));
  expect(namesOf((await readSamples(path)).training)).toEqual(["X", "y"]);
  const told = await readSamples(path, { inputs: "a", target: "b" });
  expect(namesOf(told.training)).toEqual(["a", "b"]);
  const usual = await readSamples(path, { usual: { inputs: "a", target: "c" } });
  expect(namesOf(usual.training)).toEqual(["a", undefined]);
});

test("texts are targets, within an archive and in a file beside, but no inputs", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "a.npz");
  await writeFile(path, numpyFile("savezTexts"));
  const { training, test } = await readSamples(path);
  expect(training).toMatchObject({
    inputs: { name: "X" },
    targets: { name: "y", texts: ["no", "yes", "maybe"] },
  });
  expect(test).toBeUndefined();
  const named = await readSamples(path, { target: "names" });
  expect(named.training.targets).toMatchObject({ texts: ["u", "v"] });
  expect(() => requireTargets(named.training)).toThrow('"names" has 2 rows, expected 6');
  const usual = await readSamples(path, { usual: { target: "names" } });
  expect(usual.training.targets?.name).toBe("names");
  await expect(readSamples(path, { inputs: "y" })).rejects.toThrow(
    new DataError(`${path}: "y" holds texts, expected numbers as inputs`),
  );
  await expect(readSamples(path, { target: "z" })).rejects.toThrow(
    `${path}: --target names "z", expected one of its arrays ("X" (6 × 2), "y" (texts), "names" (texts)) or a file`,
  );

  const X = join(directory, "X.npy");
  await writeFile(X, encodeNpy(numbers("", 4, 2)));
  await writeFile(join(directory, "y.npy"), numpyFile("<U"));
  expect((await readSamples(X)).training.targets).toMatchObject({ name: "y", shape: [4] });
  const y = join(directory, "y.npy");
  await expect(readSamples(y)).rejects.toThrow(`${y}: holds "y" (texts), expected one such as "X"`);
  await writeFile(y, numpyFile("<U").subarray(0, -1));
  await expect(readSamples(X)).rejects.toThrow(/y\.npy: the length of its data is 111 bytes/);
});

test("of a file of targets, the array that is called so, of numbers before texts", async () => {
  const X = await npz(numbers("X", 6, 2));
  const target = join(await temporaryDirectory(), "labels.npz");
  const targetsOf = async () => (await readSamples(X, { target })).training.targets;
  await writeFile(target, numpyFile("savezTexts"));
  expect((await targetsOf())?.name).toBe("y");
  const classes = numpyFile("S");
  const labels = encodeNpy(numbers("", 6));
  await writeFile(
    target,
    await writeZip([
      { name: "labels.npy", bytes: labels },
      { name: "classes.npy", bytes: classes },
    ]),
  );
  expect((await targetsOf())?.name).toBe("labels");
  await writeFile(
    target,
    await writeZip([
      { name: "a.npy", bytes: labels },
      { name: "b.npy", bytes: classes },
    ]),
  );
  expect((await targetsOf())?.name).toBe("a");
});

test("files beside it: the targets, and what is to be tested on", async () => {
  const directory = await temporaryDirectory();
  const write = (name: string, bytes: Uint8Array) => writeFile(join(directory, name), bytes);
  await write("train-images-idx3-ubyte.gz", gzipSync(idx({ dimensions: [3, 2, 5] })));
  await write("train-labels-idx1-ubyte", idx({ dimensions: [3] }));
  await write("t10k-images-idx3-ubyte", idx({ dimensions: [2, 2, 5] }));
  await write("t10k-labels-idx1-ubyte.gz", gzipSync(idx({ dimensions: [2] })));
  const path = join(directory, "train-images-idx3-ubyte.gz");
  const { training, test } = await readSamples(path);
  expect(training.inputs).toMatchObject({ shape: [3, 2, 5], dtype: "uint8" });
  expect(training.targets).toMatchObject({ name: "train-labels-idx1-ubyte", shape: [3] });
  expect(test).toBeUndefined();
  expect((await readTestFiles(path))?.inputs.shape).toEqual([2, 2, 5]);

  await write("X.npy", encodeNpy(numbers("", 4, 3)));
  await write("y.npy", encodeNpy(numbers("", 4)));
  await write("other.npy", encodeNpy(numbers("", 4)));
  const X = join(directory, "X.npy");
  expect(namesOf((await readSamples(X)).training)).toEqual(["X", "y"]);
  const other = await readSamples(X, { target: join(directory, "other.npy") });
  expect(namesOf(other.training)).toEqual(["X", "other"]);
  expect(await readTestFiles(X)).toBeUndefined();
});

test("what holds arrays is told by its first bytes", () => {
  expect(holdsArrays(idx({ dimensions: [3] }))).toBe(true);
  expect(holdsArrays(numpyFile("<f4"))).toBe(true);
  expect(holdsArrays(numpyFile("savez").subarray(0, 100))).toBe(true);
  expect(holdsArrays(Buffer.from("a,b\n1,2\n"))).toBe(false);
  expect(holdsArrays(new Uint8Array())).toBe(false);
});

test("arrays that cannot be read are told where they would have been taken, or why nothing is", async () => {
  const path = join(await temporaryDirectory(), "a.npz");
  /** @param complex names of arrays, which NumPy would call complex */
  const write = async (names: readonly string[], complex: readonly string[]) => {
    const entries = [...names, ...complex].map((name) => {
      const text = Buffer.from(encodeNpy(numbers(name, 4))).toString("latin1");
      const told = complex.includes(name) ? text.replace(/'<f\d'/, "'<c8'") : text;
      return { name: `${name}.npy`, bytes: Buffer.from(told, "latin1") };
    });
    await writeFile(path, await writeZip(entries));
  };
  const because = (name: string) =>
    `array "${name}": its dtype is "<c8", complex numbers, expected`;
  for (const [names, complex] of [
    [["y"], ["X"]],
    [["y_train", "x_test", "y_test"], ["x_train"]],
    [["x_test"], ["x_train"]],
    [["y", "z"], ["X"]],
  ]) {
    await write(names, complex);
    await expect(readSamples(path)).rejects.toThrow(`${path}: ${because(complex[0])}`);
  }
  for (const [names, complex] of [
    [["X", "y"], ["feature_names"]],
    [["foo"], ["feature_names"]],
    [["x_test"], ["image_names_train"]],
  ]) {
    await write(names, complex);
    expect((await readSamples(path)).training.inputs.name).toBe(names[0]);
  }
  await write(["a", "b"], ["c"]);
  await expect(readSamples(path)).rejects.toThrow(
    `or --inputs with its name; passed over: ${because("c")}`,
  );
  await write(["X"], ["c"]);
  const { training } = await readSamples(path);
  expect(() => requireTargets(training)).toThrow(`or --target; passed over: ${because("c")}`);
  await write(["X"], ["c", "d", "e", "f"]);
  const { passedOver } = (await readSamples(path)).training;
  expect(passedOver.match(/complex/g)).toHaveLength(3);
  expect(passedOver).toMatch(/bits …$/);
});

test("refused in a sentence", async () => {
  const path = await npz(numbers("a", 4, 3), numbers("b", 4));
  const refusals = [
    [
      () => readSamples(path),
      DataError,
      'holds "a" (4 × 3), "b" (4), expected one such as "X" or "x_train"',
    ],
    [
      () => readSamples(path, { inputs: "c" }),
      OptionError,
      '--inputs names "c", expected one of "a" (4 × 3)',
    ],
    [
      () => readSamples(path, { inputs: "a", target: "c.npy" }),
      OptionError,
      '--target names "c.npy", expected one of its arrays ("a" (4 × 3), "b" (4)) or a file',
    ],
    [() => readSamples(`${path}.gz`), FileError, "does not exist"],
  ] as const;
  for (const [read, kind, message] of refusals) {
    await expect(read()).rejects.toThrow(kind);
    await expect(read()).rejects.toThrow(message);
  }
  const alone = (await readSamples(path, { inputs: "a" })).training;
  expect(() => requireTargets(alone)).toThrow(
    `${path}: holds nothing to predict beside "a", expected`,
  );
  const objects = join(await temporaryDirectory(), "y.npy");
  await writeFile(objects, numpyFile("object"));
  await expect(readSamples(objects)).rejects.toThrow(/Python objects, pickled/);
});
