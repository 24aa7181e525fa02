/**
 * Describes the interface of the WebAssembly module for other hosts: `node scripts/abi.mjs` writes
 * abi/wasmlp.json and abi/wasmlp.h from the sources in assembly/ and the constants in src/engine/plan.ts;
 * with `--check` it writes nothing and fails where they say something else.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { header } from "./abi/header.mjs";

const root = join(import.meta.dirname, "..");

/** The structs that the caller fills in, and where they are declared. */
const STRUCTS = {
  Plan: "plan",
  LayerPlan: "plan",
  StepSettings: "optimizer",
  Augmentation: "augment",
  SparseBatch: "compress",
};

/** AssemblyScript's types as the description calls them; every one of a struct takes four bytes. */
const TYPES = { usize: "pointer", i32: "i32", u32: "u32", f32: "f32", f64: "f64", bool: "bool" };
const FIELD_BYTES = 4;

/** @param {string} name of a file in assembly/ */
function parse(name) {
  const text = readFileSync(join(root, "assembly", `${name}.ts`), "utf8");
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/** The comment before a node as one line; undefined without one. @param {ts.Node} node */
function description(node) {
  const [doc] = ts.getJSDocCommentsAndTags(node);
  const text = doc && ts.isJSDoc(doc) ? ts.getTextOfJSDocComment(doc.comment) : undefined;
  return text?.replace(/\s+/g, " ").trim();
}

/** @param {ts.TypeNode | undefined} node */
function typeOf(node) {
  const name = node?.getText() ?? "void";
  if (name === "void") return { type: "void" };
  if (name in STRUCTS) return { type: "pointer", to: name };
  if (name in TYPES) return { type: TYPES[name] };
  throw new Error(`a type is ${name}, expected one of ${Object.keys(TYPES).join(", ")}`);
}

/** @param {string} name @param {string} file */
function describeStruct(name, file) {
  const node = parse(file).statements.find(
    (statement) => ts.isClassDeclaration(statement) && statement.name?.text === name,
  );
  const fields = node.members.filter(ts.isPropertyDeclaration).map((field, index) => ({
    name: field.name.getText(),
    offset: index * FIELD_BYTES,
    ...typeOf(field.type),
    description: description(field),
  }));
  return { bytes: fields.length * FIELD_BYTES, fields };
}

/** @param {ts.FunctionDeclaration} node @param {string} file */
function describeFunction(node, file) {
  return {
    name: node.name.text,
    parameters: node.parameters.map(({ name, type }) => ({
      name: name.getText(),
      ...typeOf(type),
    })),
    result: typeOf(node.type).type,
    description: description(node),
    source: `assembly/${file}.ts`,
  };
}

/** The functions that assembly/index.ts exports, in its order. */
function describeFunctions() {
  return parse("index")
    .statements.filter(ts.isExportDeclaration)
    .flatMap((statement) => {
      const file = statement.moduleSpecifier.text.slice(2);
      const functions = new Map(
        parse(file)
          .statements.filter(ts.isFunctionDeclaration)
          .map((node) => [node.name?.text, node]),
      );
      return statement.exportClause.elements.map(({ name }) =>
        describeFunction(functions.get(name.text), file),
      );
    });
}

/** Both files' texts by name. */
async function describe() {
  const source = readFileSync(join(root, "src/engine/plan.ts"), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const plan = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  const abi = {
    memory: { module: "env", name: "memory", endianness: "little", alignment: 16 },
    constants: {
      activation: plan.ACTIVATION_CODES,
      loss: plan.LOSS_CODES,
      optimizer: plan.OPTIMIZER_CODES,
      size: {
        SPARSE_ROWS: plan.SPARSE_ROWS,
        BLOCK_UNITS: plan.BLOCK_UNITS,
        ENTRY_BYTES: plan.ENTRY_BYTES,
        TILE_INPUTS: plan.TILE_INPUTS,
        TILE_FEATURES: plan.TILE_FEATURES,
        TOTALS_BYTES: plan.TOTALS_BYTES,
      },
    },
    structs: Object.fromEntries(
      Object.entries(STRUCTS).map(([name, file]) => [name, describeStruct(name, file)]),
    ),
    functions: describeFunctions(),
  };
  return { "wasmlp.json": `${JSON.stringify(abi, null, 2)}\n`, "wasmlp.h": header(abi) };
}

const files = Object.entries(await describe());
if (process.argv.includes("--check")) {
  const stale = files.filter(([name, text]) => readIfThere(join(root, "abi", name)) !== text);
  for (const [name] of stale) {
    console.error(
      `abi/${name} is not what the sources say, expected \`npm run abi\` after a change`,
    );
  }
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(join(root, "abi"), { recursive: true });
  for (const [name, text] of files) writeFileSync(join(root, "abi", name), text);
}

/** @param {string} path */
function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
