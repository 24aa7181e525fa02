/** The roofline picture as SVG, and as a page of its own around it. */
import { LEVELS, type Profile } from "../profile/index.js";
import { axesOf, ceiling, type Roofline } from "./roofline.js";

const WIDTH = 860;
const HEIGHT = 480;
const LEFT = 60;
const RIGHT = 250;
const TOP = 40;
const BOTTOM = 50;
/** Pixels that a letter takes up, both ways. */
const LETTER = 9;
const COLOURS = ["#c0392b", "#d68910", "#7d3c98", "#566573"];

export function rooflineSvg(roofline: Roofline, { host }: Profile): string {
  const { roof, points } = roofline;
  const axes = axesOf(roofline);
  const plotWidth = WIDTH - LEFT - RIGHT;
  const plotHeight = HEIGHT - TOP - BOTTOM;
  const xOf = (intensity: number) =>
    LEFT + ((Math.log10(intensity) - axes.x[0]) / (axes.x[1] - axes.x[0])) * plotWidth;
  const yOf = (gflops: number) =>
    TOP + plotHeight - ((Math.log10(gflops) - axes.y[0]) / (axes.y[1] - axes.y[0])) * plotHeight;
  const parts: string[] = [];
  const text = (x: number, y: number, words: string, attributes = "") =>
    parts.push(`<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeXml(words)}</text>`);
  for (let power = axes.x[0]; power <= axes.x[1]; power++) {
    const x = round(xOf(10 ** power));
    parts.push(`<line class="grid" x1="${x}" y1="${TOP}" x2="${x}" y2="${TOP + plotHeight}"/>`);
    text(x, TOP + plotHeight + 18, decade(power), 'text-anchor="middle"');
  }
  for (let power = axes.y[0]; power <= axes.y[1]; power++) {
    const y = round(yOf(10 ** power));
    parts.push(`<line class="grid" x1="${LEFT}" y1="${y}" x2="${LEFT + plotWidth}" y2="${y}"/>`);
    text(LEFT - 8, y + 4, decade(power), 'text-anchor="end"');
  }
  text(LEFT, 22, `${host.engine}, ${roof.way} SIMD, one thread`, 'font-weight="bold"');
  text(LEFT + plotWidth / 2, HEIGHT - 12, "operations a byte", 'text-anchor="middle"');
  text(8, 34, "GFLOP/s");
  const [lowest, highest] = [10 ** axes.x[0], 10 ** axes.x[1]];
  LEVELS.forEach(({ name }, index) => {
    const { peak, bandwidth } = roof;
    const start = Math.max(lowest, 10 ** axes.y[0] / bandwidth[name].update);
    const ridge = Math.min(highest, peak / bandwidth[name].update);
    const corners = [start, ridge, highest].map(
      (intensity) => `${round(xOf(intensity))},${round(yOf(ceiling(roof, name, intensity)))}`,
    );
    const colour = COLOURS[index];
    parts.push(`<polyline fill="none" stroke="${colour}" points="${corners.join(" ")}"/>`);
    const label = `${name} ${bandwidth[name].update.toFixed(0)} GB/s`;
    text(
      LEFT + plotWidth - 120,
      TOP + plotHeight - 14 * (LEVELS.length - index),
      label,
      `fill="${colour}"`,
    );
  });
  text(
    LEFT + plotWidth - 4,
    yOf(roof.peak) - 6,
    `peak ${roof.peak.toFixed(0)}`,
    'text-anchor="end"',
  );
  const labels: { readonly x: number; readonly y: number }[] = [];
  points.forEach(({ letter, kernel, shape, intensity, gflops, share }, index) => {
    const [x, y] = [round(xOf(intensity)), round(yOf(gflops))];
    const words = `${kernel} ${shape}: ${(100 * share).toFixed(0)} % of the roof`;
    parts.push(`<circle cx="${x}" cy="${y}" r="4"><title>${escapeXml(words)}</title></circle>`);
    const label = { x: x + 6, y: y + 4 };
    // Points may lie on each other; their letters stand beside each other.
    const isTaken = (other: (typeof labels)[number]) =>
      Math.abs(other.x - label.x) < LETTER && Math.abs(other.y - label.y) < LETTER;
    while (labels.some(isTaken)) label.x += LETTER;
    labels.push(label);
    text(label.x, label.y, letter);
    const line = `${letter}  ${kernel} ${shape} · ${(100 * share).toFixed(0)} %`;
    text(LEFT + plotWidth + 16, TOP + 10 + index * 16, line);
  });
  const height = Math.max(HEIGHT, TOP + 20 + points.length * 16);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11" role="img" aria-label="GFLOP/s of each kernel over operations a byte">
<style>.grid{stroke:#ddd}circle{fill:#1f618d}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}

/** A page without anything from elsewhere. */
export function rooflineHtml(roofline: Roofline, profile: Profile): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>wasmlp profile</title>
<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto}</style></head>
<body><h1>wasmlp profile</h1>
${rooflineSvg(roofline, profile)}</body></html>
`;
}

function decade(power: number): string {
  return power < 0 ? String(1 / 10 ** -power) : String(10 ** power);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
