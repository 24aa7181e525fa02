/** The line that shows how far work has come, rewritten in place on a terminal. */
import type { ReproductionEpoch } from "../reproduce/reproduce.js";
import type { Progress } from "../training/options.js";
import { fitLine, type Part } from "./line.js";
import { bytes, loss, percent, roughDuration, shortCount } from "./numbers.js";
import type { Layout } from "./table.js";
import { textWidth } from "./text.js";

/** Cells of the bar: below the least it says nothing, beyond the most it only tires the eye. */
const LEAST_BAR = 8;
const MOST_BAR = 30;

export function trainingProgress(progress: Progress, layout: Layout): string {
  const { epoch, epochs, samplesDone, samples, seconds } = progress;
  const rate = samplesDone / seconds;
  const samplesLeft = samples - samplesDone + (epochs - epoch) * samples;
  const { accuracy } = progress;
  const details = [
    { text: `loss ${loss(progress.loss, 3)}`, importance: 4 },
    ...(accuracy === undefined
      ? []
      : [{ text: `accuracy ${percent(accuracy, 1)}`, importance: 2 }]),
    { text: `${shortCount(rate)} samples/s`, importance: 1 },
    { text: `ETA ${roughDuration(samplesLeft / rate)}`, importance: 3 },
  ];
  return progressLine(epochLabel(epoch, epochs), samplesDone / samples, details, layout);
}

export function reproductionProgress(progress: ReproductionEpoch, layout: Layout): string {
  const { program, epoch, epochs, accuracy } = progress;
  const details = [
    { text: epochLabel(epoch, epochs), importance: 2 },
    { text: `accuracy ${percent(accuracy, 1)}`, importance: 1 },
  ];
  return progressLine(program, epoch / epochs, details, layout);
}

/** Where a download stands. */
export interface DownloadState {
  readonly file: string;
  readonly bytesDone: number;
  /** Absent when the server does not say how long the file is. */
  readonly bytesTotal?: number | undefined;
}

export function downloadProgress(state: DownloadState, layout: Layout): string {
  const { file, bytesDone, bytesTotal } = state;
  const done = bytes(bytesDone);
  if (bytesTotal === undefined) {
    return fitLine([{ text: `${file}  ${done}`, importance: 1 }], layout.width);
  }
  const details = [{ text: `${done} of ${bytes(bytesTotal)}`, importance: 1 }];
  return progressLine(file, bytesDone / bytesTotal, details, layout);
}

/** "epoch  3/10": as wide for every epoch. */
export function epochLabel(epoch: number, epochs: number): string {
  return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
}

/**
 * Label, bar, details. The bar gets the room that is left; where that is too little for one, a
 * percentage takes its place.
 */
function progressLine(
  label: string,
  fraction: number,
  details: readonly Part[],
  { width, style }: Layout,
): string {
  const room = width - textWidth(label) - 1;
  const beside = fitLine(details, room - LEAST_BAR - 2);
  const cells = Math.min(MOST_BAR, room - textWidth(beside) - 2);
  if (beside === "" || beside.endsWith("…")) {
    const share = `${Math.floor(100 * fraction)} %`;
    const always = [label, share].map((text) => ({ text, importance: Number.POSITIVE_INFINITY }));
    return fitLine([...always, ...details], width);
  }
  const full = Math.round(fraction * cells);
  const bar = style.good("━".repeat(full)) + style.faint("─".repeat(cells - full));
  return `${label} ${bar}  ${beside}`;
}
