/** The level of the paper at each pixel of a picture: even, or changing as light falls on it. */
import type { GreyImage } from "../digits/prepare.js";

/** Levels by which the edge may vary and the paper still be even: noise, compression. */
const EVEN = 4;
/** Deviations, of the median, beyond which a pixel of the edge is not paper. */
const OUTLIER = 3;
/** Each drops what the fit before has shown not to be paper. */
const FITS = 4;
/** Terms 1, x, y, x², xy, y². */
const TERMS = 6;
/** Fewer pixels to a side say nothing of how light falls. */
const LEAST_SIDE = 16;

interface EdgePixel {
  readonly terms: readonly number[];
  readonly level: number;
}

/**
 * The level of the paper by place: a surface of the second degree that fits the paper's edge, without the pixels
 * that differ from it as ink does. Where these hardly differ from each other it is their median everywhere.
 *
 * @param places of the edge, row · width + column: the picture's outermost, unless the paper is smaller
 */
export function paperOf(
  picture: GreyImage,
  places: readonly number[] = outermost(picture),
): (column: number, row: number) => number {
  const { width, height } = picture;
  const edge = places.map((place) => edgePixel(picture, place));
  const even = median(edge.map(({ level }) => level));
  let spread = median(edge.map(({ level }) => Math.abs(level - even)));
  if (spread <= EVEN || Math.min(width, height) < LEAST_SIDE) return () => even;
  let surface: readonly number[] = [even, 0, 0, 0, 0, 0];
  for (let fit = 0; fit < FITS; fit++) {
    const limit = OUTLIER * Math.max(spread, 1);
    const current = surface;
    const paper = edge.filter((pixel) => Math.abs(pixel.level - levelOf(current, pixel)) <= limit);
    const fitted = fitSurface(paper);
    if (!fitted) break;
    surface = fitted;
    spread = median(paper.map((pixel) => Math.abs(pixel.level - levelOf(fitted, pixel))));
  }
  const [one, x1, y1, xx, xy, yy] = surface;
  return (column, row) => {
    const x = positionIn(width, column);
    const y = positionIn(height, row);
    return one + x * (x1 + xx * x + xy * y) + y * (y1 + yy * y);
  };
}

/** From −1 to 1. */
function positionIn(size: number, place: number): number {
  return (2 * place) / (size - 1) - 1;
}

function edgePixel({ width, height, pixels }: GreyImage, place: number): EdgePixel {
  const column = place % width;
  const row = (place - column) / width;
  const x = width > 1 ? positionIn(width, column) : 0;
  const y = height > 1 ? positionIn(height, row) : 0;
  return { terms: [1, x, y, x * x, x * y, y * y], level: pixels[place] };
}

function outermost({ width, height }: GreyImage): number[] {
  const places: number[] = [];
  for (let column = 0; column < width; column++) places.push(column, (height - 1) * width + column);
  for (let row = 0; row < height; row++) places.push(row * width, (row + 1) * width - 1);
  return places;
}

/** The lower one of two in the middle. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[(sorted.length - 1) >> 1];
}

function levelOf(surface: readonly number[], { terms }: EdgePixel): number {
  return terms.reduce((sum, term, index) => sum + term * surface[index], 0);
}

/** Least squares, by elimination with pivots; undefined where the pixels do not determine a surface. */
function fitSurface(pixels: readonly EdgePixel[]): number[] | undefined {
  const rows = Array.from({ length: TERMS }, (_, row) =>
    Array.from({ length: TERMS + 1 }, (_, column) =>
      pixels.reduce(
        (sum, { terms, level }) => sum + terms[row] * (column < TERMS ? terms[column] : level),
        0,
      ),
    ),
  );
  for (let step = 0; step < TERMS; step++) {
    const below = rows.slice(step);
    const pivot = below.reduce((a, b) => (Math.abs(b[step]) > Math.abs(a[step]) ? b : a));
    if (Math.abs(pivot[step]) < 1e-6 * pixels.length) return undefined;
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(step, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[step] / pivot[step];
      for (let column = step; column <= TERMS; column++) row[column] -= factor * pivot[column];
    }
  }
  return rows.map((row, index) => row[TERMS] / row[index]);
}
