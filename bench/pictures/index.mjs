/**
 * How `findDigits` and a network read pictures of MNIST's test digits: sheets as a camera might see them, a row
 * for each condition.
 *
 *   WASMLP_DATA_DIR=DIR node bench/pictures/index.mjs MODEL [--sheets 10] [--only WORDS] [--out DIR]
 *
 * MODEL is saved by, say, `wasmlp train --recipe simard --epochs 12 --seed 1 --out MODEL`. Counted are the sheets
 * with the right number of digits, the sheets read without a mistake, lines and all, and the digits found in
 * their places and read right. With --out the pictures are written there, so that somebody can look at them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encode } from "fast-png";
import { DataError, findDigits } from "../../build/index.js";
import { loadMnistTest, loadModel } from "../../build/node/index.js";
import { blockDigit } from "./blockDigits.mjs";
import { BLOCKS, CONDITIONS } from "./conditions.mjs";
import { photograph } from "./photograph.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sheets: { type: "string", default: "10" },
    only: { type: "string", default: "" },
    out: { type: "string" },
  },
});
const sheets = Number(values.sheets);
/** Pictures of a single digit are as many times as numerous. */
const DIGITS_FOR_SHEET = 4;
const mnist = await loadMnistTest();
const model = await loadModel(positionals[0], { threads: 1, simd: "plain" });

/** @param {Uint8Array} pixels */
function read(pixels) {
  const outputs = model.predict(pixels);
  return outputs.indexOf(Math.max(...outputs));
}

/** Digits, or none where the picture is refused. */
function find(picture) {
  try {
    return findDigits(picture).digits;
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

/** Read right where it stands. */
function isRight({ label, x, y, height }, digits) {
  return digits.some(
    (digit) =>
      x >= digit.left &&
      x < digit.left + digit.width &&
      y >= digit.top &&
      y < digit.top + digit.height &&
      digit.height > 0.6 * height &&
      digit.height < 1.6 * height &&
      read(digit.pixels) === label,
  );
}

const textOf = (digits, nameOf) =>
  digits.map((digit) => `${digit.line}:${nameOf(digit)}`).join(" ");

const total = { sheets: 0, counted: 0, faultless: 0, digits: 0, right: 0 };

function report(name, pictures) {
  const sum = { sheets: 0, counted: 0, faultless: 0, digits: 0, right: 0 };
  let seconds = 0;
  pictures.forEach(({ picture, truths }, index) => {
    const start = performance.now();
    const digits = find(picture);
    seconds += (performance.now() - start) / 1000;
    const text = textOf(digits, ({ pixels }) => read(pixels));
    sum.sheets++;
    sum.digits += truths.length;
    if (digits.length === truths.length) sum.counted++;
    if (text === textOf(truths, ({ label }) => label)) sum.faultless++;
    sum.right += truths.filter((truth) => isRight(truth, digits)).length;
    if (values.out) {
      const file = `${name} ${index}.png`.replaceAll(/[^a-z0-9.]+/gi, "-");
      const { width, height, pixels } = picture;
      const png = encode({ width, height, data: pixels, channels: 1, depth: 8 });
      writeFileSync(join(values.out, file), png);
    }
  });
  for (const key of Object.keys(total)) total[key] += sum[key];
  print(name, sum, `${((1000 * seconds) / pictures.length).toFixed(0)} ms`);
}

function print(name, { sheets, counted, faultless, digits, right }, time) {
  console.log(
    `| ${name.padEnd(32)} | ${counted}/${sheets} | ${faultless}/${sheets} | ${right}/${digits} | ${time} |`,
  );
}

if (values.out) mkdirSync(values.out, { recursive: true });
console.log("| condition | right number | without a mistake | digits right | a sheet |");
console.log("| --- | --- | --- | --- | --- |");
for (const [name, scene] of Object.entries(CONDITIONS)) {
  if (!name.includes(values.only)) continue;
  const pictures = [];
  for (let sheet = 0; sheet < sheets * (scene.perLine === 1 ? DIGITS_FOR_SHEET : 1); sheet++) {
    pictures.push(await photograph(scene, mnist, sheet + 1));
  }
  report(name, pictures);
}
for (const [name, { margin }] of Object.entries(BLOCKS)) {
  if (!name.includes(values.only)) continue;
  const looks = [
    { paper: 235, ink: 20 },
    { paper: 20, ink: 235 },
  ];
  const side = 32;
  report(
    name,
    looks.flatMap((look) =>
      Array.from({ length: 10 }, (_, label) =>
        blockDigit(label, { side, margin: margin * side, ...look }),
      ),
    ),
  );
}
print("all", total, "");
