/** Draws sheets of handwritten digits as a camera might see them: paper, lines, desk, light, noise. */
import jpeg from "jpeg-js";
import { decodePicture } from "../../build/node/index.js";

const SIDE = 28;

/**
 * @typedef {{ width: number, height: number, pixels: Uint8Array }} Picture
 * @typedef {{ label: number, x: number, y: number, width: number, height: number, line: number }} Truth a digit's middle and size, pixels
 * @typedef {object} Scene
 * @property {number} [lines] of writing
 * @property {number} [perLine] digits
 * @property {number} [size] pixels that the side of an MNIST image takes
 * @property {number} [pitch] of the digits, in sizes
 * @property {number} [marginShare] around the writing, in sizes
 * @property {readonly number[]} [labels] that the digits have; any without
 * @property {boolean} [blank]
 * @property {number} [pen] 0: as in MNIST; above thicker, below thinner
 * @property {number} [paper] level, 0 … 255
 * @property {number} [ink] level
 * @property {number} [desk] level; none without
 * @property {number} [deskMargin] pixels of desk around the sheet
 * @property {number} [grain] of the desk, levels
 * @property {number} [turn] of the sheet, degrees
 * @property {number} [ruled] distance of the lines; none without
 * @property {boolean} [squared]
 * @property {number} [slant] of the lines, degrees
 * @property {number} [rule] level of the lines
 * @property {number} [gradient] of the light, from side to side, a part of it
 * @property {number} [shadow] a part of the light that half of the picture lacks
 * @property {number} [shadowEdge] pixels over which it sets in
 * @property {"thumb" | "sheet"} [cover] what lies over a corner of the sheet
 * @property {boolean} [strokeFromBorder]
 * @property {boolean} [cropped] to the digits
 * @property {number} [noise] standard deviation, levels
 * @property {number} [blur] passes of 1 2 1
 * @property {number} [jpeg] quality
 */

/** @type {Required<Omit<Scene, "labels" | "desk" | "ruled" | "cover" | "jpeg">>} */
const PLAIN = {
  lines: 3,
  perLine: 4,
  size: 110,
  pitch: 1.25,
  marginShare: 0.5,
  blank: false,
  pen: 0,
  paper: 225,
  ink: 40,
  deskMargin: 90,
  grain: 0,
  turn: 0,
  squared: false,
  slant: 0,
  rule: 150,
  gradient: 0,
  shadow: 0,
  shadowEdge: 40,
  strokeFromBorder: false,
  cropped: false,
  noise: 0,
  blur: 1,
};

/** Numbers in 0 … 1, the same for the same seed (Marsaglia's xorshift32). @param {number} seed */
export function randomNumbers(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * @param {Scene} scene
 * @param {import("../../build/index.js").Dataset} mnist
 * @param {number} seed
 * @returns {Promise<{ picture: Picture, truths: Truth[] }>}
 */
export async function photograph(scene, mnist, seed) {
  const of = { ...PLAIN, ...scene };
  const random = randomNumbers(seed);
  const sheet = write(of, mnist, random);
  const { truths, ...seen } = look(of, sheet, random);
  const picture = await expose(of, seen.picture, random);
  return of.cropped ? crop(picture, truths) : { picture, truths };
}

/** Coverage with ink, 0 … 1, of the sheet. */
function write(of, mnist, random) {
  const cell = Math.round(of.size * of.pitch);
  const margin = Math.round(of.size * of.marginShare);
  const width = cell * of.perLine + 2 * margin;
  const height = Math.max(of.size, cell * of.lines) + 2 * margin;
  const coverage = new Float32Array(width * height);
  const truths = [];
  for (let line = 0; line < of.lines; line++) {
    for (let place = 0; place < of.perLine && !of.blank; place++) {
      const sample = choose(of.labels, mnist, random);
      const size = of.size * (0.9 + 0.2 * random());
      const x = margin + (place + 0.5) * cell + (random() - 0.5) * 0.08 * cell;
      const y = margin + (line + 0.5) * cell + (random() - 0.5) * 0.08 * cell;
      const extent = draw(coverage, width, mnist, sample, { x, y, size, pen: of.pen });
      truths.push({ label: mnist.targets.labels[sample], line, ...extent });
    }
  }
  return { width, height, coverage, truths };
}

function choose(labels, mnist, random) {
  for (;;) {
    const sample = Math.floor(random() * mnist.samples);
    if (!labels || labels.includes(mnist.targets.labels[sample])) return sample;
  }
}

/** Bilinear, then as sharp as a pen: coverage rises from 0 to 1 over a small part of MNIST's grey levels. */
function draw(coverage, sheetWidth, mnist, sample, { x, y, size, pen }) {
  const image = mnist.inputs.subarray(sample * SIDE * SIDE, (sample + 1) * SIDE * SIDE);
  const at = (column, row) =>
    column >= 0 && row >= 0 && column < SIDE && row < SIDE ? image[row * SIDE + column] / 255 : 0;
  const left = Math.round(x - size / 2);
  const top = Math.round(y - size / 2);
  const box = { left: Infinity, top: Infinity, right: 0, bottom: 0 };
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [u, v] = [((column + 0.5) / size) * SIDE - 0.5, ((row + 0.5) / size) * SIDE - 0.5];
      const [u0, v0] = [Math.floor(u), Math.floor(v)];
      const upper = (u0 + 1 - u) * at(u0, v0) + (u - u0) * at(u0 + 1, v0);
      const lower = (u0 + 1 - u) * at(u0, v0 + 1) + (u - u0) * at(u0 + 1, v0 + 1);
      const level = (v0 + 1 - v) * upper + (v - v0) * lower;
      const part = Math.max(0, Math.min(1, (level - 0.45 + 0.3 * pen) / 0.2 + 0.5));
      if (part === 0) continue;
      const place = (top + row) * sheetWidth + left + column;
      coverage[place] = Math.max(coverage[place], part);
      if (part < 0.5) continue;
      box.left = Math.min(box.left, left + column);
      box.right = Math.max(box.right, left + column);
      box.top = Math.min(box.top, top + row);
      box.bottom = Math.max(box.bottom, top + row);
    }
  }
  return {
    x: (box.left + box.right + 1) / 2,
    y: (box.top + box.bottom + 1) / 2,
    width: box.right - box.left + 1,
    height: box.bottom - box.top + 1,
  };
}

/** To the box around all digits. */
function crop({ width, pixels }, truths) {
  const least = (edgeOf) =>
    Math.round(truths.reduce((least, t) => Math.min(least, edgeOf(t)), Infinity));
  const left = least(({ x, width }) => x - width / 2);
  const top = least(({ y, height }) => y - height / 2);
  const right = -least(({ x, width }) => -x - width / 2);
  const bottom = -least(({ y, height }) => -y - height / 2);
  const rows = Array.from({ length: bottom - top }, (_, row) => {
    const start = (top + row) * width;
    return [...pixels.subarray(start + left, start + right)];
  });
  return {
    picture: { width: right - left, height: bottom - top, pixels: Uint8Array.from(rows.flat()) },
    truths: truths.map((truth) => ({ ...truth, x: truth.x - left, y: truth.y - top })),
  };
}

/** The levels that a camera sees, 0 … 255 and not yet whole. */
function look(of, sheet, random) {
  const angle = (of.turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const margin = of.desk === undefined ? 0 : of.deskMargin;
  const turned = Math.abs(sin) > 0 && of.desk !== undefined;
  const width = Math.round(
    (turned ? sheet.width * cos + sheet.height * Math.abs(sin) : sheet.width) + 2 * margin,
  );
  const height = Math.round(
    (turned ? sheet.height * cos + sheet.width * Math.abs(sin) : sheet.height) + 2 * margin,
  );
  const slope = Math.tan((of.slant * Math.PI) / 180);
  const phase = random() * (of.ruled ?? 0);
  const isLine = (at) =>
    of.ruled !== undefined && (((at + phase) % of.ruled) + of.ruled) % of.ruled < 2.2;
  const shadowAngle = random() * 2 * Math.PI;
  const [shadowX, shadowY] = [Math.cos(shadowAngle), Math.sin(shadowAngle)];
  const lightAngle = random() * 2 * Math.PI;
  const longer = Math.max(width, height);
  const levels = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const u = sheet.width / 2 + dx * cos + dy * sin;
      const v = sheet.height / 2 - dx * sin + dy * cos;
      const isOn = u >= 0 && v >= 0 && u < sheet.width && v < sheet.height;
      let level = of.paper;
      if (isOn || of.desk === undefined) {
        if (isLine(v - slope * u) || (of.squared && isLine(u + slope * v))) level = of.rule;
        level += (of.ink - level) * bilinear(sheet, u, v);
      } else {
        level = of.desk + of.grain * Math.sin(y / 6 + 2 * Math.sin(x / 90));
      }
      const fall = 0.5 + (dx * Math.cos(lightAngle) + dy * Math.sin(lightAngle)) / longer;
      const shade = 1 / (1 + Math.exp((-4 * (dx * shadowX + dy * shadowY)) / of.shadowEdge));
      levels[y * width + x] = level * (1 - of.gradient * fall) * (1 - of.shadow * shade);
    }
  }
  const picture = { width, height, levels };
  if (of.cover) cover(picture, of, margin, random);
  if (of.strokeFromBorder) strokeFromBorder(picture, of);
  const truths = sheet.truths.map(({ x, y, ...truth }) => {
    const [du, dv] = [x - sheet.width / 2, y - sheet.height / 2];
    return { ...truth, x: width / 2 + du * cos - dv * sin, y: height / 2 + du * sin + dv * cos };
  });
  return { picture, truths };
}

function bilinear({ width, height, coverage }, u, v) {
  const [u0, v0] = [Math.floor(u), Math.floor(v)];
  const at = (x, y) => (x >= 0 && y >= 0 && x < width && y < height ? coverage[y * width + x] : 0);
  const upper = (u0 + 1 - u) * at(u0, v0) + (u - u0) * at(u0 + 1, v0);
  const lower = (u0 + 1 - u) * at(u0, v0 + 1) + (u - u0) * at(u0 + 1, v0 + 1);
  return (v0 + 1 - v) * upper + (v - v0) * lower;
}

/** A corner of the sheet under a thumb, or under another sheet that is a little darker. */
function cover({ width, height, levels }, of, margin, random) {
  const right = random() < 0.5;
  const down = random() < 0.5;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromX = right ? width - 1 - x : x;
      const fromY = down ? height - 1 - y : y;
      const isThumb = Math.hypot(fromX - margin * 0.6, (fromY - margin * 0.6) * 0.8) < margin;
      const isSheet = fromX + 0.7 * fromY < 1.7 * margin + 30;
      if (of.cover === "thumb" && isThumb) levels[y * width + x] = 130;
      if (of.cover === "sheet" && isSheet) levels[y * width + x] = of.paper - 12;
    }
  }
}

/** A thin stroke that comes in at the upper border and ends at a tenth of the height. */
function strokeFromBorder({ width, height, levels }, of) {
  for (let y = 0; y < height / 8; y++) {
    const x = Math.round(width / 2 + y * 0.4);
    for (let at = x; at < x + 5; at++) levels[y * width + at] = of.ink;
  }
}

async function expose(of, { width, height, levels }, random) {
  let seen = levels;
  for (let pass = 0; pass < of.blur; pass++) seen = blurred(seen, width, height);
  const pixels = Uint8Array.from(seen, (level) => {
    const noise = of.noise ? of.noise * gaussian(random) : 0;
    return Math.max(0, Math.min(255, Math.round(level + noise)));
  });
  if (of.jpeg === undefined) return { width, height, pixels };
  const data = new Uint8Array(4 * pixels.length).fill(255);
  pixels.forEach((level, place) => {
    data.fill(level, 4 * place, 4 * place + 3);
  });
  return decodePicture(jpeg.encode({ width, height, data }, of.jpeg).data, "photograph");
}

function blurred(levels, width, height) {
  const across = levels.map((level, place) => {
    const column = place % width;
    const before = column > 0 ? levels[place - 1] : level;
    const after = column < width - 1 ? levels[place + 1] : level;
    return (before + 2 * level + after) / 4;
  });
  return across.map((level, place) => {
    const above = place >= width ? across[place - width] : level;
    const below = place < width * (height - 1) ? across[place + width] : level;
    return (above + 2 * level + below) / 4;
  });
}

/** Box and Muller. */
function gaussian(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
