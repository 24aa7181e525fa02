/** `train`, `evaluate` and `doctor data` on tables. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { parseLines, wasmlp } from "./commandLine.js";

const FLOWERS = `length,colour,species\n${Array.from({ length: 60 }, (_, row) => {
  const kind = row % 3;
  return `${10 * kind + (row % 5)},${["red", "blue", "red"][kind]},${["rose", "iris", "lily"][kind]}\n`;
}).join("")}`;
/** price = 1000 · size + 500, rent = size − 3 */
const HOUSES = `id;size;price;rent\n${Array.from({ length: 60 }, (_, row) => {
  const size = row / 2 + 0.25;
  return `h${row};${size};${1000 * size + 500};${size - 3}\n`;
}).join("")}`;

async function files(contents: Readonly<Record<string, string>>): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [name, text] of Object.entries(contents)) await writeFile(join(directory, name), text);
  return directory;
}

test("classes: what is inferred is said, and the saved model takes raw tables", async () => {
  const directory = await files({ "flowers.csv": FLOWERS });
  const [data, out] = [join(directory, "flowers.csv"), join(directory, "m.safetensors")];
  const trained = await wasmlp("train", "--data", data, "--seed", "1", "--out", out);
  expect(trained).toMatchObject({ exitCode: 0 });
  expect(trained.stderr).toBe(
    `${data}: 60 rows, a header; classification of "species", 3 classes; inputs: 1 column of numbers, standardised, 1 of categories.\n`,
  );
  expect(trained.stdout).toContain(`Test accuracy  100 %  12 of 12, ${data} (held out)`);
  expect(trained.stdout).toContain(`evaluate ${out} --data ${data}`);
  const evaluated = await wasmlp("evaluate", out, "--data", data, "--json");
  expect(parseLines(evaluated.stdout)[0]).toMatchObject({
    data: `${data} (held out)`,
    samples: 12,
    accuracy: 1,
  });
  expect(evaluated.stderr).toBe(
    `${data}: the model was trained on 48 of these 60 rows; it is tested on the 12 that were held out.\n`,
  );
  const alone = await wasmlp("evaluate", out);
  expect([alone.exitCode, alone.stdout]).toEqual([2, ""]);
  expect(alone.stderr).toContain("the model was trained on a table, expected --data FILE");
});

test("values: loss while it trains, R², RMSE and MAE in the end, in JSON too", async () => {
  const directory = await files({ "houses.csv": HOUSES, "more.csv": HOUSES });
  const [data, out] = [join(directory, "houses.csv"), join(directory, "m.safetensors")];
  const flags = ["--target", "price,rent", "--ignore", "id", "--seed", "1", "--epochs", "200"];
  const { stdout } = await wasmlp("train", "--data", data, ...flags, "--out", out);
  expect(stdout).toMatch(/^epoch {2}99\/200 {2}loss \d\.\d{4} {2}test loss \d\.\d{4} {2}/m);
  expect(stdout).toMatch(/^R² of price {4}(?:1|0\.99)\.?\d*, RMSE \d+\.?\d*, MAE .* 12 rows, /m);
  expect(stdout).not.toContain("accuracy");
  const tested = await wasmlp(
    ...["train", "--data", data, "--test-data", join(directory, "more.csv"), ...flags, "--json"],
  );
  const end = parseLines(tested.stdout).at(-1);
  expect(end).toMatchObject({ event: "end", testSamples: 60 });
  expect(end).not.toHaveProperty("testAccuracy");
  const evaluated = await wasmlp("evaluate", out, "--data", data, "--json");
  const [{ values }] = parseLines(evaluated.stdout);
  expect(values).toMatchObject([{ name: "price" }, { name: "rent" }]);
  for (const { determination } of values as { determination: number }[]) {
    expect(determination).toBeGreaterThan(0.99);
  }
  const shown = await wasmlp("evaluate", out, "--data", data);
  expect(shown.stdout).toMatch(/^R² of price .*\nR² of rent .*\nLoss {9}/);
});

test("a table with decimal commas trains to the same weights as one with points, and asks where it is in doubt", async () => {
  const comma = HOUSES.replaceAll(".", ",");
  const directory = await files({
    "point.csv": HOUSES,
    "comma.csv": comma,
    "tab.csv": comma.replaceAll(";", "\t").replace(/\d+,\d+/g, "1,234"),
  });
  const flags = ["--target", "rent", "--ignore", "id", "--seed", "1", "--epochs", "2"];
  const losses: unknown[] = [];
  for (const name of ["point.csv", "comma.csv"]) {
    const out = join(directory, `${name}.safetensors`);
    const data = join(directory, name);
    const trained = await wasmlp("train", "--data", data, ...flags, "--out", out);
    expect(trained.stderr).toContain(
      name === "comma.csv" ? "a header, decimal commas;" : "a header;",
    );
    const { stdout } = await wasmlp(
      "evaluate",
      out,
      "--data",
      join(directory, "comma.csv"),
      "--json",
    );
    losses.push(parseLines(stdout)[0].loss);
  }
  expect(losses[0]).toBeTypeOf("number");
  expect(losses[0]).toBe(losses[1]);
  const tab = join(directory, "tab.csv");
  const refused = await wasmlp("train", "--data", tab, ...flags);
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    `error: ${tab}: line 2, column 2 ("size"): found "1,234", expected no digit groups where that is 1234, --decimal comma where it is 1.234, --ignore for the column, or --categories where its numbers are names\n`,
  ]);
  const told = await wasmlp("train", "--data", tab, ...flags, "--decimal", "comma");
  expect(told.exitCode).toBe(0);
});

test("what commas are is known to the model, and may be told to commands that take it", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => `${row},${row % 7}5\t${row % 2}\n`);
  const directory = await files({
    "clear.tsv": `x\ty\n${rows.join("")}`,
    "doubtful.tsv": "x\ty\n1,125\t0\n2,250\t1\n",
    "point.tsv": "x\ty\n1.125\t0\n2.250\t1\n",
  });
  const at = (name: string) => join(directory, name);
  const out = at("m.safetensors");
  const trained = await wasmlp(
    ...["train", "--data", at("clear.tsv"), "--epochs", "1", "--seed", "1", "--out", out],
  );
  expect(trained.stderr).toContain("decimal commas");
  for (const command of ["predict", "evaluate"]) {
    const known = await wasmlp(command, out, "--data", at("doubtful.tsv"), "--json");
    expect(known).toMatchObject({ exitCode: 0, stderr: "" });
    const refused = await wasmlp(command, out, "--data", at("point.tsv"), "--json");
    expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain(
      'found "1.125", expected a decimal comma as in training, or --decimal point',
    );
    const told = await wasmlp(
      ...[command, out, "--data", at("point.tsv"), "--decimal", "point", "--json"],
    );
    expect(told).toMatchObject({ exitCode: 0, stderr: "" });
    expect(told.stdout.replace("point", "doubtful")).toBe(known.stdout);
  }
  const pictures = await wasmlp("predict", out, "seven.png", "--decimal", "comma");
  expect(pictures.stderr).toContain("--decimal was given, expected --data FILE too");
  const digits = await wasmlp("evaluate", out, "--data", "digits", "--decimal", "comma");
  expect(digits.stderr).toContain("--decimal was given, expected --data FILE with a table too");
});

test("a header with numbers in it is said, and models expect what they were trained on", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => `${row % 5},${row},${"xy"[row % 2]}\n`);
  const directory = await files({
    "years.csv": `id,2023,kind\n${rows.join("")}`,
    "texts.csv": Array.from({ length: 30 }, (_, row) => `${"ab"[row % 2]},${"xy"[row % 2]}\n`).join(
      "",
    ),
    "one.csv": "2023,id\n7,1\n",
    "row.csv": "a,y\n",
  });
  const [flags, at] = [["--epochs", "1", "--seed", "1"], (name: string) => join(directory, name)];
  const out = at("m.safetensors");
  const trained = await wasmlp("train", "--data", at("years.csv"), ...flags, "--out", out);
  expect(trained.stderr).toContain(
    "30 rows, a header with the number 2023 (--header no if that is a row); ",
  );
  const predicted = await wasmlp("predict", out, "--data", at("one.csv"));
  expect(predicted.stdout).toMatch(/^kind,probability\n[xy],/);
  const told = await wasmlp("train", "--data", at("years.csv"), "--header", "yes", ...flags);
  expect(told.stderr).toContain("30 rows, a header; ");
  const bare = await wasmlp("train", "--data", at("texts.csv"), ...flags, "--out", out);
  expect(bare.stderr).toContain("30 rows, no header; ");
  const row = await wasmlp("predict", out, "--data", at("row.csv"));
  expect(row.stdout).toMatch(/^column 2,probability\n[xy],/);
});

test("what has no name and counts the rows, or is empty, is said to be left out", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => `${row},${row % 5},${row % 2},\n`);
  const directory = await files({ "index.csv": `,x,y,\n${rows.join("")}`, "new.csv": "x\n3\n" });
  const [data, out] = [join(directory, "index.csv"), join(directory, "m.safetensors")];
  const trained = await wasmlp(
    ...["train", "--data", data, "--epochs", "1", "--seed", "1", "--out", out],
  );
  expect(trained.stderr).toBe(
    `${data}: 30 rows, a header; classification of "y", 2 classes; inputs: 1 column of numbers, standardised, 0 of categories. Left out, as they have no name and are empty or number the rows: "column 1", "column 4".\n`,
  );
  const predicted = await wasmlp("predict", out, "--data", join(directory, "new.csv"));
  expect(predicted.stdout).toMatch(/^y,probability\n[01],/);
});

test("columns in which most rows have a text of their own are named, unless they are told to be categories", async () => {
  const rows = Array.from({ length: 50 }, (_, row) => `$${row}.50,k${row % 22},${row % 2}\n`);
  const data = join(await files({ "a.csv": `price,k,y\n${rows.join("")}` }), "a.csv");
  const flags = ["--epochs", "1", "--seed", "1"];
  const { stderr } = await wasmlp("train", "--data", data, ...flags);
  expect(stderr).toContain(
    ' Most rows have a text of their own, which is an input of its own, in "price" ("$0.50" …): --ignore leaves columns out.\n',
  );
  for (const column of ["price", "1"]) {
    const told = await wasmlp("train", "--data", data, "--categories", column, ...flags);
    expect(told.stderr).toMatch(/ 2 of categories\.\n$/);
  }
});

test("a column that numbers the rows is told to be one", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => `${row + 1},${row % 5},${row % 2}\n`);
  const data = join(await files({ "a.csv": `id,x,y\n${rows.join("")}` }), "a.csv");
  const flags = ["--epochs", "1", "--seed", "1"];
  const { stderr } = await wasmlp("train", "--data", data, ...flags);
  expect(stderr).toContain(' The rows are numbered by "id": --ignore leaves columns out.\n');
  const ignored = await wasmlp("train", "--data", data, "--ignore", "id", ...flags);
  expect(ignored.stderr).toContain("0 of categories.\n");
});

test("numbers that begin with zeros are told to be taken for values", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => `0${row + 1000},0.5,0,${row % 2}\n`);
  const data = join(await files({ "a.csv": `code,x,z,y\n${rows.join("")}` }), "a.csv");
  const flags = ["--epochs", "1", "--seed", "1"];
  const { stderr } = await wasmlp("train", "--data", data, ...flags);
  expect(stderr).toContain(
    ' Numbers begin with zeros in "code" ("01000"): --categories takes them for names.\n',
  );
  const told = await wasmlp("train", "--data", data, "--categories", "code", ...flags);
  expect(told.stderr).toContain("1 of categories.\n");
});

test("a table of a single column is told to be one", async () => {
  const data = join(await files({ "one.csv": "x|y\n1|2\n3|4\n" }), "one.csv");
  const { exitCode, stderr } = await wasmlp("train", "--data", data);
  expect([exitCode, stderr]).toEqual([
    1,
    `error: ${data}: has a single column, "x|y", expected inputs and a target, separated by commas, semicolons or tabs\n`,
  ]);
});

test("one bad cell in a column of numbers is refused where it stands, and --categories lets it be", async () => {
  const rows = Array.from(
    { length: 60 },
    (_, row) => `${row === 7 ? "unknown" : row / 2},1,${row % 2}\n`,
  );
  const codes = Array.from({ length: 60 }, (_, row) => `${row === 7 ? "B" : row % 5},${row % 2}\n`);
  const directory = await files({
    "bad.csv": `a,b,y\n${rows.join("")}`,
    "codes.csv": `a,y\n${codes.join("")}`,
  });
  const data = join(directory, "bad.csv");
  for (const command of [["train"], ["doctor", "data"]]) {
    const refused = await wasmlp(...command, "--data", data);
    expect([refused.exitCode, refused.stdout, refused.stderr]).toEqual([
      1,
      "",
      `error: ${data}: line 9, column 1 ("a"): found "unknown", expected a number as most cells of the column hold, --ignore for the column, or --categories where its numbers are names\n`,
    ]);
  }
  const out = join(directory, "m.safetensors");
  const flags = ["--epochs", "1", "--seed", "1"];
  const told = await wasmlp(
    ...["train", "--data", data, "--categories", "a", ...flags, "--out", out],
  );
  expect(told.stderr).toContain("1 column of numbers, standardised, 1 of categories.\n");
  const again = await wasmlp("evaluate", out, "--data", data, "--json");
  expect(parseLines(again.stdout)[0]).toMatchObject({ samples: 12 });
  const coded = await wasmlp("train", "--data", join(directory, "codes.csv"), ...flags);
  expect(coded.stderr).toContain(
    '1 of categories. "a" has texts beside numbers and is taken for names: "B" on line 9.\n',
  );
  const label = await wasmlp(
    ...["train", "--data", join(directory, "codes.csv"), "--target", "a", ...flags],
  );
  expect(label.stderr).toContain(
    '0 of categories. "a" has texts beside numbers and is taken for names: "B" on line 9.\n',
  );
});

test("labels that were written as floats are told to be values", async () => {
  const rows = Array.from({ length: 60 }, (_, row) => `${row / 2},${row % 3}.0\n`);
  const data = join(await files({ "a.csv": `a,y\n${rows.join("")}` }), "a.csv");
  const flags = ["--epochs", "1", "--seed", "1"];
  const values = await wasmlp("train", "--data", data, ...flags);
  expect(values.stderr).toContain('regression of "y" (--task classification tells classes); ');
  const told = await wasmlp("train", "--data", data, "--task", "regression", ...flags);
  expect(told.stderr).toContain('regression of "y"; inputs');
  const many = await wasmlp("train", "--data", data, "--target", "a", ...flags);
  expect(many.stderr).toContain('regression of "a"; inputs');
});

test("a configuration file says the same by the same names", async () => {
  const config = "target: species\nignore: [colour]\nepochs: 2\n";
  const directory = await files({ "flowers.csv": FLOWERS, "c.yaml": config });
  const data = join(directory, "flowers.csv");
  const { stderr } = await wasmlp("train", "--data", data, "--config", join(directory, "c.yaml"));
  expect(stderr).toContain("1 column of numbers, standardised, 0 of categories");
});

test("the doctor looks at a table as the network sees it", async () => {
  const directory = await files({ "flowers.csv": FLOWERS, "houses.csv": HOUSES });
  const data = join(directory, "flowers.csv");
  const { exitCode, stdout } = await wasmlp("doctor", "data", "--data", data, "--seed", "1");
  expect(stdout).toContain("3 classes, 16 to 16 samples each");
  expect(stdout).not.toContain("inputs-unscaled");
  // The rows are few and repeat themselves.
  expect(exitCode).toBe(3);
  const values = await wasmlp("doctor", "data", "--data", join(directory, "houses.csv"));
  expect([values.exitCode, values.stdout]).toEqual([2, ""]);
});

test.each([
  { name: "empty", text: "", exitCode: 1 },
  { name: "header only", text: "a,b\n", exitCode: 1 },
  { name: "one class only", text: `a,b\n${"1,x\n".repeat(10)}`, exitCode: 1 },
  { name: "ragged", text: "a,b\n1,x\n2\n", exitCode: 1 },
  { name: "binary", text: "\u0000\u0001PK", exitCode: 1 },
  { name: "too few rows", text: "a,b\n1,x\n2,y\n", exitCode: 2 },
])("refused in a sentence: $name", async ({ text, exitCode }) => {
  const data = join(await files({ "a.csv": text }), "a.csv");
  const refused = await wasmlp("train", "--data", data);
  expect([refused.exitCode, refused.stdout]).toEqual([exitCode, ""]);
  expect(refused.stderr).toMatch(/^error: [^\n]*a\.csv: [^\n]+, expected [^\n]+\n$/);
});

test("what is said of tables only is refused without one", async () => {
  const { exitCode, stderr } = await wasmlp("train", "--data", "digits", "--target", "x");
  expect([exitCode, stderr]).toEqual([
    2,
    "error: --target was given, expected --data FILE with a table or arrays too\n",
  ]);
});

test("of the table that a model was trained on, the rows that were held out are its test, whatever the file is called", async () => {
  // Every row has a noise of its own, which the figures of other rows would not reproduce.
  const lines = Array.from({ length: 40 }, (_, row) => `${row},${(row * row * 7) % 31}.5\n`);
  const [head, body] = ["x,y\n", lines.join("")];
  const directory = await files({
    "all.csv": head + body,
    "copy.csv": head + body,
    "more.csv": `${head}${body}40,1.5\n`,
  });
  const at = (name: string) => join(directory, name);
  const [out, other] = [at("m.safetensors"), at("other.safetensors")];
  const flags = ["--seed", "3", "--epochs", "2"];
  const trained = await wasmlp("train", "--data", at("all.csv"), ...flags, "--out", out, "--json");
  const { testValues } = parseLines(trained.stdout).at(-1) as { testValues: unknown };
  const copy = await wasmlp("evaluate", out, "--data", at("copy.csv"), "--json");
  expect(parseLines(copy.stdout)[0]).toMatchObject({ samples: 8, values: testValues });
  const more = await wasmlp("evaluate", out, "--data", at("more.csv"), "--json");
  expect(more.stderr).toBe("");
  expect(parseLines(more.stdout)[0]).toMatchObject({ data: at("more.csv"), samples: 41 });
  const tested = ["--test-data", at("more.csv"), ...flags, "--out", other];
  await wasmlp("train", "--data", at("all.csv"), ...tested);
  const known = await wasmlp("evaluate", other, "--data", at("all.csv"), "--json");
  expect(known.stderr).toContain("all.csv: the model was trained on these rows, so that this says");
  expect(parseLines(known.stdout)[0]).toMatchObject({ samples: 40 });
  // What a model remembers of its table is no setting.
  const again = await wasmlp("train", "--data", at("all.csv"), "--config", out, "--quiet");
  expect(again.exitCode).toBe(0);
});

test("mistakes among rows that were held out are numbered as in the table", async () => {
  // Nothing tells the classes apart, so that there are mistakes.
  const lines = Array.from(
    { length: 60 },
    (_, row) => `${row},${"ab"[((row * row * 7) % 3) % 2]}\n`,
  );
  const directory = await files({ "all.csv": `x,kind\n${lines.join("")}` });
  const [data, out] = [join(directory, "all.csv"), join(directory, "m.safetensors")];
  await wasmlp("train", "--data", data, "--seed", "3", "--epochs", "1", "--out", out);
  const { stdout } = await wasmlp("evaluate", out, "--data", data, "--json");
  const [{ samples, mistakes }] = parseLines(stdout) as {
    samples: number;
    mistakes: { sample: number; is: string }[];
  }[];
  expect(samples).toBe(12);
  expect(mistakes.some(({ sample }) => sample >= samples)).toBe(true);
  for (const { sample, is } of mistakes) expect(lines[sample]).toBe(`${sample},${is}\n`);
});

test("categories that a model takes for missing ones are named, with their rows and line", async () => {
  const directory = await files({
    "flowers.csv": FLOWERS,
    "new.csv":
      "length,colour,species\n1,green,rose\n2,,rose\n3,red,iris\n4,green,iris\n5,a\u001b,lily\n",
  });
  const at = (name: string) => join(directory, name);
  const out = at("m.safetensors");
  const note = `${at("new.csv")}: not known from training, and taken for missing: "green" in 2 rows of "colour", first on line 2; "a\\u001b" in 1 row of "colour", first on line 6.\n`;
  const flags = ["--missing", "mean", "--epochs", "1", "--seed", "1", "--test-data", at("new.csv")];
  const trained = await wasmlp("train", "--data", at("flowers.csv"), ...flags, "--out", out);
  expect(trained.stderr).toContain(note);
  for (const command of ["predict", "evaluate"]) {
    const { exitCode, stderr } = await wasmlp(command, out, "--data", at("new.csv"), "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: note });
  }
});
