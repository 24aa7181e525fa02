/** Names of WebAssembly's instructions by opcode, and what each takes from the stack and leaves there. */

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "funcref" | "externref";

/** What follows an opcode in the binary. */
export type Immediate =
  | "none"
  | "block"
  | "label"
  | "labels"
  | "function"
  | "local"
  | "global"
  | "table"
  | "indirect"
  | "memory"
  | "memories"
  | "access"
  | "laneAccess"
  | "lane"
  | "lanes"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "v128"
  | "fence";

export interface Opcode {
  readonly name: string;
  readonly immediate: Immediate;
  /** Undefined where it depends on more than the opcode. */
  readonly signature?: Signature;
}

export interface Signature {
  readonly takes: readonly ValueType[];
  readonly leaves: readonly ValueType[];
}

/** @param code the opcode; of those behind a prefix the second number */
export function findOpcode(prefix: 0 | 0xfc | 0xfd | 0xfe, code: number): Opcode | undefined {
  return OPCODES.get(prefix * 0x1000 + code);
}

const OPCODES = new Map<number, Opcode>();

/** Names in order, from `first` on; "-" where there is none. */
function define(prefix: number, first: number, names: string): void {
  for (const [index, name] of names.trim().split(/\s+/).entries()) {
    if (name === "-") continue;
    const signature = signatureOf(name);
    OPCODES.set(prefix * 0x1000 + first + index, {
      name,
      immediate: immediateOf(name),
      ...(signature && { signature }),
    });
  }
}

const CONTROL: Readonly<Record<string, Immediate>> = {
  block: "block",
  loop: "block",
  if: "block",
  br: "label",
  br_if: "label",
  br_table: "labels",
  call: "function",
  call_indirect: "indirect",
  "local.get": "local",
  "local.set": "local",
  "local.tee": "local",
  "global.get": "global",
  "global.set": "global",
  "memory.size": "memory",
  "memory.grow": "memory",
  "memory.fill": "memory",
  "memory.copy": "memories",
  "atomic.fence": "fence",
  "i8x16.shuffle": "lanes",
};

function immediateOf(name: string): Immediate {
  const own = CONTROL[name];
  if (own) return own;
  if (/\.const$/.test(name)) return name.slice(0, -".const".length) as Immediate;
  if (/(load|store)\d+_lane$/.test(name)) return "laneAccess";
  if (/(extract|replace)_lane/.test(name)) return "lane";
  if (/\.(load|store|atomic)|memory\.atomic/.test(name)) return "access";
  return "none";
}

const SCALARS = /^(i32|i64|f32|f64)\./;
/** Of vectors, what their lanes are outside of them. */
const LANES: Readonly<Record<string, ValueType>> = {
  i8x16: "i32",
  i16x8: "i32",
  i32x4: "i32",
  i64x2: "i64",
  f32x4: "f32",
  f64x2: "f64",
};

/** Follows from the name, but of what moves control and of what has a type of its own. */
function signatureOf(name: string): Signature | undefined {
  const fixed = FIXED[name];
  if (fixed) return fixed;
  const [, scalar] = SCALARS.exec(name) ?? [];
  if (scalar) return scalarSignature(name, scalar as ValueType);
  if (name.startsWith("v128.") || name.split(".")[0] in LANES) return vectorSignature(name);
  return undefined;
}

function of(takes: readonly ValueType[], leaves: readonly ValueType[]): Signature {
  return { takes, leaves };
}

const FIXED: Readonly<Record<string, Signature>> = {
  nop: of([], []),
  "memory.size": of([], ["i32"]),
  "memory.grow": of(["i32"], ["i32"]),
  "memory.copy": of(["i32", "i32", "i32"], []),
  "memory.fill": of(["i32", "i32", "i32"], []),
  "memory.atomic.notify": of(["i32", "i32"], ["i32"]),
  "memory.atomic.wait32": of(["i32", "i32", "i64"], ["i32"]),
  "memory.atomic.wait64": of(["i32", "i64", "i64"], ["i32"]),
  "atomic.fence": of([], []),
};

const UNARY = /\.(clz|ctz|popcnt|abs|neg|ceil|floor|trunc|nearest|sqrt|not|extend\d+_s)$/;
const COMPARISON = /\.(eq|ne|lt|gt|le|ge)(_[su])?$/;
/** The type that a conversion comes from. */
const CONVERSION =
  /\.(?:wrap|extend|trunc|trunc_sat|convert|demote|promote|reinterpret)_([if]\d\d)/;

function scalarSignature(name: string, type: ValueType): Signature {
  if (name.endsWith(".const")) return of([], [type]);
  if (/cmpxchg/.test(name)) return of(["i32", type, type], [type]);
  if (/atomic\.rmw/.test(name)) return of(["i32", type], [type]);
  if (/\.(atomic\.)?load/.test(name)) return of(["i32"], [type]);
  if (/\.(atomic\.)?store/.test(name)) return of(["i32", type], []);
  const [, source] = CONVERSION.exec(name) ?? [];
  if (source) return of([source as ValueType], [type]);
  if (name.endsWith(".eqz")) return of([type], ["i32"]);
  if (UNARY.test(name)) return of([type], [type]);
  return of([type, type], [COMPARISON.test(name) ? "i32" : type]);
}

const VECTOR_UNARY =
  /\.(abs|neg|ceil|floor|trunc|nearest|sqrt|not|popcnt|extend_.*|extadd_.*|convert_.*|trunc_sat_.*|demote_.*|promote_.*|relaxed_trunc_.*)$/;
const VECTOR_TERNARY = /\.(bitselect|relaxed_n?madd|relaxed_laneselect|relaxed_dot_.*_add_s)$/;

function vectorSignature(name: string): Signature {
  const lane = LANES[name.split(".")[0]] ?? "i32";
  if (name.endsWith(".const")) return of([], ["v128"]);
  if (/load.*_lane$/.test(name)) return of(["i32", "v128"], ["v128"]);
  if (/\.store/.test(name)) return of(["i32", "v128"], []);
  if (/\.load/.test(name)) return of(["i32"], ["v128"]);
  if (name.endsWith(".splat")) return of([lane], ["v128"]);
  if (/extract_lane/.test(name)) return of(["v128"], [lane]);
  if (/replace_lane/.test(name)) return of(["v128", lane], ["v128"]);
  if (/\.(shl|shr_[su])$/.test(name)) return of(["v128", "i32"], ["v128"]);
  if (/\.(any_true|all_true|bitmask)$/.test(name)) return of(["v128"], ["i32"]);
  if (VECTOR_TERNARY.test(name)) return of(["v128", "v128", "v128"], ["v128"]);
  return of(VECTOR_UNARY.test(name) ? ["v128"] : ["v128", "v128"], ["v128"]);
}

/** "i32.add i32.sub" of "add sub" */
function typed(type: ValueType | keyof typeof LANES, names: string): string {
  return names
    .split(" ")
    .map((name) => (name === "-" ? name : `${type}.${name}`))
    .join(" ");
}

define(0, 0x00, "unreachable nop block loop if else - - - - - end br br_if br_table return");
define(0, 0x10, "call call_indirect");
define(0, 0x1a, "drop select");
define(0, 0x20, "local.get local.set local.tee global.get global.set");
define(
  0,
  0x28,
  "i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u",
);
define(0, 0x30, "i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u");
define(0, 0x36, "i32.store i64.store f32.store f64.store i32.store8 i32.store16");
define(0, 0x3c, "i64.store8 i64.store16 i64.store32 memory.size memory.grow");
define(0, 0x41, "i32.const i64.const f32.const f64.const");
const COMPARISONS = "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
define(0, 0x45, typed("i32", COMPARISONS));
define(0, 0x50, typed("i64", COMPARISONS));
define(0, 0x5b, typed("f32", "eq ne lt gt le ge"));
define(0, 0x61, typed("f64", "eq ne lt gt le ge"));
const INTEGER_OPERATIONS =
  "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
define(0, 0x67, typed("i32", INTEGER_OPERATIONS));
define(0, 0x79, typed("i64", INTEGER_OPERATIONS));
const FLOAT_OPERATIONS = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";
define(0, 0x8b, typed("f32", FLOAT_OPERATIONS));
define(0, 0x99, typed("f64", FLOAT_OPERATIONS));
define(0, 0xa7, "i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u");
define(0, 0xac, "i64.extend_i32_s i64.extend_i32_u");
define(0, 0xae, "i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u");
define(
  0,
  0xb2,
  "f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64",
);
define(
  0,
  0xb7,
  "f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32",
);
define(0, 0xbc, "i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64");
define(0, 0xc0, "i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s");

define(0xfc, 0, "i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u");
define(0xfc, 4, "i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u");
define(0xfc, 10, "memory.copy memory.fill");

define(
  0xfd,
  0,
  typed("v128", "load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u"),
);
define(0xfd, 7, typed("v128", "load8_splat load16_splat load32_splat load64_splat store const"));
define(0xfd, 13, "i8x16.shuffle i8x16.swizzle");
define(0xfd, 15, "i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat");
const EXTRACT = "extract_lane_s extract_lane_u replace_lane";
define(0xfd, 21, `${typed("i8x16", EXTRACT)} ${typed("i16x8", EXTRACT)}`);
for (const [index, type] of ["i32x4", "i64x2", "f32x4", "f64x2"].entries()) {
  define(0xfd, 27 + 2 * index, typed(type, "extract_lane replace_lane"));
}
const LANE_COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
for (const [index, type] of ["i8x16", "i16x8", "i32x4"].entries()) {
  define(0xfd, 35 + 10 * index, typed(type, LANE_COMPARISONS));
}
define(0xfd, 65, typed("f32x4", "eq ne lt gt le ge"));
define(0xfd, 71, typed("f64x2", "eq ne lt gt le ge"));
define(0xfd, 77, typed("v128", "not and andnot or xor bitselect any_true"));
define(0xfd, 84, typed("v128", "load8_lane load16_lane load32_lane load64_lane"));
define(0xfd, 88, typed("v128", "store8_lane store16_lane store32_lane store64_lane"));
define(
  0xfd,
  92,
  "v128.load32_zero v128.load64_zero f32x4.demote_f64x2_zero f64x2.promote_low_f32x4",
);
define(0xfd, 96, typed("i8x16", "abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u"));
define(0xfd, 103, typed("f32x4", "ceil floor trunc nearest"));
define(
  0xfd,
  107,
  typed("i8x16", "shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u"),
);
define(0xfd, 116, "f64x2.ceil f64x2.floor");
define(0xfd, 118, typed("i8x16", "min_s min_u max_s max_u"));
define(0xfd, 122, "f64x2.trunc i8x16.avgr_u");
define(0xfd, 124, "i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u");
define(0xfd, 126, "i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u");
define(
  0xfd,
  128,
  typed("i16x8", "abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u"),
);
const halves = (operation: string, narrow: string) =>
  ["s", "u"]
    .flatMap((sign) => ["low", "high"].map((half) => `${operation}_${half}_${narrow}_${sign}`))
    .join(" ");
const wide = (narrow: string) => `${halves("extend", narrow)} shl shr_s shr_u add`;
define(0xfd, 135, typed("i16x8", wide("i8x16")));
define(0xfd, 143, typed("i16x8", "add_sat_s add_sat_u sub sub_sat_s sub_sat_u"));
define(0xfd, 148, "f64x2.nearest");
define(0xfd, 149, typed("i16x8", "mul min_s min_u max_s max_u - avgr_u"));
define(0xfd, 156, typed("i16x8", halves("extmul", "i8x16")));
define(0xfd, 160, typed("i32x4", "abs neg - all_true bitmask"));
define(0xfd, 167, typed("i32x4", wide("i16x8")));
define(0xfd, 177, typed("i32x4", "sub - - - mul min_s min_u max_s max_u dot_i16x8_s"));
define(0xfd, 188, typed("i32x4", halves("extmul", "i16x8")));
define(0xfd, 192, typed("i64x2", "abs neg - all_true bitmask"));
define(0xfd, 199, typed("i64x2", wide("i32x4")));
define(0xfd, 209, typed("i64x2", "sub - - - mul eq ne lt_s gt_s le_s ge_s"));
define(0xfd, 220, typed("i64x2", halves("extmul", "i32x4")));
const LANE_FLOATS = "abs neg - sqrt add sub mul div min max pmin pmax";
define(0xfd, 224, typed("f32x4", LANE_FLOATS));
define(0xfd, 236, typed("f64x2", LANE_FLOATS));
define(0xfd, 248, "i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u");
define(0xfd, 250, "f32x4.convert_i32x4_s f32x4.convert_i32x4_u");
define(0xfd, 252, "i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero");
define(0xfd, 254, "f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u");

define(0xfd, 256, "i8x16.relaxed_swizzle");
define(0xfd, 257, "i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u");
define(0xfd, 259, "i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero");
define(0xfd, 261, "f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd");
for (const [index, type] of ["i8x16", "i16x8", "i32x4", "i64x2"].entries()) {
  define(0xfd, 265 + index, `${type}.relaxed_laneselect`);
}
define(0xfd, 269, "f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max");
define(0xfd, 273, typed("i16x8", "relaxed_q15mulr_s relaxed_dot_i8x16_i7x16_s"));
define(0xfd, 275, "i32x4.relaxed_dot_i8x16_i7x16_add_s");

define(0xfe, 0, "memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64 atomic.fence");
define(0xfe, 0x10, "i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u");
define(0xfe, 0x14, "i64.atomic.load8_u i64.atomic.load16_u i64.atomic.load32_u");
define(0xfe, 0x17, "i32.atomic.store i64.atomic.store i32.atomic.store8 i32.atomic.store16");
define(0xfe, 0x1b, "i64.atomic.store8 i64.atomic.store16 i64.atomic.store32");
for (const [index, operation] of ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"].entries()) {
  const narrow = ["i32.atomic.rmw8", "i32.atomic.rmw16"].concat(
    ["8", "16", "32"].map((bits) => `i64.atomic.rmw${bits}`),
  );
  const names = [
    `i32.atomic.rmw.${operation} i64.atomic.rmw.${operation}`,
    ...narrow.map((name) => `${name}.${operation}_u`),
  ];
  define(0xfe, 0x1e + 7 * index, names.join(" "));
}
