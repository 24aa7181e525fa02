/** Digits of 5 × 7 squares, as displays show them. */
const SHAPES = [
  "01110 10001 10011 10101 11001 10001 01110",
  "00100 01100 00100 00100 00100 00100 01110",
  "01110 10001 00001 00010 00100 01000 11111",
  "11111 00010 00100 00010 00001 10001 01110",
  "00010 00110 01010 10010 11111 00010 00010",
  "11111 10000 11110 00001 00001 10001 01110",
  "00110 01000 10000 11110 10001 10001 01110",
  "11111 00001 00010 00100 01000 01000 01000",
  "01110 10001 10001 01110 10001 10001 01110",
  "01110 10001 10001 01111 00001 00010 01100",
];

/**
 * @param {number} label
 * @param {{ side: number, margin: number, paper: number, ink: number }} look side of a square and margin, in pixels
 */
export function blockDigit(label, { side, margin, paper, ink }) {
  const rows = SHAPES[label].split(" ");
  const width = 5 * side + 2 * margin;
  const height = 7 * side + 2 * margin;
  const pixels = new Uint8Array(width * height).fill(paper);
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) {
      const row = rows[Math.floor((y - margin) / side)];
      if (row[Math.floor((x - margin) / side)] === "1") pixels[y * width + x] = ink;
    }
  }
  const truths = [
    { label, x: width / 2, y: height / 2, width: 5 * side, height: 7 * side, line: 0 },
  ];
  return { picture: { width, height, pixels }, truths };
}
