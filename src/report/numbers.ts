/** Numbers as people read them. */

/** 60000 → "60,000" */
export function count(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** 1, "column" → "1 column"; 60000, "column" → "60,000 columns" */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** 201345 → "201k"; three significant digits, for lines where room is scarce. */
export function shortCount(value: number): string {
  if (value < 999.5) return String(Math.round(value));
  if (value < 999_500) return `${significant(value / 1e3)}k`;
  return `${significant(value / 1e6)}M`;
}

function significant(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return value.toFixed(decimals);
}

/**
 * 0.97861 → "97.86 %". What is short of all, or more than nothing, is never rounded to it: 0.99999 →
 * "99.99 %", 0.00001 → "<0.01 %".
 */
export function percent(fraction: number, decimals = 2): string {
  const scale = 10 ** decimals;
  const nearest = Math.round(fraction * 100 * scale);
  if (fraction > 0 && nearest < 1) return `<${(1 / scale).toFixed(decimals)} %`;
  const last = 100 * scale - 1;
  const honest = fraction < 1 && nearest > last ? last : nearest;
  return `${(honest / scale).toFixed(decimals)} %`;
}

/**
 * A measured fraction with its standard error √(p·(1 − p) / n), the error to one digit and the
 * fraction as far as the error: 9786 of 10000 → "97.9 ± 0.1 %".
 */
export function percentWithError(correct: number, samples: number): string {
  const fraction = correct / samples;
  const error = 100 * Math.sqrt((fraction * (1 - fraction)) / samples);
  if (error === 0) return percent(fraction, 0);
  // Rounded first: 0.0975 is 0.1 to one digit and needs one decimal, not two.
  const decimals = Math.max(0, -Math.floor(Math.log10(Number(error.toPrecision(1)))));
  return `${(100 * fraction).toFixed(decimals)} ± ${error.toFixed(decimals)} %`;
}

/** A loss in nats: "0.0722", and without endless digits where it is large. */
export function loss(value: number, decimals = 4): string {
  return value < 1000 ? value.toFixed(decimals) : value.toPrecision(4);
}

/** 0.307 → "0.31 s", 200 → "3 min 20 s", 7500 → "2 h 5 min" */
export function duration(seconds: number): string {
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A time to come, known roughly: "0 s", "42 s", "3 min", "2 h" */
export function roughDuration(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** 9912422 → "9.9 MB", in powers of 1000 */
export function bytes(value: number): string {
  if (value < 999.5) return `${value} B`;
  if (value < 999_500) return `${Math.round(value / 1e3)} kB`;
  return `${(value / 1e6).toFixed(1)} MB`;
}
