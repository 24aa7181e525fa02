/** Where the time of a training went: epoch by epoch, and thread by thread. */
import { PHASES, type Phase, type TracedEpoch } from "../trace/index.js";
import { duration } from "./numbers.js";
import { type Column, type Layout, table } from "./table.js";
import { wrap } from "./wrap.js";

/** Lines of the first table: both fit one screen of 24 lines. */
const MOST_ROWS = 10;

const WORK = PHASES.filter((phase) => phase !== "wait");

/** The phases in the order of the columns, of which the last go first where room is short. */
const ALWAYS = ["forward", "backward", "update"] as const;
const PERHAPS = ["augment", "compress", "prepare"] as const;

export function traceTable(epochs: readonly TracedEpoch[], layout: Layout): string {
  const groups = groupEpochs(epochs);
  const perhaps = PERHAPS.filter((phase) => epochs.some((epoch) => seconds(epoch, phase) > 0));
  const validated = epochs.some(({ activities }) => activities.validation > 0);
  const columns: Column[] = [
    { title: "epoch", align: "right" },
    { title: "time", align: "right" },
    ...ALWAYS.map((title) => ({ title, align: "right" }) as const),
    { title: "wait", align: "right" },
    { title: "TypeScript", align: "right", optional: true },
    ...(validated ? [{ title: "validation", align: "right", optional: true } as const] : []),
    ...perhaps.map((title) => ({ title, align: "right", optional: true }) as const),
  ];
  const rows = groups.map((group) => {
    const time = sum(group.map(({ activities }) => sum(Object.values(activities))));
    const training = sum(group.map(({ activities }) => activities.training));
    const spent = (phase: Phase) => sum(group.map((epoch) => seconds(epoch, phase)));
    return [
      nameOf(group),
      duration(time),
      ...ALWAYS.map((phase) => share(spent(phase), time)),
      share(training - sum(WORK.map(spent)), time),
      share(sum(group.map((one) => one.activities.TypeScript)), time),
      ...(validated ? [share(sum(group.map((one) => one.activities.validation)), time)] : []),
      ...perhaps.map((phase) => share(spent(phase), time)),
    ];
  });
  const note = wrap(
    "of each epoch's time, in %; what threads do is their mean, wait: for each other, and for the messages that start a run.",
    layout.width,
  );
  return [table(columns, rows, layout), threadTable(epochs, layout), layout.style.faint(note)].join(
    "\n\n",
  );
}

/** How long each thread worked and waited, in training and in validation. */
function threadTable(epochs: readonly TracedEpoch[], layout: Layout): string {
  const count = Math.max(0, ...epochs.map(({ threads }) => threads.length));
  const time = sum(epochs.map(({ activities }) => sum(Object.values(activities))));
  const rows = Array.from({ length: count }, (_, thread) => {
    const own = epochs.flatMap((epoch) => epoch.threads[thread] ?? []);
    const spent = own.flatMap(({ training, validation }) => [training, validation]);
    const works = sum(spent.flatMap((phases) => WORK.map((phase) => phases[phase])));
    const waits = sum(spent.map(({ wait }) => wait));
    const idle = time - works - waits;
    return [
      String(thread),
      ...[works, waits, idle].flatMap((part) => [duration(part), share(part, time)]),
    ];
  });
  const columns = ["thread", "works", "%", "waits", "%", "idle", "%"].map(
    (title) => ({ title, align: "right" }) as const,
  );
  return table(columns, rows, layout);
}

/** Seconds of an epoch's training steps, on average over the threads. */
function seconds({ threads }: TracedEpoch, phase: Phase): number {
  return sum(threads.map(({ training }) => training[phase])) / Math.max(1, threads.length);
}

function groupEpochs(epochs: readonly TracedEpoch[]): TracedEpoch[][] {
  const size = Math.ceil(epochs.length / MOST_ROWS);
  return Array.from({ length: size ? Math.ceil(epochs.length / size) : 0 }, (_, group) =>
    epochs.slice(group * size, (group + 1) * size),
  );
}

function nameOf(group: readonly TracedEpoch[]): string {
  const [first, last] = [group[0].epoch, group[group.length - 1].epoch];
  return first === last ? String(first) : `${first}–${last}`;
}

function share(part: number, whole: number): string {
  return whole > 0 ? ((100 * part) / whole).toFixed(1) : "";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
