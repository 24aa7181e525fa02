"""An epoch in JAX on the CPU, the whole of it compiled into one scan over the batches: the inputs
resident as one float32 array, a fresh order for each epoch. See job.py.

A last batch that is not full is left out, a scan having no room for it: JAX does up to 0.3 % less.
"""

import os
import time

from job import initial_layers, read_data, read_job, report

job = read_job()
# XLA takes as many threads as the process may use cores.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job["threads"]])

import jax
import jax.numpy as jnp
import numpy as np

ACTIVATION = {"tanh": jnp.tanh, "relu": jax.nn.relu}[job["activation"]]


def mean_loss(layers, inputs, labels):
    a = inputs
    for index, (weights, biases) in enumerate(layers):
        z = a @ weights + biases
        a = ACTIVATION(z) if index < len(layers) - 1 else z
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(a), labels[:, None], 1))


@jax.jit
def train_epoch(layers, inputs, labels, order):
    def step(layers, batch):
        loss, gradients = jax.value_and_grad(mean_loss)(layers, inputs[batch], labels[batch])
        rate = job["learningRate"]
        return jax.tree.map(lambda p, g: p - rate * g, layers, gradients), loss

    layers, losses = jax.lax.scan(step, layers, order)
    return layers, losses.mean()


def main():
    inputs, labels = map(jnp.asarray, read_data(job))
    rng = np.random.default_rng(0)
    layers = jax.tree.map(jnp.asarray, initial_layers(job, rng))
    size = job["batchSize"]
    steps = len(inputs) // size

    def draw_order():
        return jnp.asarray(rng.permutation(len(inputs))[: steps * size].reshape(steps, size))

    # Compiled before the clock starts.
    train = train_epoch.lower(layers, inputs, labels, draw_order()).compile()
    epochs = []
    for _ in range(job["epochs"]):
        start = time.perf_counter()
        layers, loss = train(layers, inputs, labels, draw_order())
        loss.block_until_ready()
        epochs.append((time.perf_counter() - start, loss))
    report(f"JAX {jax.__version__}", epochs)


main()
