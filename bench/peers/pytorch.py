"""An epoch in PyTorch on the CPU, eager: the inputs resident as one float32 tensor, a fresh order for
each epoch, a plain loop around an optimiser. See job.py.

Of ways to take a batch, index_select was the fastest here, and of the optimiser's ways to update, the
default was as fast as any.
"""

import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from job import initial_layers, read_data, read_job, report

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


def build(job):
    dropout = job.get("dropout", {"input": 0, "hidden": 0})
    modules = [nn.Dropout(dropout["input"])] if dropout["input"] > 0 else []
    for weights, biases in initial_layers(job, np.random.default_rng(0)):
        layer = nn.Linear(*weights.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weights.T))
            layer.bias.copy_(torch.from_numpy(biases))
        modules += [layer, ACTIVATIONS[job["activation"]]()]
        if dropout["hidden"] > 0:
            modules.append(nn.Dropout(dropout["hidden"]))
    # Nothing follows the last layer.
    modules = modules[: modules.index(layer) + 1]
    return nn.Sequential(*modules)


def build_optimizer(job, model, samples):
    """The optimiser, and what to do after each of its steps."""
    if "oneCycle" not in job:
        return torch.optim.SGD(model.parameters(), lr=job["learningRate"]), lambda: None
    cycle = job["oneCycle"]
    # Fused is the fastest of its three ways to update.
    optimizer = torch.optim.Adam(model.parameters(), lr=job["learningRate"], fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=job["learningRate"],
        total_steps=job["epochs"] * -(-samples // job["batchSize"]),
        pct_start=cycle["rise"],
        div_factor=1 / cycle["start"],
        final_div_factor=cycle["start"] / cycle["end"],
        cycle_momentum=False,
    )
    return optimizer, schedule.step


def train_epoch(model, optimizer, step_schedule, inputs, labels, batch_size):
    order = torch.randperm(len(inputs))
    losses = []
    for start in range(0, len(inputs), batch_size):
        batch = order[start : start + batch_size]
        logits = model(inputs.index_select(0, batch))
        loss = functional.cross_entropy(logits, labels.index_select(0, batch))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step_schedule()
        losses.append(loss.detach())
    return torch.stack(losses).mean()


def main():
    job = read_job()
    torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    inputs, labels = map(torch.from_numpy, read_data(job))
    model = build(job)
    optimizer, step_schedule = build_optimizer(job, model, len(inputs))
    epochs = []
    for _ in range(job["epochs"]):
        start = time.perf_counter()
        loss = train_epoch(model, optimizer, step_schedule, inputs, labels, job["batchSize"])
        epochs.append((time.perf_counter() - start, loss))
    report(f"PyTorch {torch.__version__}", epochs)


main()
