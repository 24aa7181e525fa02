/** Whether the first row has names, told by those below. */
import { expect, test } from "vitest";
import { looksLikeHeader } from "../../../src/data/csv/header.js";

/** @param rows the first one and those below, with commas between their cells */
function isHeader(...rows: readonly string[]): boolean {
  const [first, ...below] = rows.map((row) => row.split(","));
  return looksLikeHeader(first, below);
}

test.each([
  { rows: ["a,b", "1,2"], why: "texts above numbers" },
  { rows: ["id,age,2023", "1,31,0.5", "2,17,0.25"], why: "a year beside names" },
  { rows: ["x,2023", "1,5", "2,7"], why: "as many names as numbers" },
  { rows: ["1970,1980,name", "12.5,13.1,France", "9.5,10.2,Chad"], why: "years alone" },
  { rows: ["country,1990,2000,2010", "Chad,1,2,3", "Peru,4,6,5"], why: "years beside a text" },
  { rows: ["0,1,2,3", "5.1,3.5,1.4,setosa", "4.9,3,1.4,setosa"], why: "columns that are counted" },
  { rows: [",0,1,2", "0,0.5,2,7", "1,0.5,3,1"], why: "... behind an index without a name" },
  { rows: ["rate,share", "10%,1", "20%,2"], why: "above percentages" },
  { rows: ["price,x", "1.234.567,a", "1 234,b"], why: "above numbers that are not read" },
  { rows: ["a,b", "n.a.,1", ",2", "unknown,3", "4,4", "5,5", "6,6"], why: "above mostly numbers" },
  { rows: ["a,b", "red,x", "blue,y"], why: "different texts, and nothing tells" },
  { rows: ["a,a", "1,2"], why: "the same text twice above numbers" },
  { rows: ["colour,size", "red,1"], why: "a single row below" },
])("a header: $why", ({ rows }) => {
  expect(isHeader(...rows)).toBe(true);
});

test.each([
  { rows: ["5.1,setosa", "4.9,setosa"], why: "a text that comes again" },
  { rows: ["p,x,e", "e,x,p", "p,s,n"], why: "texts that come again, all different" },
  { rows: ["p,x,p", "e,x,y"], why: "the same text twice above texts" },
  { rows: ["1,2,oops", "3,4,5"], why: "fewer texts than numbers" },
  { rows: ["1.5,oops", "3.5,5"], why: "a fraction" },
  { rows: ["n.a.,2", "3,5"], why: "what is missing is no name" },
  { rows: ["1,2,3", "4,5,6", "7,8,9", "0,1,2"], why: "rows below count too" },
  { rows: ["1999,2001,a", "1990,1991,b"], why: "years below years" },
  { rows: ["2000,Anna", "500,Bob"], why: "a single number that may be a year" },
  { rows: ["1,2,4", "3,1,7"], why: "numbers that do not count" },
  { rows: ["1,2,3"], why: "nothing below" },
])("no header: $why", ({ rows }) => {
  expect(isHeader(...rows)).toBe(false);
});
