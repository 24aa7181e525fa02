/** `wasmlp export MODEL`: a saved model in the format of another program. */
import { extname, resolve } from "node:path";
import type { Command } from "commander";
import {
  type Dataset,
  type EncodeOptions,
  encodeJavaScript,
  encodeModel,
  encodeModelNpz,
  encodeOnnx,
  Mlp,
  type ModelSnapshot,
  ONNX_OPSET,
  OptionError,
  QUANTIZATIONS,
  quantizeModel,
  type Targets,
} from "../index.js";
import { checkWritable, loadModel, writeFileAtomically } from "../node/index.js";
import { facts } from "../report/facts.js";
import { bytes, percent } from "../report/numbers.js";
import {
  type ActivationFlags,
  addActivationOptions,
  missingActivations,
} from "./activationOptions.js";
import { addDataOptions, type DataFlags } from "./data.js";
import { oneOf } from "./optionValues.js";
import { evaluateValues, isOfClasses, loadDataFor } from "./ownData.js";
import { type ArrayNames, addArrayOptions } from "./sampleData.js";
import { addTableOptions, type TableFlags } from "./tableData.js";
import type { Terminal } from "./terminal.js";

interface ExportFlags extends DataFlags, ArrayNames, TableFlags, ActivationFlags, EncodeOptions {
  readonly out: string;
  readonly format?: Format;
  readonly json?: true;
}

const FORMATS = ["safetensors", "onnx", "npz", "js"] as const;
type Format = (typeof FORMATS)[number];
/** Of the names of files. */
const EXTENSIONS: Readonly<Record<string, Format>> = {
  ...Object.fromEntries(FORMATS.map((format) => [format, format])),
  mjs: "js",
};

const ENCODERS: Readonly<
  Record<Format, (model: ModelSnapshot, options: EncodeOptions) => Uint8Array | Promise<Uint8Array>>
> = { safetensors: encodeModel, onnx: encodeOnnx, npz: encodeModelNpz, js: encodeJavaScript };

const EXAMPLES = `
safetensors: as \`wasmlp train --out\` writes it; PyTorch's nn.Sequential loads it as its state_dict.
onnx: operators of opset ${ONNX_OPSET}; "inputs" to "logits" and "outputs".   npz: for NumPy.
js: one ES module for pages and Node, kernels and weights inside: predict(pixels).
mjs: the same, for a package of CommonJS modules.

Examples:
  $ wasmlp export model.safetensors --out model.onnx
  $ wasmlp export model.safetensors --out small.npz --quantize int8
  $ wasmlp export model.safetensors --out model.js
  $ wasmlp export pytorch.safetensors --activation relu --out model.safetensors
`;

export function defineExport(command: Command, terminal: Terminal): void {
  addDataOptions(
    command.argument("MODEL", "a saved model, or a .safetensors or .npz file of PyTorch's names"),
  );
  addArrayOptions(command);
  addTableOptions(command);
  addActivationOptions(command)
    .requiredOption("--out <file>", "where to; never half-written")
    .option(
      `--format <${FORMATS.join("|")}>`,
      "default: what the extension of --out says",
      oneOf("--format", FORMATS),
    )
    .option(
      `--quantize <${QUANTIZATIONS.join("|")}>`,
      "weights in 8 bits, a scale for each unit; says what the accuracy becomes",
      oneOf("--quantize", QUANTIZATIONS),
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((path: string, flags: ExportFlags) => exportModel(path, flags, terminal));
}

async function exportModel(path: string, flags: ExportFlags, terminal: Terminal): Promise<void> {
  const { out, quantize } = flags;
  const format = flags.format ?? formatOf(out);
  if (resolve(out) === resolve(path)) {
    throw new OptionError(`--out is "${out}", expected another file than the model itself`);
  }
  using model = await loadModel(path, missingActivations(flags));
  await checkWritable(out);
  const snapshot = model.snapshot();
  const file = await ENCODERS[format](snapshot, { quantize });
  const comparison = quantize && (await compareQuantized(model, snapshot, flags, terminal));
  await writeFileAtomically(out, file);
  if (flags.json) {
    const event = { event: "export", out, format, bytes: file.length };
    terminal.print(JSON.stringify({ ...event, ...(comparison && toJson(comparison)), quantize }));
    return;
  }
  const lines = [{ name: "Exported", value: out, note: `${format}, ${bytes(file.length)}` }];
  if (comparison) {
    const { measure, before, after, data } = comparison;
    const show = measure === "accuracy" ? percent : (loss: number) => loss.toPrecision(4);
    lines.push({
      name: measure === "accuracy" ? "Accuracy" : "Loss",
      value: `${show(before)} → ${show(after)}`,
      note: `with weights as ${quantize}, ${data}`,
    });
  }
  terminal.print(facts(lines, terminal.layout));
}

function formatOf(out: string): Format {
  const extension = extname(out).slice(1).toLowerCase();
  if (Object.hasOwn(EXTENSIONS, extension)) return EXTENSIONS[extension];
  const names = Object.keys(EXTENSIONS).map((name) => `.${name}`);
  throw new OptionError(
    `--out is "${out}", expected a name that ends with ${names.join(", ")}, or --format`,
  );
}

/** How good a model is with its own weights, and with those that are exported. */
interface Comparison {
  readonly data: string;
  readonly measure: "accuracy" | "loss";
  readonly before: number;
  readonly after: number;
}

function toJson({ data, measure, before, after }: Comparison): Record<string, string | number> {
  return measure === "accuracy"
    ? { data, accuracy: before, quantizedAccuracy: after }
    : { data, loss: before, quantizedLoss: after };
}

/** Undefined where there are no samples that fit the model. */
async function compareQuantized(
  model: Mlp,
  snapshot: ModelSnapshot,
  flags: ExportFlags,
  terminal: Terminal,
): Promise<Comparison | undefined> {
  if (model.preprocessing && flags.data === undefined) {
    terminal.note(
      "What the model becomes was not measured, as it was not trained on images; --data FILE names samples like those that it was trained on.",
    );
    return undefined;
  }
  const dataset = await loadDataFor(model, flags, terminal);
  if (!fits(dataset, model)) {
    terminal.note(
      `${dataset.name} does not fit the model, so what its accuracy becomes was not measured; --data names other samples.`,
    );
    return undefined;
  }
  using quantized = await Mlp.fromSnapshot(quantizeModel(snapshot));
  const { signal } = terminal;
  if (!isOfClasses(dataset)) {
    const before = (await evaluateValues(model, dataset, signal)).loss;
    const after = (await evaluateValues(quantized, dataset, signal)).loss;
    return { data: dataset.name, measure: "loss", before, after };
  }
  const before = (await model.evaluate(dataset, { signal })).accuracy;
  const after = (await quantized.evaluate(dataset, { signal })).accuracy;
  return { data: dataset.name, measure: "accuracy", before, after };
}

function fits({ features, targets }: Dataset<Targets>, { architecture, classNames }: Mlp): boolean {
  return features === architecture.inputs && targets.names.length === classNames.length;
}
