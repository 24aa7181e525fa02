"""What a peer in Python is asked to do, and how it answers.

A peer is started as `python PEER.py JOB`, JOB being a JSON object:

    inputs, labels    files of bytes, [samples, features] and [samples]; an input stands for byte / 255
    samples           how many of the samples to train on, from the first
    features, hidden, classes    widths of the layers: a number, a list, a number
    activation        of the hidden layers, "tanh" or "relu"
    batchSize, learningRate, epochs
    oneCycle          where present, Adam in one cycle instead of gradient descent: {"rise", "start", "end"},
                      the fraction of the run in which the rate rises, and where it starts and ends, as
                      fractions of its peak
    dropout           where present, the probabilities of dropping an input and a hidden unit:
                      {"input", "hidden"}
    threads, precision    where the peer can choose

It prints one JSON object: "version", its name and version, and "epochs", a list of objects with the
"seconds" that an epoch took and the mean "loss" over its samples, each before the update that it took
part in.
"""

import json
import sys

import numpy as np


def read_job():
    return json.loads(sys.argv[1])


def read_data(job):
    """Inputs `[samples, features]`, float32 in 0 ... 1, and labels `[samples]`, int64."""
    shape = (-1, job["features"])
    inputs = np.fromfile(job["inputs"], np.uint8).reshape(shape)[: job["samples"]]
    labels = np.fromfile(job["labels"], np.uint8)[: job["samples"]]
    return inputs.astype(np.float32) / np.float32(255), labels.astype(np.int64)


def initial_layers(job, rng):
    """Weights `[inputs, units]`, uniform as of Glorot and Bengio, and zero biases, layer by layer."""
    widths = [job["features"], *job["hidden"], job["classes"]]
    layers = []
    for inputs, units in zip(widths, widths[1:]):
        limit = np.sqrt(6 / (inputs + units))
        weights = rng.uniform(-limit, limit, (inputs, units)).astype(np.float32)
        layers.append((weights, np.zeros(units, np.float32)))
    return layers


def report(version, epochs):
    """Prints the result; `epochs`: pairs of seconds and loss."""
    rows = [{"seconds": seconds, "loss": float(loss)} for seconds, loss in epochs]
    print(json.dumps({"version": version, "epochs": rows}))
