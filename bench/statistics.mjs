/** Medians, ratios and their spread: how the benchmarks report. */

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** "0.123 s (0.120–0.130)" @param {number[]} seconds */
export function formatSeconds(seconds) {
  const [low, middle, high] = [Math.min(...seconds), median(seconds), Math.max(...seconds)];
  return `${middle.toFixed(3)} s (${low.toFixed(3)}–${high.toFixed(3)})`;
}

/** Ratios peer / ours, pair by pair of one round. @param {number[]} peer @param {number[]} ours */
export function formatRatio(peer, ours) {
  const ratios = peer.map((seconds, round) => seconds / ours[round]);
  const [low, middle, high] = [Math.min(...ratios), median(ratios), Math.max(...ratios)];
  return `${middle.toFixed(1)}× (${low.toFixed(1)}–${high.toFixed(1)})`;
}
