"""Trains and asks a network in Python, through Wasmtime: no JavaScript at all.

    pip install wasmtime
    python examples/host.py

Layouts come from abi/wasmlp.json, which docs/abi.md explains. The problem is exclusive or; the network is 2-8-2,
trained with one thread by gradient descent over the full batch. The probabilities are printed as JSON.
"""

import json
import math
import random
import struct
from pathlib import Path

from wasmtime import Instance, Limits, Memory, MemoryType, Module, Store

ROOT = Path(__file__).resolve().parent.parent
ABI = json.loads((ROOT / "abi/wasmlp.json").read_text(encoding="utf-8"))
SIZES = ABI["constants"]["size"]
TEAM_BYTES = 384  # 320 and a cache line for the one thread
STEPS = 400
INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]
LABELS = [0, 1, 1, 0]
ROWS = len(LABELS)
HIDDEN = 8
CLASSES = 2

store = Store()
memory = Memory(store, MemoryType(Limits(1, None)))
module = Module.from_file(store.engine, str(ROOT / "build/wasmlp.wasm"))
exports = Instance(store, module, [memory]).exports(store)
free = 64  # Byte 0 stays unused: 0 means "none".


def call(name, *arguments):
    return exports[name](store, *arguments)


def allocate(size):
    """A region of `size` bytes, all zero, on a cache line of its own."""
    global free
    pointer = free
    free += math.ceil(size / 64) * 64
    missing = math.ceil((free - memory.data_len(store)) / 65536)
    if missing > 0:
        memory.grow(store, missing)
    return pointer


def place(form, values):
    values = list(values)
    pointer = allocate(4 * len(values))
    memory.write(store, struct.pack(f"<{len(values)}{form}", *values), pointer)
    return pointer


def encode(name, values):
    """The bytes of a struct; fields that are not given are 0."""
    forms = {"pointer": "I", "u32": "I", "i32": "i", "f32": "f"}
    layout = ABI["structs"][name]
    unknown = values.keys() - {field["name"] for field in layout["fields"]}
    assert not unknown, unknown
    parts = [struct.pack("<" + forms[f["type"]], values.get(f["name"], 0)) for f in layout["fields"]]
    return b"".join(parts)


def floats(pointer, count):
    return struct.unpack(f"<{count}f", memory.read(store, pointer, pointer + 4 * count))


def layer(inputs, units, activation, is_first):
    weights = [random.uniform(-1, 1) for _ in range(inputs * units)]
    return {
        "inputs": inputs,
        "units": units,
        "activation": ABI["constants"]["activation"][activation],
        "dropoutScale": 1,
        "weights": place("f", weights),
        "biases": allocate(4 * units),
        "activations": allocate(4 * ROWS * units),
        "gradient": allocate(4 * ROWS * units),
        "biasGradient": allocate(4 * units),
        "packedWeights": allocate(call("packedBytes", inputs, units)),
        "packedTransposed": 0 if is_first else allocate(call("packedBytes", units, inputs)),
        "packedGradient": allocate(call("packedBytes", ROWS, units)),
    }


random.seed(1)
# The last layer hands logits to the loss, which takes their softmax itself.
layers = [layer(2, HIDDEN, "tanh", True), layer(HIDDEN, CLASSES, "identity", False)]
scratch_stride = call("scratchBytes") + 4 * SIZES["TILE_INPUTS"] * HIDDEN
settings = encode("StepSettings", {"learningRate": 1.0, "retained": 1.0})
plan_fields = {
    "layerCount": len(layers),
    "layers": place("B", b"".join(encode("LayerPlan", fields) for fields in layers)),
    "samples": ROWS,
    "features": 2,
    "inputs": place("f", [value for row in INPUTS for value in row]),
    "inputScale": 1.0,
    "labels": place("i", LABELS),
    "batchSize": ROWS,
    "loss": ABI["constants"]["loss"]["cross-entropy"],
    "optimizer": ABI["constants"]["optimizer"]["sgd"],
    "settings": place("B", settings),
    "batchInputs": allocate(4 * ROWS * 2),
    "targets": allocate(4 * ROWS),
    "losses": allocate(4 * ROWS),
    "predicted": allocate(4 * ROWS),
    "scratch": allocate(scratch_stride),
    "scratchStride": scratch_stride,
    "totals": allocate(SIZES["TOTALS_BYTES"]),
    "threads": 1,
    "team": allocate(TEAM_BYTES),
    "spins": 1,
}
plan = place("B", encode("Plan", plan_fields))
for _ in range(STEPS):
    call("train", plan, 0, 0, 1)
call("predict", plan, ROWS)
print(json.dumps(floats(layers[-1]["activations"], ROWS * CLASSES)))
