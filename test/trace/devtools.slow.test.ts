/**
 * A trace in the Performance panel of Chromium's own developer tools: the reader of the format that whoever has a
 * browser already has.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { expect, test } from "vitest";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { encodeTrace, Trace, traceEvents } from "../../src/trace/index.js";
import { CHROMIUM } from "../support/browserPage.js";
import { noise } from "../support/datasets.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const DEVTOOLS = "devtools://devtools/bundled";

/** Of what the tools' own reader makes of a file, in milliseconds and counts. */
interface Reading {
  readonly start: number;
  readonly end: number;
  readonly process: string;
  /** Names of the tracks and how many spans are on each, by number. */
  readonly tracks: Record<string, readonly [name: string, spans: number]>;
}

test("Chromium's Performance panel reads every span, and shows a track for each thread", async ({
  skip,
}) => {
  skip(CHROMIUM.binary === undefined, "Chromium is not installed");
  const trace = new Trace();
  using model = await Mlp.create({ architecture: perceptron(15, [33, 9], 4, "tanh"), threads: 2 });
  await model.fit(noise(200), { epochs: 2, batchSize: 16, trace, validation: noise(40) });
  const spans = [...traceEvents(trace)].filter((event) => event.ph === "X");
  const path = join(await temporaryDirectory(), "trace.json");
  writeFileSync(path, encodeTrace(trace));

  const browser = await chromium.launch({
    executablePath: CHROMIUM.binary as string,
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${DEVTOOLS}/devtools_app.html?panel=timeline`);
    const reading = await read(page, new TextDecoder().decode(encodeTrace(trace)));
    const count = (track: number) => spans.filter(({ tid }) => tid === track).length;
    expect(reading).toEqual({
      start: Math.min(...spans.map(({ ts }) => ts)),
      end: Math.max(...spans.map(({ ts, dur }) => ts + dur)),
      process: "wasmlp",
      tracks: {
        0: ["TypeScript", count(0)],
        1: ["thread 0", count(1)],
        2: ["thread 1", count(2)],
      },
    });
    await page.locator("#tab-timeline").click();
    await page.locator("input[type=file]").first().setInputFiles(path);
    // What the panel says of a file that it has drawn.
    await page.getByText("Event log").waitFor();
  } finally {
    await browser.close();
  }
});

/** What is used of the tools' module. */
interface TraceModule {
  readonly TraceModel: {
    readonly Model: { createWithAllHandlers(): Reader };
  };
}

interface Reader {
  parse(events: unknown, options: object): Promise<void>;
  parsedTrace(index: number): {
    readonly data: {
      readonly Meta: {
        readonly traceBounds: { readonly min: number; readonly max: number };
        readonly processNames: ReadonlyMap<number, { readonly args: { readonly name: string } }>;
      };
      readonly Renderer: { readonly processes: ReadonlyMap<number, { readonly threads: Tracks }> };
    };
  };
}

type Tracks = ReadonlyMap<number, { readonly name: string; readonly entries: readonly unknown[] }>;

/** What the tools' reader makes of the file's text. */
async function read(page: Page, text: string): Promise<Reading> {
  // As a string: the test runner would make an import of its own out of an expression.
  const address = `${DEVTOOLS}/models/trace/trace.js`;
  const module = await page.evaluateHandle<TraceModule>(`import("${address}")`);
  return module.evaluate(async ({ TraceModel }, json) => {
    const reader = TraceModel.Model.createWithAllHandlers();
    await reader.parse(JSON.parse(json).traceEvents, {});
    const { data } = reader.parsedTrace(0);
    const [[pid, { threads }]] = data.Renderer.processes;
    const tracks: Record<string, readonly [string, number]> = {};
    for (const [id, { name, entries }] of threads) tracks[id] = [name, entries.length];
    return {
      start: data.Meta.traceBounds.min,
      end: data.Meta.traceBounds.max,
      process: data.Meta.processNames.get(pid)?.args.name ?? "",
      tracks,
    };
  }, text);
}
