/**
 * Draws docs/reproduction.svg, the accuracy of the question's three programs epoch by epoch, from a
 * run of its own.
 *
 *   node scripts/draw-reproduction.mjs [--data-dir DIR]
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reproduce } from "../build/index.js";
import { loadMnistTest } from "../build/node/index.js";

const { values } = parseArgs({ options: { "data-dir": { type: "string" } } });
const directory = values["data-dir"];
const dataset = await loadMnistTest(directory === undefined ? {} : { dataDirectory: directory });

/** Accuracies by program, epoch after epoch. @type {Record<string, number[]>} */
const curves = {};
await reproduce(dataset, {
  onEpoch: ({ program, accuracy }) => {
    curves[program] ??= [];
    curves[program].push(accuracy);
  },
});

const width = 860;
const height = 360;
const plot = { left: 56, right: 610, top: 24, bottom: 316 };
const x = (epoch) => plot.left + ((epoch - 1) / 99) * (plot.right - plot.left);
const y = (accuracy) => plot.bottom - accuracy * (plot.bottom - plot.top);

const series = [
  { name: "repaired", color: "#2a78d6", label: ["the repaired program:", "it learns"] },
  {
    name: "small-learning-rate",
    color: "#c4791d",
    label: ["the same mistakes with a", "learning rate of 0.003"],
  },
  {
    name: "question",
    color: "#d1435b",
    label: ["the question's program:", "learns, then collapses"],
  },
];

const path = (accuracies) =>
  accuracies.map((a, i) => `${i ? "L" : "M"}${x(i + 1).toFixed(1)} ${y(a).toFixed(1)}`).join("");

const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
  (a) =>
    `<path class="grid" d="M${plot.left} ${y(a)}H${plot.right}"/>` +
    `<text x="${plot.left - 8}" y="${y(a) + 4}" text-anchor="end">${100 * a} %</text>`,
);
const ticks = [1, 25, 50, 75, 100].map(
  (epoch) => `<text x="${x(epoch)}" y="${plot.bottom + 20}" text-anchor="middle">${epoch}</text>`,
);
const lines = series.map(({ name, color, label }) => {
  const accuracies = curves[name];
  const last = accuracies[accuracies.length - 1];
  const end = { x: x(accuracies.length), y: y(last) };
  const text = [...label.slice(0, -1), `${label[label.length - 1]} (${(100 * last).toFixed(1)} %)`];
  const spans = text.map(
    (line, i) => `<tspan x="${end.x + 10}" dy="${i ? 17 : 0}">${line}</tspan>`,
  );
  return (
    `<path d="${path(accuracies)}" fill="none" stroke="${color}" stroke-width="2.5"/>` +
    `<circle cx="${end.x}" cy="${end.y}" r="4" fill="${color}"/>` +
    `<text x="${end.x + 10}" y="${end.y - 2}" style="fill:${color};font-weight:600">${spans.join("")}</text>`
  );
});

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Accuracy over epochs of the question's three programs">
<style>
text { font: 13px system-ui, sans-serif; fill: #57606a }
.grid { stroke: #8c959f; stroke-opacity: .3 }
</style>
<rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>
${grid.join("\n")}
${ticks.join("\n")}
<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 38}" text-anchor="middle">epoch</text>
${lines.join("\n")}
</svg>
`;
writeFileSync(join(import.meta.dirname, "../docs/reproduction.svg"), svg);
