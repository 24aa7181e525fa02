import fc from "fast-check";
import { expect, test } from "vitest";
import {
  downloadProgress,
  epochLabel,
  reproductionProgress,
  trainingProgress,
} from "../../src/report/progressLine.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { textWidth } from "../../src/report/text.js";

const PROGRESS = {
  epoch: 3,
  epochs: 10,
  samplesDone: 36_000,
  samples: 60_000,
  loss: 0.12034,
  accuracy: 0.96412,
  seconds: 0.2,
};
const training = (width: number) => trainingProgress(PROGRESS, { width, style: PLAIN_STYLE });

test("training: bar, loss, accuracy, speed and the time that is left", () => {
  expect(training(99)).toBe(
    "epoch  3/10 ━━━━━━━━━━━━━━━━━━────────────  loss 0.120  accuracy 96.4 %  180k samples/s  ETA 2 s",
  );
  expect(training(79)).toBe(
    "epoch  3/10 ━━━━━━━━─────  loss 0.120  accuracy 96.4 %  180k samples/s  ETA 2 s",
  );
});

test("training: a narrow line leaves out speed, accuracy, time, bar, loss", () => {
  expect(training(69)).toBe(
    "epoch  3/10 ━━━━━━━━━━━────────  loss 0.120  accuracy 96.4 %  ETA 2 s",
  );
  expect(training(59)).toBe("epoch  3/10 ━━━━━────  loss 0.120  accuracy 96.4 %  ETA 2 s");
  expect(training(49)).toBe("epoch  3/10 ━━━━━━━━━━──────  loss 0.120  ETA 2 s");
  expect(training(39)).toBe("epoch  3/10 ━━━━━━━━━──────  loss 0.120");
  expect(training(29)).toBe("epoch  3/10  60 %  loss 0.120");
  expect(training(19)).toBe("epoch  3/10  60 %");
  expect(training(9)).toBe("epoch  3…");
});

test("the time that is left counts the epochs to come at the present speed", () => {
  // 24 000 samples of this epoch and 7 epochs of 60 000 at 1000 samples a second: 444 s.
  const line = trainingProgress({ ...PROGRESS, seconds: 36 }, { width: 120, style: PLAIN_STYLE });
  expect(line).toContain("ETA 7 min");
});

test("download: file, bar, bytes; without a length no bar", () => {
  const state = { file: "train-images", bytesDone: 2_500_000, bytesTotal: 9_912_422 };
  expect(downloadProgress(state, { width: 60, style: PLAIN_STYLE })).toBe(
    "train-images ━━━━━━━──────────────────────  2.5 MB of 9.9 MB",
  );
  expect(
    downloadProgress(
      { file: "train-images", bytesDone: 2_500_000 },
      { width: 60, style: PLAIN_STYLE },
    ),
  ).toBe("train-images  2.5 MB");
});

test("reproduction: program, bar, epoch, accuracy", () => {
  const progress = {
    program: "repaired",
    epoch: 42,
    epochs: 100,
    accuracy: 0.8123,
    claimedAccuracy: 0.8123,
  } as const;
  expect(reproductionProgress(progress, { width: 60, style: PLAIN_STYLE })).toBe(
    "repaired ━━━━━━━━───────────  epoch  42/100  accuracy 81.2 %",
  );
});

test("no line is ever wider than the terminal", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (width, epochs, share, loss) => {
        const progress = { ...PROGRESS, epochs, loss, samplesDone: Math.round(60_000 * share) };
        const layout = { width, style: PLAIN_STYLE };
        expect(textWidth(trainingProgress(progress, layout))).toBeLessThanOrEqual(width);
        const download = { file: "train-labels", bytesDone: share * 1e7, bytesTotal: 1e7 };
        expect(textWidth(downloadProgress(download, layout))).toBeLessThanOrEqual(width);
      },
    ),
  );
});

test("the label of every epoch is as wide as the last one's", () => {
  expect([1, 10, 100].map((epoch) => epochLabel(epoch, 100))).toEqual([
    "epoch   1/100",
    "epoch  10/100",
    "epoch 100/100",
  ]);
});
