"""Writes the files that the tests read: state_dicts of PyTorch, and what the networks say of some inputs.

python make.py, with torch, safetensors and numpy; the seed gives the same files again.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

folder = Path(__file__).parent
torch.manual_seed(5)
inputs = torch.rand(7, 6)
answers = {"inputs": inputs.numpy()}


def write(name, net, dtype=torch.float32, last=nn.Softmax(dim=1)):
    net = net.to(dtype).eval()
    save_file(net.state_dict(), folder / f"{name}.safetensors")
    answers[name] = last(net.float()(inputs)).detach().numpy()


def deep(activation):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(6, 5), activation, nn.Dropout(0.5), nn.Linear(5, 4), activation, nn.Linear(4, 3)
    )


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 4)
        self.fc2 = nn.Linear(4, 3, bias=False)

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))


write("relu", deep(nn.ReLU()))
write("gelu-float16", deep(nn.GELU()), torch.float16)
write("silu-bfloat16", deep(nn.SiLU()), torch.bfloat16)
write("sigmoid-float64", deep(nn.Sigmoid()), torch.float64)
write("leaky-relu-value", nn.Sequential(nn.Linear(6, 4), nn.LeakyReLU(), nn.Linear(4, 1)), last=nn.Identity())
write("named-tanh", Named())
write("normalized", nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 3)))
np.savez(folder / "answers.npz", **answers)
