import { expect, test } from "vitest";
import { type Extent, sharedColumns, sharedRows } from "../../../src/data/pictures/components.js";
import { ExtentGrid } from "../../../src/data/pictures/extentGrid.js";
import { randomNumbers } from "../../support/numbers.js";

test("whatever overlaps is near, in ascending order", () => {
  const next = randomNumbers(3);
  const between = (most: number) => Math.floor(((next() + 1) / 2) * most);
  const extents = Array.from({ length: 200 }, (): Extent => {
    const [left, top] = [between(500), between(500)];
    return { left, top, right: left + between(60), bottom: top + between(200) };
  });
  const grid = new ExtentGrid(extents, 40);
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
