"""What PyTorch makes of a model that wasmlp saved, and a model of PyTorch's for wasmlp: python pytorch.py FOLDER

Reads model.safetensors, model.npz and inputs.npy; writes logits.npy, back.safetensors, back.npz and back.npy, what the
network of these says. No package but NumPy and PyTorch: a safetensors file is a length, JSON, and bytes.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

folder = Path(sys.argv[1])


def load_file(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    values = data[8 + length :]
    return {
        name: torch.from_numpy(
            np.frombuffer(values[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).copy()
        )
        for name, entry in header.items()
    }


def save_file(tensors, path):
    header, values = {}, b""
    for name, tensor in tensors.items():
        start = len(values)
        values += tensor.numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [start, len(values)]}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + values)


inputs = torch.from_numpy(np.load(folder / "inputs.npy"))
net = nn.Sequential(nn.Linear(784, 64), nn.Tanh(), nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
state = load_file(folder / "model.safetensors")
net.load_state_dict(state)
archive = np.load(folder / "model.npz")
same = all(np.array_equal(archive[name], tensor.numpy()) for name, tensor in state.items())
with torch.no_grad():
    np.save(folder / "logits.npy", net(inputs).numpy())

torch.manual_seed(1)
back = nn.Sequential(nn.Flatten(), nn.Linear(784, 50), nn.ReLU(), nn.Dropout(0.1), nn.Linear(50, 10)).eval()
save_file(back.state_dict(), folder / "back.safetensors")
np.savez(folder / "back.npz", **{name: tensor.numpy() for name, tensor in back.state_dict().items()})
with torch.no_grad():
    np.save(folder / "back.npy", torch.softmax(back(inputs), 1).numpy())
print(json.dumps({"npz": same, "torch": torch.__version__}))
