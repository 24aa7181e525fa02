import { expect, test } from "vitest";
import { type Extent, sharedColumns, sharedRows } from "../../../src/data/pictures/components.js";
import { ExtentGrid } from "../../../src/data/pictures/extentGrid.js";
import { randomNumbers } from "../../support/numbers.js";

test.each([
  { marks: "tall", width: 60, height: 200, side: 40 },
  { marks: "wide, flat", width: 400, height: 3, side: 1 },
  { marks: "small", width: 3, height: 3, side: 1 },
])("whatever overlaps is near, in ascending order: $marks marks", ({ width, height, side }) => {
  const next = randomNumbers(3);
  const between = (most: number) => Math.floor(((next() + 1) / 2) * most);
  const some = (count: number, widest: number, tallest: number) =>
    Array.from({ length: count }, (): Extent => {
      const [left, top] = [between(500), between(500)];
      return { left, top, right: left + between(widest), bottom: top + between(tallest) };
    });
  const extents = [...some(195, width, height), ...some(5, 500, 500)];
  const grid = new ExtentGrid(extents, side);
  for (const extent of extents) {
    const overlapping = extents.flatMap((other, index) =>
      sharedColumns(extent, other) > 0 && sharedRows(extent, other) > 0 ? [index] : [],
    );
    const near = grid.near(extent);
    expect(near).toEqual([...near].sort((a, b) => a - b));
    expect(near).toEqual(expect.arrayContaining(overlapping));
  }
});

test("of dots in rows and columns few are near one of them", () => {
  const dots = Array.from({ length: 4225 }, (_, index): Extent => {
    const [left, top] = [(index % 65) * 19, Math.floor(index / 65) * 19];
    return { left, top, right: left + 5, bottom: top + 5 };
  });
  const grid = new ExtentGrid(dots, 6);
  for (const dot of dots) expect(grid.near(dot).length).toBeLessThan(5);
});

test("what reaches beyond the picture's upper or left edge is found at the edge", () => {
  const corner = { left: 0, top: 0, right: 3, bottom: 3 };
  const grid = new ExtentGrid([corner], 10);
  expect(grid.near({ left: -50, top: -50, right: 1, bottom: 1 })).toEqual([0]);
});

test("lines one pixel high across a wide picture have few near them", () => {
  const lines = Array.from({ length: 2500 }, (_, index): Extent => {
    return { left: 0, top: 2 * index, right: 6999, bottom: 2 * index };
  });
  const grid = new ExtentGrid(lines, 1);
  for (const line of lines) expect(grid.near(line).length).toBeLessThan(5);
});

test("one mark as large as the picture among specks covers no more than memory holds", () => {
  const large = { left: 0, top: 0, right: 6999, bottom: 6999 };
  const specks = Array.from({ length: 4999 }, (_, index): Extent => {
    const [left, top] = [(index % 71) * 98, Math.floor(index / 71) * 98];
    return { left, top, right: left, bottom: top };
  });
  const grid = new ExtentGrid([large, ...specks], 1);
  for (const speck of specks) expect(grid.near(speck).length).toBeLessThan(5);
  expect(grid.near(large)).toHaveLength(5000);
});
