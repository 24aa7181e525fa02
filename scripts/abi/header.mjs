/** The description of the module's interface as a C header. */

const C_TYPES = {
  pointer: "wasmlp_pointer",
  i32: "int32_t",
  u32: "uint32_t",
  f32: "float",
  f64: "double",
  bool: "int32_t",
  void: "void",
};

const LINE = 92;

/** The text as lines of a comment. @param {string | undefined} text @param {string} indent */
function comment(text, indent) {
  if (!text) return [];
  const lines = [`${indent}/*`];
  for (const word of text.replaceAll("*/", "* /").split(" ")) {
    const last = lines.length - 1;
    if (lines[last].length + 1 + word.length > LINE) lines.push(`${indent} * ${word}`);
    else lines[last] += ` ${word}`;
  }
  lines[lines.length - 1] += " */";
  return lines;
}

/** "wasmlp_layer_plan" of "LayerPlan" */
function snake(name) {
  return `wasmlp${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

function screaming(...parts) {
  return ["wasmlp", ...parts].join("_").replaceAll("-", "_").toUpperCase();
}

/** @param {any} abi what abi/wasmlp.json holds */
export function header({ constants, structs, functions }) {
  const { size, ...codes } = constants;
  const enums = Object.entries(codes).map(([kind, values]) => {
    const entries = Object.entries(values).map(
      ([name, value]) => `  ${screaming(kind, name)} = ${value},`,
    );
    return ["enum {", ...entries, "};"].join("\n");
  });
  const sizes = Object.entries(size).map(([name, value]) => `#define ${screaming(name)} ${value}`);
  const layouts = Object.entries(structs).map(([name, { bytes, fields }]) => {
    const members = fields.flatMap((field) => [
      ...comment(field.description, "  "),
      `  ${C_TYPES[field.type]} ${field.name};`,
    ]);
    const check = `WASMLP_SIZE(${snake(name)}, ${bytes});`;
    return [`typedef struct {`, ...members, `} ${snake(name)};`, check].join("\n");
  });
  const signatures = functions.map(({ name, parameters, result, description }) => {
    const list = parameters.map(({ name: own, type }) => `${C_TYPES[type]} ${own}`).join(", ");
    const signature = `typedef ${C_TYPES[result]} wasmlp_${name}(${list || "void"});`;
    return [...comment(description, ""), signature].join("\n");
  });
  return `${[
    `/*
 * The interface of wasmlp.wasm, for hosts in C and C++. Written by scripts/abi.mjs; docs/abi.md explains it.
 *
 * The structs stand in the module's linear memory, little-endian. The types of functions are those of
 * the module's exports: wasmlp_gemmNN is the type of the export "gemmNN".
 */
#ifndef WASMLP_H
#define WASMLP_H

#include <stdint.h>

#ifdef __cplusplus
#define WASMLP_SIZE(type, bytes) static_assert(sizeof(type) == bytes, #type)
extern "C" {
#else
#define WASMLP_SIZE(type, bytes) _Static_assert(sizeof(type) == bytes, #type)
#endif

/* A byte offset into linear memory; 0 where there is nothing. */
typedef uint32_t wasmlp_pointer;`,
    ...enums,
    sizes.join("\n"),
    ...layouts,
    ...signatures,
    `#ifdef __cplusplus
}
#endif`,
    "#endif",
  ].join("\n\n")}\n`;
}
