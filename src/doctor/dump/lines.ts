/** The line of a program that computes a quantity as it ought to be, in the arrays' own orientation. */
import type { Finding } from "../finding.js";
import type { LossName } from "./losses.js";
import type { Orientation } from "./orientation.js";

type Lines = NonNullable<Finding["code"]>;

export interface Program {
  readonly orientation: Orientation;
  /** What each layer applies. */
  readonly activations: readonly string[];
  readonly loss: LossName;
  /** Whether ∂L/∂z of a layer, counted from 1, holds the mean over the samples already. */
  readonly hasMean: (layer: number) => boolean;
}

/** Undefined where there is no such line: a quantity that is read, not computed. */
export function lineOf(quantity: string, program: Program): Lines | undefined {
  const [, kind = quantity, digits = ""] = /^(d?[A-Za-z]+?)(\d+)(_new)?$/.exec(quantity) ?? [];
  const layer = Number(digits);
  if (quantity === "X") return scaledInputs();
  if (quantity === "Y") return oneHotTargets(program);
  if (quantity === "loss" || quantity === "cost") return meanLoss(program);
  if (quantity === "accuracy") return accuracy(program);
  if (quantity.endsWith("_new")) return update(kind, layer);
  const isLast = layer === program.activations.length;
  if (kind === "Z") return weightedSums(layer, program);
  if (kind === "A") return activation(layer, program);
  if (kind === "dA") return errors(layer, program);
  if (kind === "dZ")
    return isLast ? outputGradient(layer, program) : hiddenGradient(layer, program);
  if (kind === "dW") return weightGradient(layer, program);
  if (kind === "db") return biasGradient(layer, program);
  if (kind === "W") return initialWeights(layer, program);
  if (kind === "b") return initialBiases(layer, program);
  return undefined;
}

interface Shape {
  readonly inRows: boolean;
  readonly byInputs: boolean;
  /** NumPy's and PyTorch's number of samples. */
  readonly count: string;
  /** The axis of the samples, and that of classes or units. */
  readonly samples: 0 | 1;
  readonly units: 0 | 1;
}

function shapeOf({ orientation }: Program): Shape {
  const inRows = orientation.samples === "rows";
  return {
    inRows,
    byInputs: orientation.weights === "inputs × units",
    count: inRows ? "X.shape[0]" : "X.shape[1]",
    samples: inRows ? 0 : 1,
    units: inRows ? 1 : 0,
  };
}

function below(layer: number): string {
  return layer === 1 ? "X" : `A${layer - 1}`;
}

/** Entry of sample i, unit j. */
function at(name: string, i: string, j: string, { inRows }: Shape): string {
  return inRows ? `${name}[${i}][${j}]` : `${name}[${j}][${i}]`;
}

/** Entry of input k, unit j. */
function weightAt(name: string, k: string, j: string, { byInputs }: Shape): string {
  return byInputs ? `${name}[${k}][${j}]` : `${name}[${j}][${k}]`;
}

const loop = (index: string, end: string) =>
  `for (let ${index} = 0; ${index} < ${end}; ${index}++)`;

function scaledInputs(): Lines {
  const line = "X = X / 255.0";
  return {
    numpy: `${line}  # once, where the images are loaded`,
    pytorch: `${line}  # once, where the images are loaded`,
    javascript: "X = X.map((row) => row.map((pixel) => pixel / 255)); // once",
  };
}

function oneHotTargets({ activations, orientation }: Program): Lines {
  const turn = orientation.samples === "rows" ? "" : ".T";
  const outputs = `units of layer ${activations.length}`;
  return {
    numpy: `Y = np.eye(classes)[labels]${turn}  # labels 0 … classes − 1, classes = ${outputs}`,
    pytorch: `Y = torch.nn.functional.one_hot(labels, classes).float()${turn}`,
    javascript:
      "Y = labels.map((label) => Array.from({ length: classes }, (_, j) => (j === label ? 1 : 0)));",
  };
}

function weightedSums(layer: number, program: Program): Lines {
  const shape = shapeOf(program);
  const { inRows, byInputs } = shape;
  const [a, w, b] = [below(layer), `W${layer}`, `b${layer}`];
  const product = inRows
    ? `${a} @ ${w}${byInputs ? "" : ".T"}`
    : `${w}${byInputs ? ".T" : ""} @ ${a}`;
  const line = `Z${layer} = ${product} + ${b}`;
  return {
    numpy: line,
    pytorch: line,
    javascript: `${loop("i", "n")} ${loop("j", "units")} { let z = ${b}[j]; ${loop("k", "inputs")} z += ${at(a, "i", "k", shape)} * ${weightAt(w, "k", "j", shape)}; ${at(`Z${layer}`, "i", "j", shape)} = z; }`,
  };
}

const FUNCTIONS: Record<string, readonly [numpy: string, pytorch: string, javascript: string]> = {
  tanh: ["np.tanh(Z)", "torch.tanh(Z)", "Math.tanh(Z)"],
  relu: ["np.maximum(0, Z)", "torch.relu(Z)", "Math.max(0, Z)"],
  sigmoid: ["1 / (1 + np.exp(-Z))", "torch.sigmoid(Z)", "1 / (1 + Math.exp(-Z))"],
  identity: ["Z", "Z", "Z"],
};

function activation(layer: number, program: Program): Lines | undefined {
  const shape = shapeOf(program);
  const name = program.activations[layer - 1];
  const [a, z] = [`A${layer}`, `Z${layer}`];
  if (name === "softmax") {
    const { units } = shape;
    return {
      numpy: `E = np.exp(${z} - ${z}.max(axis=${units}, keepdims=True)); ${a} = E / E.sum(axis=${units}, keepdims=True)`,
      pytorch: `${a} = torch.softmax(${z}, dim=${units})`,
      javascript: shape.inRows
        ? `${a} = ${z}.map((z) => { const m = Math.max(...z); const e = z.map((v) => Math.exp(v - m)); const s = e.reduce((t, v) => t + v, 0); return e.map((v) => v / s); });`
        : `${loop("i", "n")} { const z = ${z}.map((row) => row[i]); const m = Math.max(...z); const e = z.map((v) => Math.exp(v - m)); const s = e.reduce((t, v) => t + v, 0); e.forEach((v, j) => { ${a}[j][i] = v / s; }); }`,
    };
  }
  const known = FUNCTIONS[name];
  if (!known) return undefined;
  const [numpy, pytorch, javascript] = known;
  return {
    numpy: `${a} = ${numpy.replaceAll("Z", z)}`,
    pytorch: `${a} = ${pytorch.replaceAll("Z", z)}`,
    javascript: `${a} = ${z}.map((row) => row.map((z) => ${javascript.replaceAll("Z", "z")}));`,
  };
}

function meanLoss(program: Program): Lines {
  const shape = shapeOf(program);
  const p = `A${program.activations.length}`;
  const { count } = shape;
  const js = (term: string) =>
    `loss = 0; ${loop("i", "n")} ${loop("j", "classes")} loss += ${term.replaceAll("P", at(p, "i", "j", shape)).replaceAll("T", at("Y", "i", "j", shape))}; loss /= n;`;
  switch (program.loss) {
    case "cross-entropy":
      return {
        numpy: `loss = -np.sum(Y * np.log(${p} + 1e-12)) / ${count}`,
        pytorch: `loss = -(Y * torch.log(${p} + 1e-12)).sum() / ${count}`,
        javascript: js("-T * Math.log(P + 1e-12)"),
      };
    case "binary-cross-entropy":
      return {
        numpy: `loss = -np.sum(Y * np.log(${p} + 1e-12) + (1 - Y) * np.log(1 - ${p} + 1e-12)) / ${count}`,
        pytorch: `loss = torch.nn.functional.binary_cross_entropy(${p}, Y, reduction="sum") / ${count}`,
        javascript: js("-(T * Math.log(P + 1e-12) + (1 - T) * Math.log(1 - P + 1e-12))"),
      };
    case "mean-squared-error":
      return {
        numpy: `loss = np.sum((${p} - Y) ** 2) / ${count}`,
        pytorch: `loss = ((${p} - Y) ** 2).sum() / ${count}`,
        javascript: js("(P - T) ** 2"),
      };
  }
}

const DERIVATIVES: Record<string, readonly [numpy: string, pytorch: string, javascript: string]> = {
  tanh: ["(1 - A ** 2)", "(1 - A ** 2)", "(1 - A ** 2)"],
  relu: ["(Z > 0)", "(Z > 0)", "(Z > 0 ? 1 : 0)"],
  sigmoid: ["A * (1 - A)", "A * (1 - A)", "A * (1 - A)"],
  identity: ["1", "1", "1"],
};

/** f′ of a layer in the three languages. */
function derivative(layer: number, program: Program): readonly [string, string, string] {
  const name = program.activations[layer - 1];
  const shape = shapeOf(program);
  const [numpy, pytorch, javascript] = DERIVATIVES[name] ?? [`f'(Z)`, `f'(Z)`, `f'(Z)`];
  const named = (text: string) => text.replaceAll("A", `A${layer}`).replaceAll("Z", `Z${layer}`);
  const entries = javascript
    .replaceAll("A", at(`A${layer}`, "i", "j", shape))
    .replaceAll("Z", at(`Z${layer}`, "i", "j", shape));
  return [named(numpy), named(pytorch), entries];
}

function outputGradient(layer: number, program: Program): Lines {
  const shape = shapeOf(program);
  const [d, a] = [`dZ${layer}`, `A${layer}`];
  const isSquared = program.loss === "mean-squared-error";
  const [numpy, pytorch, javascript] = derivative(layer, program);
  const isBent = isSquared && program.activations[layer - 1] !== "identity";
  const times = (text: string) =>
    `${isSquared ? "2 * " : ""}(${a} - Y)${isBent ? ` * ${text}` : ""}`;
  const mean = program.hasMean(layer) ? ` / ${shape.count}` : "";
  const entry = `(${at(a, "i", "j", shape)} - ${at("Y", "i", "j", shape)})`;
  return {
    numpy: `${d} = ${times(numpy)}${mean}`,
    pytorch: `${d} = ${times(pytorch)}${mean}`,
    javascript: `${loop("i", "n")} ${loop("j", "classes")} ${at(d, "i", "j", shape)} = ${isSquared ? "2 * " : ""}${entry}${isBent ? ` * ${javascript}` : ""}${mean ? " / n" : ""};`,
  };
}

function backwards(layer: number, program: Program): string {
  const { inRows, byInputs } = shapeOf(program);
  const [d, w] = [`dZ${layer + 1}`, `W${layer + 1}`];
  if (inRows) return `${d} @ ${w}${byInputs ? ".T" : ""}`;
  return `${w}${byInputs ? "" : ".T"} @ ${d}`;
}

function errors(layer: number, program: Program): Lines {
  const shape = shapeOf(program);
  const line = `dA${layer} = ${backwards(layer, program)}`;
  const above = layer + 1;
  return {
    numpy: line,
    pytorch: line,
    javascript: `${loop("i", "n")} ${loop("k", "units")} { let s = 0; ${loop("j", "next")} s += ${at(`dZ${above}`, "i", "j", shape)} * ${weightAt(`W${above}`, "k", "j", shape)}; ${at(`dA${layer}`, "i", "k", shape)} = s; }`,
  };
}

function hiddenGradient(layer: number, program: Program): Lines {
  const shape = shapeOf(program);
  const [numpy, pytorch, javascript] = derivative(layer, program);
  const product = backwards(layer, program);
  const above = layer + 1;
  return {
    numpy: `dZ${layer} = (${product}) * ${numpy}`,
    pytorch: `dZ${layer} = (${product}) * ${pytorch}`,
    javascript: `${loop("i", "n")} ${loop("j", "units")} { let s = 0; ${loop("m", "next")} s += ${at(`dZ${above}`, "i", "m", shape)} * ${weightAt(`W${above}`, "j", "m", shape)}; ${at(`dZ${layer}`, "i", "j", shape)} = s * ${javascript}; }`,
  };
}

function weightGradient(layer: number, program: Program): Lines {
  const shape = shapeOf(program);
  const { inRows, byInputs, count } = shape;
  const [a, d] = [below(layer), `dZ${layer}`];
  const product = inRows
    ? byInputs
      ? `${a}.T @ ${d}`
      : `${d}.T @ ${a}`
    : byInputs
      ? `${a} @ ${d}.T`
      : `${d} @ ${a}.T`;
  const mean = program.hasMean(layer) ? "" : ` / ${count}`;
  const line = `dW${layer} = ${product}${mean}`;
  return {
    numpy: line,
    pytorch: line,
    javascript: `${loop("k", "inputs")} ${loop("j", "units")} { let s = 0; ${loop("i", "n")} s += ${at(a, "i", "k", shape)} * ${at(d, "i", "j", shape)}; ${weightAt(`dW${layer}`, "k", "j", shape)} = s${mean ? " / n" : ""}; }`,
  };
}

function biasGradient(layer: number, program: Program): Lines {
  const shape = shapeOf(program);
  const { samples, inRows, count } = shape;
  const mean = program.hasMean(layer) ? "" : ` / ${count}`;
  const keep = inRows ? "" : ", keepdims=True";
  return {
    numpy: `db${layer} = dZ${layer}.sum(axis=${samples}${keep})${mean}`,
    pytorch: `db${layer} = dZ${layer}.sum(dim=${samples}${inRows ? "" : ", keepdim=True"})${mean}`,
    javascript: `${loop("j", "units")} { let s = 0; ${loop("i", "n")} s += ${at(`dZ${layer}`, "i", "j", shape)}; db${layer}[j] = s${mean ? " / n" : ""}; }`,
  };
}

function update(kind: string, layer: number): Lines {
  const name = `${kind}${layer}`;
  const line = `${name} = ${name} - lr * d${name}`;
  return {
    numpy: `${line}  # after all gradients are computed`,
    pytorch: `with torch.no_grad(): ${name} -= lr * d${name}`,
    javascript:
      kind === "b"
        ? `${loop("j", "units")} ${name}[j] -= lr * d${name}[j];`
        : `${loop("r", `${name}.length`)} ${loop("c", `${name}[r].length`)} ${name}[r][c] -= lr * d${name}[r][c];`,
  };
}

function initialWeights(layer: number, program: Program): Lines {
  const { byInputs } = shapeOf(program);
  const gain = program.activations[layer - 1] === "relu" ? 2 : 1;
  const size = byInputs ? "inputs, units" : "units, inputs";
  return {
    numpy: `W${layer} = np.random.randn(${size}) * np.sqrt(${gain} / inputs)`,
    pytorch: `W${layer} = torch.randn(${size}) * (${gain} / inputs) ** 0.5`,
    javascript: `W${layer}[r][c] = gaussian() * Math.sqrt(${gain} / inputs);`,
  };
}

function initialBiases(layer: number, program: Program): Lines {
  const { inRows } = shapeOf(program);
  const size = inRows ? "(1, units)" : "(units, 1)";
  return {
    numpy: `b${layer} = np.zeros(${size})  # one for each unit, whatever the number of samples`,
    pytorch: `b${layer} = torch.zeros${size}`,
    javascript: `b${layer} = new Array(units).fill(0);`,
  };
}

function accuracy(program: Program): Lines {
  const shape = shapeOf(program);
  const p = `A${program.activations.length}`;
  const { units, count } = shape;
  if (program.activations.at(-1) === "sigmoid") {
    const line = `accuracy = ((${p} > 0.5) == (Y > 0.5))`;
    return {
      numpy: `${line}.mean()`,
      pytorch: `${line}.float().mean()`,
      javascript: `hits = 0; ${loop("i", "n")} if (${at(p, "i", "0", shape)} > 0.5 === ${at("Y", "i", "0", shape)} > 0.5) hits++; accuracy = hits / n;`,
    };
  }
  return {
    numpy: `accuracy = np.sum(${p}.argmax(axis=${units}) == Y.argmax(axis=${units})) / ${count}`,
    pytorch: `accuracy = (${p}.argmax(dim=${units}) == Y.argmax(dim=${units})).float().mean()`,
    javascript: `hits = 0; ${loop("i", "n")} if (argmax(${shape.inRows ? `${p}[i]` : `${p}.map((row) => row[i])`}) === labels[i]) hits++; accuracy = hits / n;`,
  };
}
